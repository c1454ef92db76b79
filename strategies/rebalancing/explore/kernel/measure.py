"""What a walk was worth between its orders: falls from the highest NAV, and drifts."""

from __future__ import annotations

import numpy as np

from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    CASH,
    CONFIGURED,
    DRAWDOWN,
    DRIFTED_PLACES,
    DRIFTS,
    KNOWN,
    MEASURED,
    ORDERS,
    PEAK,
    PRICES,
    SAMPLED,
    TARGETS,
    TRADED,
    VALUED,
    Candles,
    Log,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.weighing import set_targets


def measure(
    candles: Candles, terms: Terms, desk: Numbers, marks: Numbers, log: Log, last: int
) -> None:
    """Measure the candles before `last` that have not been, each before its orders.

    Drifts count from the initial allocation on. The NAV of the last candle of all is no fall: there
    everything is sold.
    """
    sample(candles.columns[VALUED], terms.assets, desk, marks, log, last)
    row, final = marks[MEASURED], len(candles.ends) - 1
    while row < last:
        end = min(candles.ends[row], last)
        for i in range(terms.assets):
            desk[PRICES + i] = candles.prices[KNOWN][row][i]
        set_targets(terms.assets, desk)
        if row < min(end, final):
            fall(candles.columns[VALUED], terms.assets, desk, row, min(end, final))
        if marks[ORDERS] > 0:
            drift(candles.columns[TRADED], terms.assets, desk, row, end)
        row = end
    marks[MEASURED] = last


def sample(
    columns: Numbers, assets: int, desk: Numbers, marks: Numbers, log: Log, last: int
) -> None:
    """Note the NAV of the rows before `last` in which it is wanted; with numpy."""
    begin, end = marks[SAMPLED], int(np.searchsorted(log.rows, last))
    if begin < end:
        prices = columns[:, log.rows[begin:end]]
        log.navs[begin:end] = np.array(desk[AMOUNTS : AMOUNTS + assets]) @ prices + desk[CASH]
        marks[SAMPLED] = end


def fall(columns: Numbers, assets: int, desk: Numbers, row: int, end: int) -> None:
    """Look for a higher peak, and a deeper fall from it; with numpy."""
    navs = np.array(desk[AMOUNTS : AMOUNTS + assets]) @ columns[:, row:end] + desk[CASH]
    peaks = np.maximum.accumulate(np.maximum(navs, desk[PEAK]))
    desk[DRAWDOWN] = max(desk[DRAWDOWN], float((1 - navs / peaks).max()))
    desk[PEAK] = float(peaks[-1])


def drift(columns: Numbers, assets: int, desk: Numbers, row: int, end: int) -> None:
    """Add up the absolute drifts of members that have a target and a price; with numpy."""
    values = np.array(desk[AMOUNTS : AMOUNTS + assets])[:, None] * columns[:, row:end]
    navs = values.sum(axis=0) + desk[CASH]
    targets = np.array(desk[TARGETS : TARGETS + assets + 1])[:, None]
    values = np.vstack([values, np.full(end - row, desk[CASH])])
    weights = np.divide(values, navs, out=np.zeros_like(values), where=navs > 0)
    away = np.abs(weights - targets)
    known = np.append(np.array(desk[PRICES : PRICES + assets]), 1.0)
    counted = (np.array(desk[CONFIGURED : CONFIGURED + assets + 1]) > 0) & np.isfinite(known)
    desk[DRIFTS] += float(away[counted].sum())
    desk[DRIFTED_PLACES] += int(counted.sum()) * (end - row)
