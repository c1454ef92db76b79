"""Stretches of time over which the growth of policies is compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.explore.choice.judgement import FEWEST
from rebalancing.explore.exploration import Whole

DAY = 86400
CELLS = 4_000_000
"""Numbers that are kept of all policies together: with more, the stretches are longer."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """The ends of the stretches.

    Parameters
    ----------
    rows : int array, shape (stretches + 1,)
        Rows of candles, the first and the last one of the history among them.
    days : float
        Length of a stretch; the first one is up to twice as long.
    """

    rows: Whole
    days: float


def stretches_of(rows: int, seconds: int, policies: int) -> Stretches:
    """Divide a history.

    Parameters
    ----------
    rows : int
        Candles.
    seconds : int
        Length of each.
    policies : int
        How many are compared.

    Notes
    -----
    A stretch is a day (a candle, where that is longer), or as many days as bring the numbers that
    are kept for all policies below 4 million; never so many that fewer than 60 stretches are left.

    Examples
    --------
    >>> stretches_of(24 * 100 + 1, 3600, 10).rows[:3].tolist()
    [0, 24, 48]
    >>> stretches_of(24 * 1000 + 1, 3600, 40_000).days
    10.0
    """
    day = max(1, DAY // seconds)
    most = max(FEWEST, CELLS // max(1, policies))
    days = max(1, -(-(rows - 1) // (day * most)))
    while days > 1 and (rows - 1) // (day * days) < FEWEST:
        days -= 1
    step = day * days
    count = max(1, (rows - 1) // step)
    ends = rows - 1 - step * np.arange(count - 1, -1, -1, dtype=np.int64)
    return Stretches(np.append(0, ends), step * seconds / DAY)
