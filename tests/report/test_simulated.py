"""A report of a simulated policy tells what one of its backtest tells."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.builders import make_candles, make_config, write_candles
from tests.support.command_lines import rebalance
from tests.support.freqtrade_runs import backtest

BLOCK = {"targets": {"A": 0.5, "B": 0.3, "C": 0.2}, "period": "24h", "threshold": 0.02}
OTHER = ["kind", "source", "configuration"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration, its result, and a file with its policy; one asset comes late, one ends."""
    folder = tmp_path_factory.mktemp("simulated")
    moves = np.random.default_rng(5).normal(0, 0.02, (3, 120 * 6))
    paths = np.array([[40_000], [3.7], [0.0123]]) * np.exp(np.cumsum(moves, axis=1))
    late, ended, whole = (make_candles(list(path), timeframe="4h") for path in paths)
    frames = {"A/USDT": whole, "B/USDT": late.iloc[60:], "C/USDT": ended.iloc[:-40]}
    datadir = write_candles(folder / "user_data" / "data" / "binance", "4h", frames)
    config = make_config([*frames], BLOCK, timeframe="4h", dry_run_wallet=10_000)
    backtest(folder, config, datadir)
    other = {"targets": "equal", "threshold": 0.3}
    (folder / "config.json").write_text(json.dumps({**config, "rebalance": other}))
    (folder / "mine.json").write_text(json.dumps(BLOCK))
    (folder / "none.json").write_text(json.dumps([BLOCK, {"targets": "equal"}]))
    return folder


def figures(place: Path, *words: str) -> dict[str, Any]:
    ended = rebalance(place, "report", *words, "--json")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any]
    (found,) = json.loads(ended.stdout).values()
    return found


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same but for the last digits."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == (pytest.approx(other, rel=1e-9, abs=1e-7) if isinstance(one, float) else other)


def test_every_figure_is_that_of_the_backtest(place: Path) -> None:
    ours, theirs = figures(place, "mine.json"), figures(place)
    assert (ours["kind"], theirs["kind"]) == ("simulation", "backtest")
    assert [key for key in theirs if not same(ours.get(key), theirs[key])] == OTHER
    for key in ("policy", "settings"):
        assert ours["configuration"][key] == theirs["configuration"][key]


def test_a_wrong_policy_is_one_line(place: Path) -> None:
    ended = rebalance(place, "report", "none.json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        'Error: none.json: policy 2: rebalance.period: set a period ("24h"), a threshold (0.03) or '
        "both"
    ]
