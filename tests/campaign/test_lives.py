"""The short form of the campaign: lives of a real bot, each with its own trouble."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.binance.fees import BNB
from tests.campaign.actions import Break, Deposit, Kill, KillAtOrder, Move, Nap, Withdraw
from tests.campaign.scenario import draw_scenario
from tests.support.builders import PROJECT

SEEDS = range(1, 201)
SHORT = 4


def campaign(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.campaign", *arguments]
    return subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=900)


@pytest.mark.slow
def test_short_lives_end_without_a_violation(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    run = campaign("--seeds", str(SHORT), "--steps", "2", "--json", str(file))
    assert run.returncode == 0, run.stdout + run.stderr
    results = json.loads(file.read_text())
    assert [result["seed"] for result in results] == list(range(1, SHORT + 1))
    assert sum(result["orders"] for result in results) >= 3 * SHORT
    assert all(result["rounds"] >= 1 for result in results)
    lines = run.stdout.splitlines()
    kinds = {line.partition(":")[0] for line in lines[SHORT:-1]}
    assert {"Move", "Wait"} <= kinds == {kind for one in results for kind in one["coverage"]}
    assert "0 violations" in lines[-1]


def test_a_seed_draws_the_same_again() -> None:
    for seed in (1, 17, 200):
        assert draw_scenario(seed) == draw_scenario(seed)
    assert draw_scenario(1) != draw_scenario(2)


def test_the_whole_campaign_leaves_nothing_out() -> None:
    drawn = [draw_scenario(seed) for seed in SEEDS]
    assert {scenario.kind for scenario in drawn} == {"market", "limit", "maker"}
    fees = {(scenario.fees.asset, scenario.fees.discount) for scenario in drawn}
    assert fees == {("received", None), ("quote", None), ("received", BNB)}
    assert {len(scenario.assets) for scenario in drawn} == set(range(2, 9))
    assert {scenario.rebalance["scope"] for scenario in drawn} == {"all", "drifted", "fewest"}
    assert {scenario.dry_run for scenario in drawn} == {True, False}
    assert {scenario.has_period for scenario in drawn} == {True, False}
    happen = {type(action) for scenario in drawn for action in scenario.script}
    assert {Move, Break, Kill, KillAtOrder, Nap, Deposit, Withdraw} <= happen
    faults = {
        (action.fault.kind, action.fault.accepted, action.fault.status)
        for scenario in drawn
        for action in scenario.script
        if isinstance(action, Break)
    }
    assert {("cut", True, 500), ("cut", False, 500), ("hang", True, 500)} <= faults
    assert {status for kind, _, status in faults if kind == "status"} == {418, 429, 500, 503, 504}


def test_targets_are_whole_and_none_is_too_small_to_trade() -> None:
    for seed in SEEDS:
        scenario = draw_scenario(seed)
        targets = scenario.rebalance["targets"]
        assert sum(targets.values()) == pytest.approx(1, abs=1e-9)
        assert min(targets.values()) * scenario.cash > 5


def test_what_cannot_be_asked_for_is_said() -> None:
    run = campaign("--seeds", "0")
    assert run.returncode == 2
    assert "--seeds" in run.stderr
