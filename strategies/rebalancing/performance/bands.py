"""The tolerance bands of a run, and how long the portfolio was outside them."""

from __future__ import annotations

import numpy as np

from rebalancing.config.settings import Settings
from rebalancing.market.portfolio import Mask, Vector
from rebalancing.performance.history import History
from rebalancing.policy.drift import outside, threshold_vector, tolerance_bands


def bands_of(history: History, settings: Settings) -> Vector | None:
    """Return the half-width of each member's band, shape (moments, assets).

    None without a threshold.
    """
    if settings.threshold is None:
        return None
    thresholds = threshold_vector(settings.threshold, history.assets[:-1], history.stake)
    relative = settings.threshold_kind == "relative"
    return tolerance_bands(thresholds, history.shown_targets(), relative)


def outside_bands(history: History, bands: Vector) -> Mask:
    """Tell at which moments any member was outside its band.

    The moments are those since the initial allocation, shape (moments after it,).
    """
    after = history.allocated
    return np.asarray(outside(history.drift()[after], bands[after]).any(axis=1))
