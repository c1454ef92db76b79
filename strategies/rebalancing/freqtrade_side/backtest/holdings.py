"""Holdings of a backtest, by freqtrade's trades and wallets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from freqtrade.persistence import LocalTrade, Trade
from freqtrade.wallets import Wallets

from rebalancing.market.portfolio import Vector


def open_trades() -> list[LocalTrade]:
    """Return the open trades; in a backtest the very list that gives the order of pairs."""
    trades: list[LocalTrade] = Trade.get_trades_proxy(is_open=True)
    return trades


def held_amounts(trades: Iterable[LocalTrade], pairs: Sequence[str]) -> Vector:
    """Return the coins in the bot's open trades, in the order of `pairs`."""
    held: Mapping[str, float] = {trade.pair: trade.amount for trade in trades}
    return np.array([held.get(pair, 0.0) for pair in pairs])


def unbooked_fees(trades: Iterable[LocalTrade]) -> float:
    """Return the stake currency that the wallet still shows but is spent.

    Notes
    -----
    A backtest books the fee of a buy when its coins are sold.
    """
    return float(sum(trade.stake_amount * trade.fee_open for trade in trades))


def real_cash(wallets: Wallets, stake: str, trades: Iterable[LocalTrade]) -> float:
    """Return the account's stake currency, own open orders included, that is not spent.

    Parameters
    ----------
    stake : str
        Code of the stake currency.
    trades : iterable of LocalTrade
        The open ones.
    """
    return float(wallets.get_total(stake)) - unbooked_fees(trades)
