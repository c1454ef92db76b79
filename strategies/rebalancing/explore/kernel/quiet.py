"""Stretches in which nothing can happen, and where they end.

What is skipped must be certain; what is not skipped is decided exactly. So a stretch may end early,
and never late, and the two forms of `end_of_quiet` need not agree to the last bit.
"""

from __future__ import annotations

import numpy as np

from rebalancing.explore.kernel.memory import (
    AGAIN,
    AMOUNTS,
    APPEARS,
    BANDS,
    CASH,
    CONFIGURED,
    FILLED,
    KNOWN,
    LAST_START,
    OPEN,
    ORIGIN,
    PRICES,
    SEEN,
    SERVED,
    TARGETS,
    Candles,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.scan import CLOSE
from rebalancing.explore.kernel.schedule import awaits_assets, first_boundary, needs_boundary, pause
from rebalancing.explore.kernel.weighing import set_bands, set_targets
from rebalancing.policy.drift import TOLERANCE
from rebalancing.policy.triggers.events import OWED

_SHORTEST, _LONGEST = 64, 4096
"""Rows looked at together where nothing is compiled; each time four times as many."""


def next_row(candles: Candles, terms: Terms, desk: Numbers, marks: Numbers, row: int) -> int:
    """Return the first row from `row` on in which something may happen.

    The number of rows if there is none.
    """
    if marks[OPEN] == 1 or marks[AGAIN] == 1 or marks[LAST_START] < 0:
        return row
    row = max(row, row_of(candles, marks[LAST_START] + pause(terms, marks)))
    last = event_row(candles, terms, desk, marks, row)
    if not terms.has_threshold:
        return last
    if needs_boundary(terms):
        return (
            last
            if awaits_assets(terms, marks)
            else busy_boundary(candles, terms, desk, marks, last)
        )
    return end_of_quiet(candles, terms, desk, row, last)


def busy_boundary(candles: Candles, terms: Terms, desk: Numbers, marks: Numbers, row: int) -> int:
    """Return the first row in which a boundary is due and a band may be reached.

    A boundary is due in `row`. Those before the row returned are served: nothing else could happen
    at them.

    Notes
    -----
    Boundaries are skipped with the quiet stretch that holds them. One that comes while no asset has
    a price is due as soon as one has.
    """
    grid, rows = first_boundary(terms, marks[ORIGIN]), len(candles.ends)
    while row < rows:
        end = end_of_quiet(candles, terms, desk, row, rows)
        if end == row:
            return row
        last = end - 1
        while last > row and not has_price(candles.prices[FILLED][last], terms.assets):
            last -= 1
        if has_price(candles.prices[FILLED][last], terms.assets):
            passed = candles.first + candles.seconds * last - grid
            marks[SERVED] = max(marks[SERVED], passed // terms.period)
        row = max(end, row_of(candles, grid + (marks[SERVED] + 1) * terms.period))
    return rows


def has_price(filled: Numbers, assets: int) -> bool:
    """Tell whether any asset has a price."""
    for i in range(assets):
        if filled[i] > 0:
            return True
    return False


def row_of(candles: Candles, moment: int) -> int:
    """Return the first row that starts at a moment or later."""
    return -((candles.first - moment) // candles.seconds)


def event_row(candles: Candles, terms: Terms, desk: Numbers, marks: Numbers, row: int) -> int:
    """Return the first row from `row` on in which a boundary has come or a new asset appears."""
    found = len(candles.ends)
    if terms.period > 0 and marks[ORIGIN] >= 0:
        grid = first_boundary(terms, marks[ORIGIN])
        found = min(found, row_of(candles, grid + (marks[SERVED] + 1) * terms.period))
    for i in range(terms.assets):
        if marks[SEEN + i] == 0 and desk[CONFIGURED + i] > 0:
            found = min(found, marks[APPEARS + i])
    return max(found, row)


def end_of_quiet(candles: Candles, terms: Terms, desk: Numbers, row: int, last: int) -> int:
    """Return the first row before `last` in which a band may be reached, or `last`.

    Notes
    -----
    This form is for numpy, stretch by stretch; `scan` is the one that is compiled.
    """
    members = slice(TARGETS, TARGETS + terms.assets + 1), slice(BANDS, BANDS + terms.assets + 1)
    amounts, cash = np.array(desk[AMOUNTS : AMOUNTS + terms.assets]), desk[CASH]
    length = _SHORTEST
    while row < last:
        end = min(row + length, candles.ends[row], last)
        for i in range(terms.assets):
            desk[PRICES + i] = candles.prices[KNOWN][row][i]
        set_targets(terms.assets, desk)
        set_bands(terms, desk)
        targets, bands = (np.array(desk[place]) for place in members)
        values = np.empty((end - row, terms.assets + 1))
        values[:, :-1] = candles.prices[FILLED][row:end] * amounts
        values[:, -1] = cash
        nav = values.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):  # without any band, and worth nothing: not reached
            reached = np.abs(values - targets * nav) >= (bands - TOLERANCE - CLOSE) * nav
        owes = cash < -OWED * nav[:, 0] * (1 - CLOSE)
        hits = np.flatnonzero(reached.any(axis=1) | owes)
        if len(hits):
            return row + int(hits[0])
        row, length = end, min(4 * length, _LONGEST)
    return last
