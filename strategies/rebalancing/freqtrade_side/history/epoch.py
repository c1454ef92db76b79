"""One epoch of a hyperopt, as the history of a portfolio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pandas import DataFrame

from rebalancing.freqtrade_side.configuration import Setup, plain_setup
from rebalancing.freqtrade_side.history.result_orders import (
    executions,
    order_rows,
    price_purchases,
)
from rebalancing.freqtrade_side.history.risk import measure_risk
from rebalancing.objective import Score
from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.history import History
from rebalancing.portfolio import Vector
from rebalancing.summary import summarise


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
        By pair, with the columns date and open.
    start : float
        Stake currency of the account at the beginning.

    Raises
    ------
    ValueError
        If there was no initial allocation, or nothing after it.
    """
    history = _history(plain_setup(config), trades, candles, start)
    figures = summarise(history)
    values = history.nav()
    values[-1] = close_portfolio(history).sold
    risk = measure_risk(history.time, values / values[0])
    return Score(figures.rounds, figures.nav, figures.hodl_nav, figures.turnover, risk.max_drawdown)


def _history(
    setup: Setup,
    trades: Sequence[Mapping[str, Any]],
    candles: Mapping[str, DataFrame],
    start: float,
) -> History:
    own = [trade for trade in trades if trade["pair"] in setup.pairs]
    rows = sorted(row for trade in own for row in order_rows(setup.pairs, trade))
    if not rows:
        raise ValueError("the run holds no orders")
    times, prices = _opens(setup.pairs, candles)
    price_purchases(rows, times, prices)
    when, column, amount = (np.array(values) for values in tuple(zip(*rows, strict=True))[:3])
    held = np.zeros((len(rows) + 1, len(setup.assets)))
    held[np.arange(len(rows)) + 1, column] = amount
    amounts = np.cumsum(held, axis=0)[np.searchsorted(when, times, side="left")]
    fee = float(own[0]["fee_open"])
    total = min(start, setup.settings.investment or np.inf)
    return History(
        (*setup.assets, setup.stake),
        setup.targets,
        times,
        np.maximum(amounts, 0.0),
        prices,
        total,
        fee,
        executions(rows, fee),
    )


def _opens(pairs: Sequence[str], candles: Mapping[str, DataFrame]) -> tuple[Vector, Vector]:
    """The opens of all pairs on one grid, NaN where a pair has no candle."""
    found = {pair: candles[pair] for pair in pairs if pair in candles}
    seconds = {
        pair: frame["date"].dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype(float)
        for pair, frame in found.items()
    }
    times = np.unique(np.concatenate(list(seconds.values())))
    prices = np.full((len(times), len(pairs)), np.nan)
    for column, pair in enumerate(pairs):
        if pair in found:
            opens = found[pair]["open"].to_numpy(dtype=float)
            prices[np.searchsorted(times, seconds[pair]), column] = opens
    return times, prices
