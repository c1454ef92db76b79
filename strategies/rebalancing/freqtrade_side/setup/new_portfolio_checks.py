"""Would the bot run a new portfolio? Its own checks, without an exchange and without a network."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np
from freqtrade.configuration.config_validation import validate_config_schema
from freqtrade.enums import RunMode
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import ccxt_exchanges
from freqtrade.exchange.check_exchange import check_exchange

from rebalancing.freqtrade_side.markets import listed_markets
from rebalancing.freqtrade_side.setup.configuration import Setup, read_setup
from rebalancing.freqtrade_side.setup.investment import (
    check_investment,
    least_for_threshold,
    least_investment,
)
from rebalancing.market.markets import Markets

_USUAL_MINIMUM = {"BTC": 0.0001, "ETH": 0.001, "BNB": 0.01} | dict.fromkeys(
    ("USDT", "USDC", "FDUSD", "TUSD", "DAI", "USD", "EUR", "GBP"), 5.0
)
_TICK_SIZE = 4  # ccxt's code; without lots it does not matter

logging.getLogger().addHandler(logging.NullHandler())  # else warnings go to standard error


def check_configuration(config: Mapping[str, Any]) -> None:
    """Check a configuration as a backtest would.

    Raises
    ------
    ValueError
        One line for each problem.
    """
    whole = {**deepcopy(dict(config)), "runmode": RunMode.BACKTEST}
    try:
        read_setup(whole, whole["timeframe"])
        validate_config_schema(whole, preliminary=True)  # the strategy brings the rest
    except FreqtradeException as error:
        raise ValueError(str(error)) from None


def check_exchange_name(name: str) -> None:
    """Refuse an exchange that freqtrade does not know or cannot use.

    Raises
    ------
    ValueError
        One line.
    """
    if name not in ccxt_exchanges():
        near = difflib.get_close_matches(name, ccxt_exchanges(), n=1)
        remedy = f'did you mean "{near[0]}"?' if near else "`freqtrade list-exchanges` names them"
        raise ValueError(f'no exchange is called "{name}", {remedy}')
    try:
        check_exchange({"runmode": RunMode.BACKTEST, "exchange": {"name": name}})
    except FreqtradeException as error:
        raise ValueError(str(error).splitlines()[0]) from None


def usual_minimum(stake: str) -> float | None:
    """Return what exchanges usually ask of an order, stake currency; None if it is not known."""
    return _USUAL_MINIMUM.get(stake)


def check_first_purchase(config: Mapping[str, Any]) -> None:
    """Refuse an investment that cannot buy every asset at the usual minimum of an order.

    Raises
    ------
    ValueError
        One line.
    """
    setup, markets, prices = _usual_markets(config)
    if markets is None:
        return
    try:
        reserve, money = setup.settings.reserve, float(config["dry_run_wallet"])
        check_investment(setup, markets, prices, money, reserve)
    except FreqtradeException as error:
        raise ValueError(str(error)) from None


def least_investments(config: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the least that can buy every asset, and that can follow the threshold.

    At the usual minimum of an order, stake currency; None where it is not known or not asked for.
    """
    setup, markets, prices = _usual_markets(config)
    if markets is None:
        return None, None
    first = least_investment(setup, markets, prices, setup.settings.reserve)
    return first, least_for_threshold(setup, markets, prices)


def _usual_markets(config: Mapping[str, Any]) -> tuple[Setup, Markets | None, Any]:
    setup = read_setup(config, str(config["timeframe"]))
    prices = np.full(len(setup.pairs), np.nan)
    minimum = usual_minimum(setup.stake)
    if minimum is None:
        return setup, None, prices
    listed = [{"limits": {"cost": {"min": minimum}}}] * len(setup.pairs)
    trading = {**config, "runmode": RunMode.DRY_RUN}
    return setup, listed_markets(listed, _TICK_SIZE, trading), prices
