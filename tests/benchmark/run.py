"""Runs the cases one after another, each several times, and keeps what they took."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rebalancing.launch.configuration import child_environment
from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.serving.server import running
from tests.benchmark.cases import GOALS, Case
from tests.benchmark.ground import BenchmarkError, Ground
from tests.benchmark.orders import Order, check_same, read_orders, write_orders
from tests.benchmark.process import Usage, run_measured
from tests.support.builders import PROJECT

BASELINES = Path(__file__).resolve().parent / "strategies"


@dataclass
class Measured:
    """What the runs of one case took, and what they did."""

    case: Case
    usages: list[Usage] = field(default_factory=list)
    orders: Sequence[Order] = ()
    mean_drift: float | None = None

    @property
    def usage(self) -> Usage:
        """The median of each quantity."""
        runs = self.usages
        return Usage(
            median(usage.wall for usage in runs),
            median(usage.cpu for usage in runs),
            median(usage.memory for usage in runs),
        )


def run_cases(
    ground: Ground,
    cases: Sequence[Case],
    repeats: int,
    folder: Path,
    started: Callable[[Case], None],
) -> dict[str, Measured]:
    """Run all cases once, then all again, so that a machine that gets slower hits all alike.

    Parameters
    ----------
    cases
        In the order of running: a case whose orders another one needs comes before it.
    folder
        For configurations, results and logs.
    started
        Called before every run.

    Raises
    ------
    BenchmarkError
        If a run fails, logs an error, or replays other orders than it was given.
    """
    measured = {case.name: Measured(case) for case in cases}
    drifts = {name for goal in GOALS if goal.quantity == "mean drift" for name in goal.cases}
    exchange = LocalExchange(ground.pairs, CandleFolder.open(ground.datadir), rules={})
    results: dict[str, Path] = {}
    lots = {market.pair: float(market.step) for market in exchange.markets}
    with running(exchange, Binance()) as url:
        for _ in range(repeats):
            for case in cases:
                started(case)
                place = folder / case.name
                shutil.rmtree(place, ignore_errors=True)
                given = measured[case.orders_of].orders if case.orders_of else ()
                found = measured[case.name]
                if case.report_of:
                    result = results[case.report_of]
                    usage = _report(ground, case, place, result)
                else:
                    usage, result = _run(ground, case, place, given, url)
                results[case.name] = result
                found.usages.append(usage)
                found.orders = read_orders(result)
                if case.same_orders:
                    check_same(given, found.orders, lots)
                if found.mean_drift is None and case.name in drifts:
                    found.mean_drift = _mean_drift(result, ground.datadir)
    return measured


def _run(
    ground: Ground, case: Case, place: Path, given: Sequence[Order], url: str
) -> tuple[Usage, Path]:
    user_data = place / "user_data"
    (user_data / "backtest_results").mkdir(parents=True)
    (user_data / "strategies").mkdir()
    config = _config(ground, case, write_orders(place / "orders.json", given))
    settings = overlay(url, config)
    files = {"config.json": config, "local-exchange.json": settings}
    command = [sys.executable, "-m", "freqtrade", "backtesting", "--cache", "none"]
    for name, content in files.items():
        (place / name).write_text(json.dumps(content), encoding="utf-8")
        command += ["--config", str(place / name)]
    command += ["--datadir", str(ground.datadir), "--userdir", str(user_data)]
    command += ["--timerange", _span(ground, case), "--export", "trades"]
    log = place / "log.txt"
    status, usage = run_measured(command, _environment(settings), PROJECT, log)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line for line in lines if " - ERROR - " in line]
    if status != 0 or errors:
        said = "\n".join(errors or lines[-15:])
        raise BenchmarkError(f"{case.name}: freqtrade ended with status {status}\n{said}")
    results = user_data / "backtest_results"
    newest = json.loads((results / ".last_result.json").read_text(encoding="utf-8"))
    return usage, results / newest["latest_backtest"]


def _report(ground: Ground, case: Case, place: Path, result: Path) -> Usage:
    place.mkdir(parents=True)
    command = [sys.executable, "-m", "rebalancing", "report", str(result)]
    command += ["--datadir", str(ground.datadir), "--output", str(place / "page.html")]
    status, usage = run_measured(command, _environment({}), PROJECT, place / "log.txt")
    if status != 0:
        said = (place / "log.txt").read_text(encoding="utf-8", errors="replace")
        raise BenchmarkError(f"{case.name}: the report ended with status {status}\n{said}")
    return usage


def _config(ground: Ground, case: Case, orders: Path) -> dict[str, Any]:
    ours = case.strategy == "SmartRebalance"
    return {
        **ground.config,
        "strategy": case.strategy,
        "strategy_path": str(PROJECT / "strategies" if ours else BASELINES),
        "rebalance": {**ground.config["rebalance"], **case.policy},
        "benchmark": {"orders": str(orders)},
    }


def _span(ground: Ground, case: Case) -> str:
    spans = {"start-up": ground.start_up, "month": ground.month, "all": ground.span}
    return spans[case.span].argument


def _environment(settings: Mapping[str, Any]) -> dict[str, str]:
    paths = [str(PROJECT), str(PROJECT / "strategies"), os.environ.get("PYTHONPATH", "")]
    environment = child_environment(os.environ, settings)
    # Wide enough that no line of the log is broken where an error is looked for.
    wide = {"COLUMNS": "1000"}
    return {**environment, **wide, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _mean_drift(result: Path, datadir: Path) -> float:
    command = [sys.executable, "-m", "rebalancing", "summary", "--json", str(result)]
    command += ["--datadir", str(datadir)]
    run = subprocess.run(
        command, cwd=PROJECT, env=_environment({}), capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise BenchmarkError(f"rebalance summary: {run.stderr.strip() or run.stdout.strip()}")
    (figures,) = json.loads(run.stdout).values()
    return float(figures["mean_drift"])
