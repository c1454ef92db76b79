"""``python -m tests.benchmark.explore``: what a search of policies costs."""

import resource
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from rebalancing.config.settings import read_settings
from rebalancing.explore.compiled import kernel_of
from rebalancing.explore.course import Course
from rebalancing.explore.exploration import Exploration
from rebalancing.explore.explore import Scene, judged, rank
from rebalancing.explore.following import Follower, Kernel
from rebalancing.explore.grid import given_grid
from rebalancing.explore.kernel.walk import walk
from rebalancing.explore.stretches import stretches_of
from rebalancing.explore.sweep import Sweep
from rebalancing.explore.worth import Closes
from rebalancing.freqtrade_side.backtest.candles import read_candles
from rebalancing.market.markets import Markets
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from tests.benchmark.ground import SHARED_CANDLES, STAKE, WALLET
from tests.benchmark.report import machine

HOUR = timedelta(hours=1)
PERIODS = ("1h", "4h", "12h", "1d", "3d", "7d", "30d")
LOT, SMALLEST, FEE = 1e-5, 5.0, 0.001


def policies(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Draw policies: half with a threshold at any time, half with a period too."""
    random = np.random.default_rng(seed)
    found: list[dict[str, Any]] = []
    for number in range(count):
        block: dict[str, Any] = {"targets": "equal", "threshold": random.uniform(0.005, 0.2)}
        if number % 2:
            block["period"] = str(random.choice(PERIODS))
        found.append(block)
    return found


def scene_of(datadir: Path) -> Scene:
    """Read all pairs of a folder by the hour, with lots and smallest orders."""
    files = sorted(datadir.glob(f"*_{STAKE}-1h.feather"))
    candles = {file.name.split("_")[0]: read_candles(pd.read_feather(file)) for file in files}
    ones = np.ones(len(files))
    markets = Markets(ones * LOT, ones * SMALLEST, ones * LOT, FEE, 1.1, 1.1, 1.28, ones * np.inf)
    return Scene(PriceMatrix(tuple(candles), candles, HOUR), markets, STAKE, WALLET)


def searched(scene: Scene, kernel: Kernel, count: int, threads: int) -> Exploration:
    """Search once: everything but the reading of the candles."""
    grid = given_grid(policies(count), HOUR, HOUR * len(scene.prices.known))
    clock = time.perf_counter
    ranked = rank(grid, scene, None, kernel, threads=threads, clock=clock, progress=silent)
    return judged(ranked, clock)


def swept(scene: Scene, kernel: Kernel, count: int, threads: int) -> float:
    """Return the seconds in which policies are followed, without other starts and judges."""
    assets = scene.prices.assets
    found = [Policy(read_settings(block)[0], assets, STAKE) for block in policies(count)]
    closes = Closes(scene.prices, scene.markets.fee)
    follower = Follower(kernel, scene.prices, scene.markets, scene.cash)
    stretches = stretches_of(len(scene.prices.known), scene.prices.seconds, count)
    begun = time.perf_counter()
    Sweep(Course(follower, closes, stretches), found).run(threads, silent)
    return time.perf_counter() - begun


def _total(scene: Scene, kernel: Kernel, count: int, threads: int) -> float:
    return searched(scene, kernel, count, threads).seconds.total


def silent(_done: int, _all: int) -> None:
    """Tell nobody."""


@click.command(help=__doc__)
@click.option("--datadir", type=click.Path(path_type=Path, exists=True), default=SHARED_CANDLES)
@click.option("--policies", "count", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--interpreted", type=click.IntRange(1), default=10, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True)
def main(datadir: Path, count: int, interpreted: int, threads: int, repeats: int) -> None:
    """Measure a search, compiled and not; the machine should have nothing else to do."""
    scene, kernel = scene_of(datadir), kernel_of(None)
    table = Table("", "Time, s", "CPU, s", "Policy, ms")
    first = searched(scene, kernel, 1, 1)
    table.add_row("compiled at first", f"{first.seconds.compile:.1f}", "", "")
    for name, one, size, run in (
        *[(f"{count:,} policies followed", kernel, count, swept)] * repeats,
        *[(f"{count:,} policies, with all judges", kernel, count, _total)] * repeats,
        (f"{interpreted} followed, not compiled", Kernel(walk, False), interpreted, swept),
    ):
        cpu = time.process_time()
        spent = run(scene, one, size, threads if one.is_compiled else 1)
        cpu = time.process_time() - cpu
        table.add_row(name, f"{spent:.2f}", f"{cpu:.2f}", f"{spent / size * 1000:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows, assets = scene.prices.known.shape
    console = Console()
    console.print(table)
    console.print(f"{assets} assets, {rows:,} candles, peak {peak:.0f} MB. {machine()}")


if __name__ == "__main__":
    main(prog_name="python -m tests.benchmark.explore")
