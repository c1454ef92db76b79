"""The premium over time: how much of it is the luck of the last day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Mask, Vector
from rebalancing.performance.history import History


@dataclass(frozen=True, eq=False)
class PremiumPath:
    """The premium in parts of HODL.

    Parameters
    ----------
    share : array, shape (moments,)
        Premium / HODL NAV, were both sold at that moment, after the fee; a fraction.
    best, worst : float
        Its extremes since the initial allocation.
    best_at, worst_at : float
        When, seconds since 1970.
    ahead : float
        Share of the moments since the initial allocation at which the premium was positive.
    """

    share: Vector
    best: float
    best_at: float
    worst: float
    worst_at: float
    ahead: float


def premium_path(history: History, premium: Vector, hodl_sold: Vector) -> PremiumPath:
    """Follow the premium.

    Parameters
    ----------
    history : History
        Of the portfolio, with an initial allocation.
    premium : array, shape (moments,)
        Stake currency.
    hodl_sold : array, shape (moments,)
        HODL NAV, sold at that moment, after the fee.
    """
    share = np.divide(premium, hodl_sold, out=np.zeros(len(premium)), where=hodl_sold > 0)
    after: Mask = history.allocated
    time, later = history.time[after], share[after]
    best, worst = int(later.argmax()), int(later.argmin())
    return PremiumPath(
        share,
        float(later[best]),
        float(time[best]),
        float(later[worst]),
        float(time[worst]),
        float((later > 0).mean()),
    )
