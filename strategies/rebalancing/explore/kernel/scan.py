"""The end of a quiet stretch, row by row, with whole blocks of rows skipped by their extremes."""

from __future__ import annotations

from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    BANDS,
    BLOCK,
    CASH,
    FILLED,
    GROWTH,
    HIGHS,
    KNOWN,
    LARGEST,
    LOWS,
    PRICES,
    TARGETS,
    Candles,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.weighing import set_bands, set_targets
from rebalancing.policy.drift import TOLERANCE
from rebalancing.policy.triggers.events import OWED

CLOSE = 1e-12
"""How near to the edge of a band, as a fraction of the NAV, counts as at it."""


def scan(candles: Candles, terms: Terms, desk: Numbers, row: int, last: int) -> int:
    """Return the first row before `last` in which a band may be reached, or `last`."""
    known, filled, end = candles.prices[KNOWN], candles.prices[FILLED], row
    while row < last:
        if row == end:
            end = min(candles.ends[row], last)
            for i in range(terms.assets):
                desk[PRICES + i] = known[row][i]
            set_targets(terms.assets, desk)
            set_bands(terms, desk)
        quiet = _quiet_block(candles, terms.assets, desk, row, end)
        if quiet == 0 and may_reach(filled[row], terms.assets, desk):
            return row
        row += max(quiet, 1)
    return last


def _quiet_block(candles: Candles, assets: int, desk: Numbers, row: int, end: int) -> int:
    """Return the rows of the largest quiet block that begins here; 0 if there is none."""
    lows, highs = candles.extremes[LOWS], candles.extremes[HIGHS]
    quiet, size, first = 0, BLOCK, 0
    while row % size == 0 and row + size <= end and size <= LARGEST:
        block = first + row // size
        if not is_quiet(lows[block], highs[block], assets, desk):
            break
        quiet = size
        first += len(candles.ends) // size
        size *= GROWTH
    return quiet


def is_quiet(lows: Numbers, highs: Numbers, assets: int, desk: Numbers) -> bool:
    """Tell that no band is reached by any prices between these.

    Notes
    -----
    A weight is largest where its own price is highest and all others are lowest.
    """
    cash = desk[CASH]
    least, most = cash, cash
    for i in range(assets):
        least += desk[AMOUNTS + i] * lows[i]
        most += desk[AMOUNTS + i] * highs[i]
    if least <= 0 or cash < -OWED * least * (1 - CLOSE):
        return False
    for i in range(assets):
        low, high = desk[AMOUNTS + i] * lows[i], desk[AMOUNTS + i] * highs[i]
        width = desk[BANDS + i] - TOLERANCE - CLOSE
        floor, roof = desk[TARGETS + i] - width, desk[TARGETS + i] + width
        if high >= roof * (high + least - low):
            return False
        if floor > 0 and low <= floor * (low + most - high):
            return False
    width = desk[BANDS + assets] - TOLERANCE - CLOSE
    floor = desk[TARGETS + assets] - width
    roof = (desk[TARGETS + assets] + width) * least
    return bool(cash < roof and cash > floor * (most if floor > 0 else least))


def may_reach(prices: Numbers, assets: int, desk: Numbers) -> bool:
    """Tell whether a band may be reached at these prices.

    Without any it may where there is no cash.
    """
    cash = desk[CASH]
    nav = cash
    for i in range(assets):
        nav += desk[AMOUNTS + i] * prices[i]
    for i in range(assets):
        width = desk[BANDS + i] - TOLERANCE - CLOSE
        if abs(desk[AMOUNTS + i] * prices[i] - desk[TARGETS + i] * nav) >= width * nav:
            return True
    width = desk[BANDS + assets] - TOLERANCE - CLOSE
    if abs(cash - desk[TARGETS + assets] * nav) >= width * nav:
        return True
    return bool(cash < -OWED * nav * (1 - CLOSE))
