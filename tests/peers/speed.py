"""``python -m tests.peers.speed``: what a policy costs here, in vectorbt and in freqtrade."""

import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from rebalancing.config.settings import read_settings
from rebalancing.explore.compiled import kernel_of
from rebalancing.explore.exploration import Whole
from rebalancing.explore.explore import Scene
from rebalancing.explore.following import Kernel
from rebalancing.explore.simulation import course_on
from rebalancing.explore.sweep import Sweep
from rebalancing.policy.policy import Policy
from tests.benchmark.cases import CASES
from tests.benchmark.explore import FEE, scene_of, silent
from tests.benchmark.ground import WALLET, BenchmarkError, open_ground
from tests.benchmark.report import machine
from tests.benchmark.run import run_cases
from tests.peers.environment import PeersError, asked, interpreter
from tests.peers.history import candle_folder, closes

BLOCKS: tuple[Mapping[str, Any], ...] = tuple(
    {"targets": "equal", "period": "24h", "threshold": round(float(band), 4)}
    for band in np.linspace(0.025, 0.035, 20)
)
"""24h and 3 %, and its neighbours."""

GOALS = {"vectorbt": 300, "freqtrade": 10_000}


@click.command(help=__doc__)
@click.option("--datadir", type=click.Path(path_type=Path, exists=True))
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True)
def main(datadir: Path | None, repeats: int) -> None:
    """Measure 24h and 3 % in one run, CPU seconds, compilers not counted."""
    console = Console()
    scene, kernel = scene_of(candle_folder(datadir)), kernel_of(None)
    try:
        with tempfile.TemporaryDirectory(prefix="peers-") as folder:
            rounds = round_times(scene, kernel)
            own = min(swept(scene, kernel) for _ in range(repeats))
            found = {}
            for some, figures in ((rounds[:1], False), (rounds, False), (rounds, True)):
                spent = by_vectorbt(datadir, some, figures, repeats, Path(folder))
                what = "with NAV and drawdown" if figures else "orders only"
                found[f"vectorbt, {len(some)} at once, {what}"] = spent
            found["freqtrade, the whole command"] = by_freqtrade(datadir, Path(folder))
    except (PeersError, BenchmarkError) as error:
        raise click.ClickException(str(error)) from None
    table = Table("24h and 3 %", "A policy, CPU ms", "times ours", "goal")
    table.add_row("SmartRebalance, all figures", f"{own * 1e3:.3f}", "1", "")
    for who, seconds in found.items():
        goal = GOALS[who.split(",")[0]]
        table.add_row(who, f"{seconds * 1e3:,.1f}", f"{seconds / own:,.0f}", f"{goal:,}")
    console.print(table)
    rows, assets = scene.prices.known.shape
    console.print(f"{assets} assets, {rows:,} candles. {machine()}")


def _sweep(scene: Scene, kernel: Kernel, with_rounds: bool) -> Sweep:
    assets = scene.prices.assets
    policies = [Policy(read_settings(block)[0], assets, scene.stake) for block in BLOCKS]
    return Sweep(course_on(scene, kernel, len(policies), with_rounds), policies)


def round_times(scene: Scene, kernel: Kernel) -> tuple[Whole, ...]:
    """Return when the rounds of each policy are, seconds since 1970; it compiles the kernel."""
    times = _sweep(scene, kernel, with_rounds=True).run(1, silent).round_times
    assert times is not None
    return times


def swept(scene: Scene, kernel: Kernel) -> float:
    """Return CPU seconds of a policy: followed, valued and compared with its HODL."""
    sweep = _sweep(scene, kernel, with_rounds=False)
    began = time.process_time()
    sweep.run(1, silent)
    return (time.process_time() - began) / len(BLOCKS)


def by_vectorbt(
    datadir: Path | None, rounds: tuple[Whole, ...], figures: bool, repeats: int, folder: Path
) -> float:
    """Return CPU seconds of a policy in vectorbt, which is told when to trade."""
    table = closes(datadir)
    file = folder / "closes.npy"
    np.save(file, table.to_numpy(dtype=float))
    moments = pd.DatetimeIndex(table.index).as_unit("s").asi8
    rows = [[0, *np.searchsorted(moments, times).tolist()] for times in rounds]
    question = {
        "who": "vectorbt",
        "prices": str(file),
        "rounds": rows,
        "weights": np.full(table.shape[1], 1 / table.shape[1]).tolist(),
        "cash": WALLET,
        "fee": FEE,
        "call_seq": "auto",
        "repeats": repeats,
        "figures": figures,
    }
    (answer,) = asked(interpreter(), [question])
    return float(answer["seconds"])


def by_freqtrade(datadir: Path | None, folder: Path) -> float:
    """Return CPU seconds of one backtest of freqtrade with the strategy."""
    (daily,) = (case for case in CASES if case.name == "daily")
    ground = open_ground(candle_folder(datadir), None, None)
    measured = run_cases(ground, [daily], 1, folder / "freqtrade", lambda _: None)
    return measured["daily"].usage.cpu


if __name__ == "__main__":
    sys.exit(main(prog_name="python -m tests.peers.speed"))
