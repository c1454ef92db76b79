"""Where a round takes the weights: which assets it trades, and how far back."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rebalancing.drift import outside
from rebalancing.fewest import fewest_trades
from rebalancing.portfolio import Mask, Vector

EDGE = 0.9
"""Share of the threshold that is left with the destination "edge": just inside the band."""


def destination_weights(
    drift: Vector,
    targets: Vector,
    bands: Vector | None,
    scope: Literal["all", "drifted", "fewest"],
    destination: Literal["target", "edge"] | float,
    smallest: Vector,
) -> Vector:
    """Return the weights that a round aims at.

    Parameters
    ----------
    drift : array, shape (assets + 1,)
        Weight - target now.
    targets : array, shape (assets + 1,)
        Target weights in force.
    bands : array, shape (assets + 1,), or None
        Half-widths of the tolerance bands; None without a threshold.
    scope : {"all", "drifted", "fewest"}
        Which assets are traded.
    destination : {"target", "edge"} or float
        All the way back, just inside the band, or that share of the way.
    smallest : array, shape (assets,)
        Smallest trade of each asset as a fraction of the NAV; scope "fewest" exempts what
        would be smaller.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1; an asset that is not to be traded keeps its weight.
    """
    if bands is None:
        return targets + _left_over(drift, destination)
    if scope == "fewest":
        return targets + fewest_trades(drift, targets, bands, smallest)
    if destination == "edge":
        final = np.clip(drift, -EDGE * bands, EDGE * bands)
    else:
        final = _left_over(drift, destination)
        if scope == "all":
            return targets + final
    traded = outside(drift, bands) if scope == "drifted" else final != drift
    return targets + _balanced(drift, np.where(traded, final, drift), traded)


def _left_over(drift: Vector, destination: Literal["target", "edge"] | float) -> Vector:
    share = destination if isinstance(destination, float) else 1.0
    return drift * (1 - share)


def _balanced(drift: Vector, final: Vector, traded: Mask) -> Vector:
    """Let the members that stay inside their band take up what the traded ones leave.

    Cash comes first, up to its target; then the assets that drifted the other way, in
    proportion, none past its target. The drifts sum to 0, so there is always room enough.
    """
    final = final.copy()
    excess = float(final.sum())
    room = np.where(~traded & (np.sign(drift) == np.sign(excess)), np.abs(drift), 0.0)
    by_cash = min(abs(excess), float(room[-1]))
    final[-1] -= np.sign(excess) * by_cash
    others = float(room[:-1].sum())
    if others > 0:
        share = min(1.0, (abs(excess) - by_cash) / others)
        final[:-1] -= np.sign(excess) * room[:-1] * share
    return final
