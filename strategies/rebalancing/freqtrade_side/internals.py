"""Every private name of freqtrade and ccxt that is used here.

Nobody promises that the next version still has them: a test of each says so at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import State
from freqtrade.exchange import Exchange
from freqtrade.persistence.key_value_store import _KeyValueStoreModel
from freqtrade.strategy import IStrategy
from freqtrade.wallets import Wallets

SendOrder = Callable[..., Any]

KeyValueRow = _KeyValueStoreModel
"""A row of freqtrade's key-value store; its own class reads one key at a time, from the session."""


def exchange_of(dataprovider: DataProvider) -> Exchange:
    """Return the exchange of a data provider; the strategy is given no other way to it."""
    exchange = dataprovider._exchange
    assert exchange is not None, "a strategy that runs has an exchange"
    return exchange


def freqtrade_state(dataprovider: DataProvider) -> State | None:
    """Return freqtrade's state; None where it cannot be read: no public call shows it."""
    try:
        rpc = dataprovider._DataProvider__rpc
        return State(rpc._rpc._freqtrade.state)
    except (AttributeError, ValueError):
        return None


def ccxt_options(exchange: Exchange) -> dict[str, Any]:
    """Return the options of ccxt's exchange, to read or to change."""
    options: dict[str, Any] = exchange._api.options
    return options


def take_over_orders(exchange: Exchange, send: SendOrder) -> SendOrder:
    """Let every order that freqtrade sends go through a function, and return what sent it before.

    Parameters
    ----------
    send : callable
        Takes the keywords of `Exchange.create_order`, `pair` and `side` among them.
    """
    before: SendOrder = exchange.create_order
    exchange.create_order = send
    return before


def starting_wallet(wallets: Wallets) -> dict[str, float]:
    """Return what a simulated wallet began with, by currency, to read or to change."""
    start: dict[str, float] = wallets._start_cap
    return start


def parameters_from_file(strategy: IStrategy) -> dict[str, Any]:
    """Return the parameters that freqtrade has found in a file beside the strategy.

    Empty if there is none.
    """
    found: dict[str, Any] = strategy._ft_params_from_file
    return found
