"""How far the weights are from their targets, and how far they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rebalancing.market.portfolio import Mask, Vector

TOLERANCE = 1e-9


def drift_of(weights: Vector, targets: Vector) -> Vector:
    """Return weight - target weight: signed, absolute, 0.03 for 3 percentage points."""
    return weights - targets


def threshold_vector(
    threshold: float | Mapping[str, float], assets: Sequence[str], stake: str
) -> Vector:
    """Spread the configured threshold over the members.

    Parameters
    ----------
    threshold : float or mapping of str to float
        One fraction for all, or a fraction by asset code.
    assets : sequence of str
        Codes of the assets other than the stake currency.
    stake : str
        Code of the stake currency.

    Returns
    -------
    array, shape (assets + 1,)
        NaN for a member that the map does not name.
    """
    members = [*assets, stake]
    if isinstance(threshold, Mapping):
        return np.array([threshold.get(member, np.nan) for member in members])
    return np.full(len(members), float(threshold))


def tolerance_bands(thresholds: Vector, targets: Vector, relative: bool) -> Vector:
    """Return the half-width of each member's tolerance band.

    Parameters
    ----------
    thresholds : array, shape (assets + 1,)
        Fractions; NaN where none is given.
    targets : array, shape (..., assets + 1)
        Target weights in force.
    relative : bool
        The thresholds are shares of the target weight instead of percentage points.

    Returns
    -------
    array, shape (..., assets + 1)
        Fractions of the portfolio, all above 0.

    Notes
    -----
    A member without a threshold, or with a relative one of a target of 0, would have no band:
    it gets the smallest band of the others, so that cash and abandoned assets are watched too.
    """
    bands = thresholds * targets if relative else np.broadcast_to(thresholds, targets.shape)
    known = bands > 0
    if known.all():
        return bands
    smallest = np.min(np.where(known, bands, np.inf), axis=-1, keepdims=True)
    return np.where(known, bands, smallest)


def outside(drift: Vector, bands: Vector) -> Mask:
    """Tell which members have reached the edge of their band, within a tolerance of 1e-9."""
    reached: Mask = np.abs(drift) >= bands - TOLERANCE
    return reached


def furthest(drift: Vector, bands: Vector) -> int | None:
    """Return the index of the member furthest outside its band; None if all are inside."""
    if not outside(drift, bands).any():
        return None
    return int(np.argmax(np.abs(drift) / bands))
