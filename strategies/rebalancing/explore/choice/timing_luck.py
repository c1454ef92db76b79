"""Timing luck: what the day of the start, and nothing else, made of a policy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector

LOW, HIGH = 0.05, 0.95
"""Quantiles between which the spread lies."""


@dataclass(frozen=True)
class TimingLuck:
    """The results of one policy, started at several moments.

    Parameters
    ----------
    median, low, high : float
        Logarithms of growth; `low` and `high` are the quantiles of 5 and 95 %.
    rank : int
        Of the start at offset 0 among all: 1 is the best.
    starts : int
        How many there were.

    Notes
    -----
    In plain words: the same rule, begun some hours later, would have earned anything between
    `low` and `high`; a lead that is smaller than this is no merit of the rule.

    References
    ----------
    .. [1] C. Hoffstein, J. Sibears and N. Faber, "Rebalance Timing Luck: The Difference Between
       Hired and Fired", The Journal of Index Investing 10 (1), 2019, SSRN 3319045.
    """

    median: float
    low: float
    high: float
    rank: int
    starts: int

    @property
    def spread(self) -> float:
        """From `low` to `high`, the logarithm of a growth; 0 for a single start."""
        return self.high - self.low


def timing_luck(growth: Vector) -> TimingLuck:
    """Summarise the results of a policy that was started at several moments.

    Parameters
    ----------
    growth : array, shape (starts,)
        Logarithms of the growth over the same time, that of offset 0 first.

    Raises
    ------
    ValueError
        If there is none, or one is not a number.

    Examples
    --------
    >>> timing_luck(np.array([0.3, 0.1, 0.2])).rank
    1
    """
    if not len(growth) or not np.isfinite(growth).all():
        raise ValueError("timing luck needs the growth of at least one start, all of them numbers")
    low, median, high = (float(value) for value in np.quantile(growth, (LOW, 0.5, HIGH)))
    rank = 1 + int((growth > growth[0]).sum())
    return TimingLuck(median, low, high, rank, len(growth))


def leads(one: TimingLuck, other: TimingLuck) -> bool:
    """Tell whether a policy is ahead of another by more than timing luck.

    Notes
    -----
    The medians are compared, and the lead must exceed the larger of the two spreads. Holding has
    no grid: its spread is 0.
    """
    return one.median - other.median > max(one.spread, other.spread)


def unmoved(growth: float) -> TimingLuck:
    """Return the luck of what does not depend on a start, such as holding."""
    return TimingLuck(growth, growth, growth, 1, 1)
