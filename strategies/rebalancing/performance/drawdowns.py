"""Drawdowns: from a peak to the bottom after it, and back to the height of the peak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector

DEEPEST = 5
"""Number of drawdowns that are listed."""


@dataclass(frozen=True)
class Drawdown:
    """A fall from a peak. Times are seconds since 1970.

    Parameters
    ----------
    depth : float
        Fall from the peak to the bottom, a positive fraction.
    peak, trough : float
        When.
    recovery : float or None
        First moment at which the height of the peak is reached again; None if it never is.
    end : float
        The recovery, or the end of the run.
    """

    depth: float
    peak: float
    trough: float
    recovery: float | None
    end: float

    @property
    def falling(self) -> float:
        """Seconds from the peak to the bottom."""
        return self.trough - self.peak

    @property
    def recovering(self) -> float | None:
        """Seconds from the bottom to the recovery; None if there is none."""
        return None if self.recovery is None else self.recovery - self.trough

    @property
    def length(self) -> float:
        """Seconds from the peak to the recovery, or to the end of the run."""
        return self.end - self.peak


def falls(units: Vector) -> Vector:
    """Return the distance from the highest value so far, a fraction, never positive."""
    fall: Vector = units / np.maximum.accumulate(units) - 1
    return fall


def deepest_drawdowns(time: Vector, units: Vector, count: int = DEEPEST) -> list[Drawdown]:
    """Find the deepest drawdowns, the deepest first.

    Parameters
    ----------
    time : array, shape (moments,)
        Seconds since 1970.
    units : array, shape (moments,)
        What one unit is worth, cash flows taken out.
    count : int
        At most so many.

    Notes
    -----
    They do not overlap: a new one begins only after the height of the last peak was reached.
    """
    fall = falls(units)
    below = np.concatenate([[False], fall < 0, [False]])
    begins = np.flatnonzero(below[1:-1] & ~below[:-2])
    ends = np.flatnonzero(below[1:-1] & ~below[2:])
    found = []
    for begin, end in zip(begins, ends, strict=True):
        trough = int(begin + np.argmin(fall[begin : end + 1]))
        recovery = float(time[end + 1]) if end + 1 < len(time) else None
        peak = float(time[begin - 1])
        last = float(time[end]) if recovery is None else recovery
        found.append(Drawdown(-float(fall[trough]), peak, float(time[trough]), recovery, last))
    return sorted(found, key=lambda drawdown: -drawdown.depth)[:count]
