"""Whether the ratio of two prices comes back: Lo and MacKinlay's variance ratio test."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.explore.choice.extras import ExtraMissingError
from rebalancing.market.portfolio import Vector

HORIZON = 28
"""Days."""

FEWEST = 10 * HORIZON
"""Days that two assets need in common."""

LEVEL = 0.05


@dataclass(frozen=True)
class Reversion:
    """The test of one ratio.

    Parameters
    ----------
    one, other : str
        The assets; the ratio is the price of the first in the second.
    variance_ratio : float or None
        Variance of its moves over 28 days, over 28 times that of a day. In plain words: 1 for a
        random walk; below 1 the ratio tends to come back, above 1 it tends to go on. None for
        fewer than 280 days in common, or a ratio that does not move.
    p_value : float or None
        How often a random walk is as far from 1, corrected by Holm [2]_ for the number of ratios.

    References
    ----------
    .. [1] A. W. Lo and A. C. MacKinlay, "Stock Market Prices Do Not Follow Random Walks: Evidence
       from a Simple Specification Test", The Review of Financial Studies 1 (1), 1988.
    .. [2] S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal
       of Statistics 6 (2), 1979.
    """

    one: str
    other: str
    variance_ratio: float | None
    p_value: float | None

    @property
    def reverts(self) -> bool | None:
        """Tell whether it is shown to come back; None where it was not tested."""
        if self.variance_ratio is None or self.p_value is None:
            return None
        return self.variance_ratio < 1 and self.p_value < LEVEL


def reversions(closes: DailyCloses) -> tuple[Reversion, ...]:
    """Test the ratio of every two assets, with arch's `VarianceRatio`.

    Raises
    ------
    ExtraMissingError
        If arch is not installed.
    """
    pairs = list(combinations(range(len(closes.assets)), 2))
    tested = [_test(closes.closes[:, one], closes.closes[:, other]) for one, other in pairs]
    corrected = iter(holm([p_value for _, p_value in filter(None, tested)]))
    found = []
    for (one, other), result in zip(pairs, tested, strict=True):
        names = closes.assets[one], closes.assets[other]
        known = (None, None) if result is None else (result[0], next(corrected))
        found.append(Reversion(*names, *known))
    return tuple(found)


def holm(p_values: list[float]) -> list[float]:
    """Correct p values for their number.

    Examples
    --------
    >>> holm([0.01, 0.5, 0.02])
    [0.03, 0.5, 0.04]
    """
    order, largest = np.argsort(p_values), 0.0
    found = [0.0] * len(p_values)
    for rank, row in enumerate(order):
        largest = max(largest, min(1.0, p_values[row] * (len(p_values) - rank)))
        found[row] = largest
    return found


def _test(one: Vector, other: Vector) -> tuple[float, float] | None:
    try:
        from arch.unitroot import VarianceRatio
    except ImportError:
        raise ExtraMissingError("arch", "the test whether a ratio comes back") from None
    ratio = np.log(one / other)
    ratio = ratio[np.isfinite(ratio)]
    if len(ratio) < FEWEST or np.ptp(np.diff(ratio)) < 1e-12:
        return None
    test = VarianceRatio(ratio, HORIZON)
    return float(test.vr), float(test.pvalue)
