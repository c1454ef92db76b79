"""What a search of many policies holds in memory."""

import tracemalloc
from typing import Any

import numpy as np

from rebalancing.explore.following import Kernel
from rebalancing.explore.kernel.memory import CASH, HODL_CASH
from rebalancing.explore.simulation import Scene, Simulations
from tests.support.scenes import plain_scene

FEW, MANY = 100, 700


def keep_cash(_candles: Any, terms: Any, desk: Any, _marks: Any, log: Any) -> None:
    """Follow a policy that never trades."""
    desk[CASH] = desk[HODL_CASH] = terms.cash
    log.navs[:] = terms.cash


def peak_of(count: int, scene: Scene) -> int:
    blocks = [{"targets": "equal", "threshold": each} for each in np.linspace(0.01, 0.2, count)]
    tracemalloc.start()
    simulations = Simulations(blocks, scene, Kernel(keep_cash, True), threads=1)
    simulations.run(None, None, lambda _done, _all: None, lambda: 0.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_a_policy_takes_as_much_as_its_figures_and_growth() -> None:
    scene = plain_scene(24 * 40 + 1)
    peak_of(FEW, scene)  # what is imported and kept for good
    each = (peak_of(MANY, scene) - peak_of(FEW, scene)) / (MANY - FEW)
    figures_and_growth = 8 * (9 + 40)
    assert figures_and_growth < each < 3 * figures_and_growth
