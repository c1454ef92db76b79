"""The end of a quiet stretch, row by row, with whole blocks of rows skipped by their extremes."""

from __future__ import annotations

from rebalancing.explore.kernel.measure_in_loops import add_values
from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    AWAY,
    BANDS,
    BLOCK,
    CASH,
    CHUNK,
    GROWTH,
    HIGHS,
    KNOWN,
    LARGEST,
    LOWS,
    NAVS,
    PRICES,
    TARGETS,
    TRADED,
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
    known, end = candles.prices[KNOWN], row
    while row < last:
        if row == end:
            end = min(candles.ends[row], last)
            for i in range(terms.assets):
                desk[PRICES + i] = known[row][i]
            set_targets(terms.assets, desk)
            set_bands(terms, desk)
        count = _quiet_block(candles, terms.assets, desk, row, end)
        if count == 0:
            count = min(CHUNK - row % BLOCK, end - row)
            quiet = _quiet_rows(candles.columns[TRADED], terms.assets, desk, row, count)
            if quiet < count:
                return row + quiet
        row += count
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


def _quiet_rows(columns: Numbers, assets: int, desk: Numbers, row: int, count: int) -> int:
    """Return how many rows there are before one in which a band may be reached.

    Without a NAV it may where there is no cash.
    """
    add_values(columns, assets, desk, row, count)
    navs, beyond = desk[NAVS : NAVS + count], desk[AWAY : AWAY + count]
    cash, target = desk[CASH], desk[TARGETS + assets]
    width, owed = desk[BANDS + assets] - TOLERANCE - CLOSE, OWED * (1 - CLOSE)
    for k in range(count):
        beyond[k] = max(-cash - owed * navs[k], abs(cash - target * navs[k]) - width * navs[k])
    for i in range(assets):
        prices, amount = columns[i][row : row + count], desk[AMOUNTS + i]
        target, width = desk[TARGETS + i], desk[BANDS + i] - TOLERANCE - CLOSE
        for k in range(count):
            away = abs(amount * prices[k] - target * navs[k]) - width * navs[k]
            beyond[k] = away if away > beyond[k] else beyond[k]
    for k in range(count):
        if beyond[k] >= 0:
            return k
    return count
