"""Values, weights, targets in force and bands of one moment."""

from __future__ import annotations

import math

from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    BANDS,
    CASH,
    CONFIGURED,
    DRIFT,
    NAV,
    PRICES,
    TARGETS,
    THRESHOLDS,
    VALUES,
    WEIGHTS,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.sums import total
from rebalancing.policy.drift import TOLERANCE


def weigh(assets: int, desk: Numbers) -> None:
    """Fill in values, weights and NAV as `holding_values` and `weights_of` do."""
    for i in range(assets):
        value = desk[AMOUNTS + i] * desk[PRICES + i]
        desk[VALUES + i] = value if value == value else 0.0
    desk[VALUES + assets] = desk[CASH]
    nav = total(desk, VALUES, assets + 1)
    for i in range(assets + 1):
        desk[WEIGHTS + i] = desk[VALUES + i] / nav if nav > 0 else 0.0
    desk[NAV] = nav


def set_targets(assets: int, desk: Numbers) -> None:
    """Fill in the targets over what is available as `over_available` does."""
    complete = True
    for i in range(assets):
        known = desk[PRICES + i] == desk[PRICES + i]
        complete = complete and known
        desk[TARGETS + i] = desk[CONFIGURED + i] if known else 0.0
    desk[TARGETS + assets] = desk[CONFIGURED + assets]
    if complete:
        return
    whole = total(desk, TARGETS, assets + 1)
    for i in range(assets + 1):
        desk[TARGETS + i] = desk[TARGETS + i] / whole if whole > 0 else 0.0
    if whole <= 0:
        desk[TARGETS + assets] = 1.0


def set_bands(terms: Terms, desk: Numbers) -> None:
    """Fill in the half-widths of the bands as `tolerance_bands` does."""
    smallest = math.inf
    for i in range(terms.assets + 1):
        band = desk[THRESHOLDS + i]
        if terms.is_relative:
            band *= desk[TARGETS + i]
        desk[BANDS + i] = band
        if band > 0:
            smallest = min(smallest, band)
    for i in range(terms.assets + 1):
        if not desk[BANDS + i] > 0:
            desk[BANDS + i] = smallest


def is_outside(assets: int, desk: Numbers) -> bool:
    """Tell whether any member has reached the edge of its band, as `outside` does."""
    for i in range(assets + 1):
        if abs(desk[DRIFT + i]) >= desk[BANDS + i] - TOLERANCE:
            return True
    return False
