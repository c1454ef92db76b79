"""A policy followed through a history, from one candle that matters to the next."""

from __future__ import annotations

from rebalancing.explore.kernel.measure import measure
from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    CASH,
    HODL,
    HODL_CASH,
    KNOWN,
    LAST_START,
    MARKED,
    MEASURED,
    NAV,
    NEVER,
    NEWEST,
    NOW,
    OPEN,
    OPENS,
    ORDERED_AT,
    ORIGIN,
    PARTS,
    PEAK,
    PRICES,
    ROW,
    SEEN,
    WAITING,
    Candles,
    Log,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.orders import order
from rebalancing.explore.kernel.quiet import next_row
from rebalancing.explore.kernel.rounds import decide
from rebalancing.explore.kernel.schedule import sleeps
from rebalancing.explore.kernel.sums import total
from rebalancing.explore.kernel.weighing import weigh


def walk(candles: Candles, terms: Terms, desk: Numbers, marks: Numbers, log: Log) -> None:
    """Follow a policy to the end of the history.

    Parameters
    ----------
    desk, marks, log
        Filled in; what they held of a walk before is forgotten.
    """
    _clear(terms, desk, marks)
    known, opens, newest = candles.prices[KNOWN], candles.prices[OPENS], candles.prices[NEWEST]
    rows = len(candles.ends)
    row = next_row(candles, terms, desk, marks, terms.begin + 1)
    while row < rows:
        marks[ROW], marks[NOW] = row, candles.first + candles.seconds * row
        if _put_prices(known[row], terms.assets, desk) and not sleeps(terms, marks):
            weigh(terms.assets, desk)
            decide(terms, desk, marks)
            if marks[OPEN] == 1:
                measure(candles, terms, desk, marks, log, row + 1)
                desk[NAV] = worth(newest[row], terms.assets, desk)
                order(terms, opens[row], desk, marks, log, row == rows - 1)
        row = next_row(candles, terms, desk, marks, row + 1)
    measure(candles, terms, desk, marks, log, rows)


def _clear(terms: Terms, desk: Numbers, marks: Numbers) -> None:
    for i in range(MARKED):
        marks[i] = 0
    marks[MEASURED] = terms.begin
    marks[ORIGIN] = marks[LAST_START] = marks[ORDERED_AT] = NEVER
    for i in range(PRICES):
        desk[i] = 0.0
    desk[CASH] = desk[HODL_CASH] = desk[PEAK] = terms.cash
    for i in range(terms.assets):
        desk[AMOUNTS + i] = desk[WAITING + i] = desk[HODL + i] = 0.0
        marks[SEEN + i] = 0


def _put_prices(prices: Numbers, assets: int, desk: Numbers) -> bool:
    """Put the prices of a moment on the desk, and tell whether there is any."""
    found = False
    for i in range(assets):
        desk[PRICES + i] = prices[i]
        found = found or prices[i] == prices[i]
    return found


def worth(newest: Numbers, assets: int, desk: Numbers) -> float:
    """Return the NAV at the last closes, however old."""
    for i in range(assets):
        desk[PARTS + i] = desk[AMOUNTS + i] * newest[i]
    desk[PARTS + assets] = desk[CASH]
    return total(desk, PARTS, assets + 1)
