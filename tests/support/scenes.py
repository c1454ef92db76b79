"""What policies are tried on: steady prices, no lots, no minimums."""

import numpy as np

from rebalancing.explore.explore import Scene
from rebalancing.market.markets import Markets
from tests.support.price_paths import steady_prices


def plain_scene(rows: int) -> Scene:
    """Return three assets by the hour, a fee of 0.1 % and 10,000 USDT."""
    nothing, none = np.zeros(3), np.full(3, np.inf)
    markets = Markets(nothing, nothing, nothing, 0.001, 1.1, 1.1, 1.1, none)
    return Scene(steady_prices(("A", "B", "C"), rows), markets, "USDT", 10_000.0)
