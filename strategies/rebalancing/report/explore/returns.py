"""What became of the money that a policy began with."""

from __future__ import annotations

import numpy as np

from rebalancing.explore.exploration import Exploration, Whole
from rebalancing.market.portfolio import Vector


def returns_of(found: Exploration, places: Whole) -> Vector:
    """Return the gain of each of these policies over the whole time, a fraction."""
    return found.figures.nav[places] / _begun_with(found, places) - 1


def hodl_return(found: Exploration, place: int) -> float:
    """Return the same for the HODL of a policy."""
    held = found.figures.hodl_nav[place] / _begun_with(found, np.array([place])) - 1
    return float(held[0])


def _begun_with(found: Exploration, places: Whole) -> Vector:
    """Return the investments that the policies name, or all the cash."""
    policies, cash = found.policies, found.ground.cash
    return np.array([policies[int(place)].get("investment") or cash for place in places])
