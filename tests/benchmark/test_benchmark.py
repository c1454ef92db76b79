"""The benchmark runs whole on the project's own candles, and a replay gives the same orders."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmark.cases import CASES, GOALS, Case, Goal, with_needed
from tests.benchmark.ground import OWN_CANDLES, BenchmarkError, open_ground
from tests.benchmark.orders import Order, check_same
from tests.benchmark.process import Usage
from tests.benchmark.report import ratio_of
from tests.benchmark.run import Measured, run_cases
from tests.support.builders import PROJECT

BUY = Order(1_600_000_000_000, "BTC/USDT", "buy", 0.5, 10_000.0, "r0 initial")
SELL = Order(1_600_003_600_000, "BTC/USDT", "sell", 0.1, 11_000.0, "r1 period")
LOTS = {"BTC/USDT": 0.001}


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(PROJECT), str(PROJECT / "strategies")])
    command = [sys.executable, "-m", "tests.benchmark", *arguments]
    return subprocess.run(
        command,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_it_runs_whole_on_the_projects_own_candles() -> None:
    cases = "hold,month,recipe"
    run = benchmark("--repeats", "1", "--datadir", str(OWN_CANDLES), "--cases", cases, "--markdown")
    assert run.returncode == 0, run.stderr
    meanings = [case.meaning for case in CASES if case.name in ("start-up", *cases.split(","))]
    (comparison,) = [goal.meaning for goal in GOALS if goal.above == "recipe"]
    for meaning in (*meanings, comparison):
        assert f"| {meaning} |" in run.stdout


@pytest.mark.slow
def test_a_replay_executes_the_orders_of_its_source(tmp_path: Path) -> None:
    source = Case("source", "many rounds", "SmartRebalance", {"threshold": 0.01})
    replay = Case("replay", "", "Replay", {}, orders_of="source", same_orders=True)
    ground = open_ground(OWN_CANDLES, None, None)
    measured = run_cases(ground, [source, replay], 1, tmp_path, lambda _: None)
    orders = measured["replay"].orders
    assert len(orders) == len(measured["source"].orders) > 50
    assert {order.side for order in orders} == {"buy", "sell"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["--cases", "weekyl"], "weekyl is none of", id="unknown case"),
        pytest.param(["--timerange", "2021"], "write it like", id="not a timerange"),
        pytest.param(["--timerange", "20211399-"], "unconverted", id="not a day"),
        pytest.param(["--timerange", "20400101-"], "too few candles", id="no candles then"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(
    arguments: list[str], complaint: str
) -> None:
    run = benchmark("--datadir", str(OWN_CANDLES), *arguments)
    assert run.returncode != 0
    assert complaint in run.stderr


def test_a_replay_brings_its_source_along() -> None:
    assert [case.name for case in with_needed(["daily-replay"])] == ["daily", "daily-replay"]


def test_every_goal_and_every_source_names_a_case_that_runs_before() -> None:
    names = [case.name for case in CASES]
    assert {name for goal in GOALS for name in goal.cases} <= set(names)
    for case in CASES:
        source = case.orders_of or case.report_of
        assert source is None or names.index(source) < names.index(case.name)


def test_amounts_within_a_lot_are_the_same_order() -> None:
    check_same([BUY, SELL], [BUY, replace(SELL, amount=0.099, tag="")], LOTS)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([BUY], id="an order is missing"),
        pytest.param([BUY, SELL, SELL], id="an order too many"),
        pytest.param([BUY, replace(SELL, amount=0.098)], id="two lots less"),
        pytest.param([BUY, replace(SELL, price=11_001.0)], id="another price"),
        pytest.param([BUY, replace(SELL, time=SELL.time + 1)], id="another candle"),
        pytest.param([BUY, replace(SELL, side="buy")], id="another side"),
    ],
)
def test_other_orders_are_not_let_pass(found: list[Order]) -> None:
    with pytest.raises(BenchmarkError):
        check_same([BUY, SELL], found, LOTS)


def took(*walls: float) -> Measured:
    return Measured(CASES[0], [Usage(wall, wall, 100.0) for wall in walls])


def test_ratios_are_those_of_the_medians() -> None:
    goal = Goal("", "above", "below", 1.7)
    ratio = ratio_of(goal, {"above": took(30.0, 32.0, 90.0), "below": took(19.0, 20.0, 21.0)})
    assert ratio.value == pytest.approx(1.6)
    assert ratio.meets(goal)
    assert not ratio.meets(replace(goal, limit=1.5))


@pytest.mark.parametrize(
    ("ours", "expected", "met"),
    [
        pytest.param(4.0, 7.0, True, id="seven times"),
        pytest.param(8.0, 1.4, False, id="not even twice"),
        pytest.param(3.0, None, None, id="no longer than the start-up"),
    ],
)
def test_the_start_up_is_subtracted(ours: float, expected: float | None, met: bool | None) -> None:
    (goal,) = [goal for goal in GOALS if goal.at_least]
    ratio = ratio_of(goal, {"start-up": took(3.0), "recipe": took(10.0), "month": took(ours)})
    assert ratio.value == (None if expected is None else pytest.approx(expected))
    assert ratio.meets(goal) is met
