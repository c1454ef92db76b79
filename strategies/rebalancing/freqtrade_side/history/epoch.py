"""One epoch of a hyperopt, as the history of a portfolio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pandas import DataFrame, DatetimeIndex

from rebalancing.freqtrade_side.history.result_candles import prices_of
from rebalancing.freqtrade_side.history.result_history import history_of_trades
from rebalancing.freqtrade_side.history.risk import measure_risk
from rebalancing.freqtrade_side.setup.configuration import Setup, plain_setup
from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.history import History
from rebalancing.performance.objective import Score
from rebalancing.performance.summary import summarise


def score_of(
    config: Mapping[str, Any],
    trades: Sequence[Mapping[str, Any]],
    candles: Mapping[str, DataFrame],
    start: float,
) -> Score:
    """Compute the figures of an epoch.

    Parameters
    ----------
    config : mapping
        freqtrade's, complete.
    trades : sequence of mapping
        The closed trades with their orders, as freqtrade exports them.
    candles : mapping of str to DataFrame
        By pair, those of the run.
    start : float
        Stake currency of the account at the beginning.

    Raises
    ------
    ValueError
        If there was no initial allocation, or nothing after it.
    """
    setup = plain_setup(config)
    history = _history(setup, str(config["timeframe"]), trades, candles, start)
    figures = summarise(history)
    values = history.nav()
    values[-1] = close_portfolio(history).sold
    risk = measure_risk(history.time, values / values[0])
    return Score(figures.rounds, figures.nav, figures.hodl_nav, figures.turnover, risk.max_drawdown)


def _history(
    setup: Setup,
    timeframe: str,
    trades: Sequence[Mapping[str, Any]],
    candles: Mapping[str, DataFrame],
    start: float,
) -> History:
    nothing = next(iter(candles.values())).iloc[:0]
    frames = [candles.get(pair, nothing) for pair in setup.pairs]
    dates = [frame["date"].dt.tz_convert(None).to_numpy() for frame in frames]
    index = DatetimeIndex(np.unique(np.concatenate(dates)))
    found = prices_of(setup, frames, timeframe, index)
    if found is None:
        raise ValueError("there are no candles")
    return history_of_trades(setup, trades, start, index, found.prices, found.closes)
