"""Where a round takes the weights: which assets it trades, and how far back."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.drift import outside
from rebalancing.policy.fewest import fewest_trades

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
    return targets + _balanced(np.where(traded, final, drift), traded)


def _left_over(drift: Vector, destination: Literal["target", "edge"] | float) -> Vector:
    share = destination if isinstance(destination, float) else 1.0
    return drift * (1 - share)


def _balanced(final: Vector, traded: Mask) -> Vector:
    """Let others take up what the traded members leave, none past its target.

    Cash that stays inside its band comes first; then the assets inside theirs, in proportion;
    last, where bands of different widths leave nobody else, the traded members go further.
    """
    cash = np.arange(len(final)) == len(final) - 1
    balanced = final.copy()
    for pool in (~traded & cash, ~traded & ~cash, traded):
        excess = float(balanced.sum())
        room = np.where(pool & (np.sign(balanced) == np.sign(excess)), np.abs(balanced), 0.0)
        if room.any():
            share = min(1.0, abs(excess) / float(room.sum()))
            balanced -= np.sign(excess) * room * share
    return balanced
