"""What each asset would have drawn from the others at equal weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.market.portfolio import Vector
from rebalancing.performance.subsidised import FALL, SHARE, most_received

LEFT = 0.5
"""Share of what was put in that is left at the end, below which it was lost."""


@dataclass(frozen=True)
class Subsidy:
    """The time over which an asset would have received most.

    Parameters
    ----------
    begin, end : int
        Days since 1970.
    share : float
        What it received, net, each day's of the portfolio's value on that day, added up.
    fall : float
        Change of its price over that time; negative for a fall.
    left : float or None
        What the coins bought with it are worth at the asset's last close, of what they cost; None
        where it received nothing.
    """

    asset: str
    begin: int
    end: int
    share: float
    fall: float
    left: float | None

    @property
    def drains(self) -> bool:
        """Its price halved while it received at least 2 %, and more than half of that is lost."""
        is_lost = self.left is not None and self.left < LEFT
        return is_lost and self.fall <= -FALL and self.share >= SHARE


def subsidies(closes: DailyCloses) -> tuple[Subsidy, ...]:
    """Compute the subsidy of each asset.

    Notes
    -----
    A formula, not a simulation: all assets that have a price are brought back to equal weights at
    the end of each day, without fees. An asset of weight w receives ``w (R - r)`` of the portfolio
    then, R being the day's return of the portfolio and r its own. One that is listed late joins
    with an equal weight; one that ends leaves with its last price, at which nothing is bought.
    """
    received = _received(closes)
    return tuple(_most(closes, column, received[:, column]) for column in range(len(closes.assets)))


def _most(closes: DailyCloses, column: int, received: Vector) -> Subsidy:
    sums = np.append(0.0, np.cumsum(received))
    begin, end = most_received(sums)
    prices = closes.closes[:, column]
    last = prices[np.isfinite(prices)][-1]
    within = prices[begin : end + 1]
    known = within[np.isfinite(within)]
    fall = float(known[-1] / known[0] - 1) if len(known) else 0.0
    share = float(sums[end] - sums[begin])
    # Row n of `received` is of the end of day n + 1.
    bought = received[begin:end]
    coins = (bought[bought != 0] / prices[begin + 1 : end + 1][bought != 0]).sum()
    left = float(coins * last / share) if share > 0 else None
    days = int(closes.days[begin]), int(closes.days[end])
    return Subsidy(closes.assets[column], *days, share, fall, left)


def _received(closes: DailyCloses) -> Vector:
    """Return what each asset receives at the end of each day but the first.

    Of the portfolio then, shape (days - 1, assets).
    """
    known = np.isfinite(closes.returns)
    returns = np.where(known, closes.returns, 0.0)
    weights = known / np.maximum(1, known.sum(axis=1, keepdims=True))
    earned = (weights * returns).sum(axis=1, keepdims=True)
    goes_on = np.vstack([known[1:], np.zeros_like(known[:1])])
    received: Vector = weights * (earned - returns) / (1 + earned) * goes_on
    return received
