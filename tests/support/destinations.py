"""Destinations of made-up drifts, and portfolios drawn at random."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from rebalancing.market.portfolio import Vector
from rebalancing.policy.destination import destination_weights

TIGHT = 1e-9


def drifts_after(
    drift: list[float] | Vector,
    band: float | list[float] | Vector | None,
    scope: str = "all",
    destination: str | float = "target",
    targets: list[float] | Vector | None = None,
    smallest: float = 0.0,
) -> Vector:
    """Return the drift of each member, cash last, at the destination of a round."""
    start = np.asarray(drift, dtype=float)
    wanted = np.full(len(start), 1 / len(start)) if targets is None else np.asarray(targets)
    bands = None if band is None else np.broadcast_to(np.asarray(band, dtype=float), start.shape)
    least = np.full(len(start) - 1, smallest)
    chosen: Any = scope
    far: Any = destination
    return destination_weights(start, wanted, bands, chosen, far, least) - wanted


@st.composite
def portfolios(draw: st.DrawFn, most: int = 6) -> tuple[Vector, Vector, Vector]:
    """Draw weights, targets and bands of a few assets and cash, in steps that make ties."""
    count = draw(st.integers(2, most)) + 1
    parts = st.lists(st.integers(0, 20), min_size=count, max_size=count).filter(any)
    weights, targets = np.array(draw(parts), dtype=float), np.array(draw(parts), dtype=float)
    bands = draw(st.lists(st.sampled_from([0.01, 0.02, 0.05, 0.1]), min_size=count, max_size=count))
    return weights / weights.sum(), targets / targets.sum(), np.array(bands)
