"""The command ``rebalance explore``."""

import contextlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from rebalancing.cli import main
from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.performance.summary import summarise
from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import backtest

DAYS = 120
BLOCK: dict[str, Any] = {
    "targets": {"A": 0.5, "B": 0.3, "C": 0.2},
    "period": "24h",
    "threshold": 0.02,
}
FIGURES = ("nav", "hodl_nav", "premium", "rounds", "turnover", "fees", "max_drawdown", "mean_drift")


def wandering(seed: int, start: float) -> Any:
    moves = np.random.default_rng(seed).normal(0, 0.02, DAYS * 6)
    return make_candles(list(start * np.exp(np.cumsum(moves))), timeframe="4h")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration, and candles of three assets, one of them listed late."""
    folder = tmp_path_factory.mktemp("explore")
    frames = {
        "A/USDT": wandering(1, 40_000),
        "B/USDT": wandering(2, 3.7),
        "C/USDT": wandering(3, 0.0123).iloc[60:],
    }
    write_candles(folder / "user_data" / "data" / "binance", "4h", frames)
    config = make_config([*frames], BLOCK, timeframe="4h", dry_run_wallet=10_000)
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="module", autouse=True)
def interpreted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiling takes longer than all that is simulated here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "numba", None)
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("COLUMNS", "80")
        yield


@pytest.fixture
def folder(place: Path, tmp_path: Path) -> Path:
    """A folder of one's own, with the same candles."""
    (tmp_path / "user_data").symlink_to(place / "user_data")
    (tmp_path / "config.json").write_text((place / "config.json").read_text())
    return tmp_path


def explore(folder: Path, *words: str | Path) -> Result:
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["explore", *map(str, words)])


def said_beside_progress(ended: Result) -> list[str]:
    return [line for line in ended.stderr.splitlines() if not line.startswith("explore: ")]


@pytest.fixture(scope="module")
def shown(place: Path) -> Result:
    return explore(place, "--threshold", "0.02,0.05", "--period", "12h,24h", "--details")


def test_it_ranks_policies_and_says_what_may_be_concluded(shown: Result, place: Path) -> None:
    assert (shown.exit_code, said_beside_progress(shown)) == (0, [])
    assert max(map(len, shown.stdout.splitlines())) <= 80
    ranked = re.findall(r"^ *(\d+)(\*?) +(\d+h and [0-9.]+) +[+-]", shown.stdout, re.M)
    assert [rank for rank, *_ in ranked] == ["1", "2", "3", "4"]
    assert {name for _, mark, name in ranked if mark} == {"24h and 0.02"}
    assert {name for *_, name in ranked} == {
        f"{period} and {threshold}" for period in ("12h", "24h") for threshold in (0.02, 0.05)
    }
    assert "policies" in shown.stdout
    assert "Hansen 2005" in shown.stdout
    page = place / "user_data" / "plot" / "rebalance-explore.html"
    assert shown.stdout.rstrip().endswith(f"Page: {page.relative_to(place)}")
    assert page.stat().st_size > 100_000


@pytest.fixture(scope="module")
def told(place: Path) -> dict[str, Any]:
    """What scripts are told of two policies of a file."""
    blocks = [{"targets": "equal", "threshold": 0.03, "combine": "or"}, BLOCK]
    (place / "mine.json").write_text(json.dumps(blocks))
    ended = explore(place, "--policies", "mine.json", "--json", "--rounds")
    assert (ended.exit_code, said_beside_progress(ended)) == (0, [])
    found: dict[str, Any] = json.loads(ended.stdout)
    assert [policy["settings"] for policy in found["policies"]] == blocks
    return found


def test_scripts_are_told_of_the_policies_of_a_file_in_its_order(told: dict[str, Any]) -> None:
    for policy in told["policies"]:
        assert {*FIGURES} < {*policy}
        assert len(policy["round_times"]) == policy["rounds"] > 2
        assert policy["round_times"] == sorted(policy["round_times"])
        assert policy["premium"] == pytest.approx(policy["nav"] / policy["hodl_nav"] - 1)
    assert told["present"]["settings"] == BLOCK
    assert told["present"]["nav"] == told["policies"][1]["nav"]
    assert told["best"]["nav"] == max(policy["nav"] for policy in told["policies"])
    assert {*told["seconds"]} == {"compile", "simulate", "total"}
    assert {*told["conclusion"]} == {"better_than_hodl", "better_than_present", "text"}
    assert told["complete"] is True


def test_the_same_question_is_answered_from_what_was_kept(
    place: Path, told: dict[str, Any]
) -> None:
    words = ("--policies", "mine.json", "--json", "--rounds")
    again, anew = (
        json.loads(explore(place, *words, *more).stdout) for more in ((), ("--no-cache",))
    )
    assert again["seconds"]["simulate"] == 0 < anew["seconds"]["simulate"]
    for key in ("policies", "best", "present", "conclusion", "judges"):
        assert again[key] == anew[key] == told[key]


def test_the_order_in_which_a_block_names_its_assets_changes_no_figure(folder: Path) -> None:
    """Orders are made, and sums added up, in the order of the configuration."""
    config = json.loads((folder / "config.json").read_text())
    turned = {**BLOCK, "targets": dict(reversed(BLOCK["targets"].items()))}
    (folder / "turned.json").write_text(json.dumps([turned, BLOCK]))
    first: dict[str, Any] = {}
    for configured in (BLOCK, turned, None):
        own = {} if configured is None else {"rebalance": configured}
        plain = {key: value for key, value in config.items() if key != "rebalance"}
        (folder / "config.json").write_text(json.dumps(plain | own))
        ended = explore(folder, "--policies", "turned.json", "--json", "--rounds", "--no-cache")
        told = json.loads(ended.stdout)
        one, other = (
            {key: figure for key, figure in policy.items() if key != "settings"}
            for policy in told["policies"]
        )
        assert one == other
        assert told["present"] is None or told["present"]["nav"] == one["nav"]
        first = first or one
        assert one["round_times"] == first["round_times"]
        assert one["nav"] == pytest.approx(first["nav"], rel=1e-12)


def test_its_figures_are_those_of_a_backtest(
    place: Path, told: dict[str, Any], tmp_path: Path
) -> None:
    config = json.loads((place / "config.json").read_text())
    datadir = place / "user_data" / "data" / "binance"
    outcome = backtest(tmp_path, config, datadir)
    (record,) = read_records(outcome.result, datadir).values()
    figures, found = summarise(record.history), told["present"]
    for name in ("nav", "hodl_nav", "fees", "mean_drift", "turnover"):
        assert found[name] == pytest.approx(getattr(figures, name), rel=1e-6), name
    rounds = outcome.trades[~outcome.trades.tag.str.startswith("r0 ")].groupby("tag").time.min()
    assert found["round_times"] == [f"{when:%Y-%m-%dT%H:%M:%SZ}" for when in sorted(rounds)]


def test_freqtrade_itself_verifies_the_best(place: Path) -> None:
    words = ("--threshold", "0.03,0.04", "--fee", "0.002", "--verify", "1", "--json")
    ended = explore(place, *words)
    assert ended.exit_code == 0, ended.stderr
    found = json.loads(ended.stdout)
    (verified,) = found["verified"]
    assert verified["same"] is True
    assert verified["backtest_nav"] == pytest.approx(found["best"]["nav"], rel=1e-6)
    assert verified["backtest_rounds"] == found["best"]["rounds"] > 0


def test_the_best_is_written_into_the_configuration(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    plain = json.dumps({**config, "rebalance": {"targets": "equal"}}, indent=4)
    (folder / "config.json").write_text("// mine\n" + plain)
    words = ("--period", "12h", "--write", "config.json")
    ended = explore(folder, *words)
    assert ended.exit_code == 0, ended.stderr
    assert "The best policy was written to config.json." in ended.stdout.splitlines()
    written = plain.replace('"equal"', '"equal",\n        "period": "12h"')
    assert (folder / "config.json").read_text() == "// mine\n" + written
    again = explore(folder, *words[:-1])
    assert "what is configured already" in again.stdout


def test_targets_alone_can_be_explored(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["rebalance"] = {"targets": "equal"}
    (folder / "config.json").write_text(json.dumps(config))
    words = ("--period", "24h", "--offset", "4h,12h", "--json")
    words += ("--weights", "equal", "--weights", "A=0.2,B=0.2,C=0.6")
    ended = explore(folder, *words)
    assert ended.exit_code == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert (found["present"], found["conclusion"]["better_than_present"]) == (None, None)
    sets = [policy["settings"]["targets"] for policy in found["policies"]]
    assert sets == ["equal", {"A": 0.2, "B": 0.2, "C": 0.6}]
    assert [policy["timing_luck"]["starts"] for policy in found["policies"]] == [3, 3]


def test_what_was_found_is_told_even_where_it_cannot_be_written(folder: Path) -> None:
    ended = explore(folder, "--period", "24h", "--json", "--write", "x.json")
    assert ended.exit_code == 2
    assert said_beside_progress(ended) == [
        "error: --write x.json: is none of the configuration files, which are config.json; name it "
        "with --config"
    ]
    assert json.loads(ended.stdout)["written"] is None


ONE = [{"targets": {"A": 1.0}, "period": "24h"}]
REFUSALS = [
    pytest.param(["--threshold", "2"], "threshold: must be", id="no threshold"),
    pytest.param(["--threshold", "0.1:x:3"], "threshold: ", id="no range"),
    pytest.param(["--period", "1h"], "1h is shorter than a candle", id="below the timeframe"),
    pytest.param(["--period", "999d"], "does not fit into the candles", id="a short history"),
    pytest.param(["--period", "none", "--threshold", "none"], "no combination", id="an empty grid"),
    pytest.param(["--policies", "no.json"], "no.json: cannot be read", id="no file"),
    pytest.param(["--policies", "config.json"], "must be a list of rebalance blocks", id="no list"),
    pytest.param(["--policies", "broken.json"], "broken.json: is not JSON", id="broken"),
    pytest.param(["--policies", "bad.json"], "bad.json: policy 2: rebalance.period", id="bad"),
    pytest.param(["--policies", "one.json"], "one.json: policy 1: rebalance.targets", id="one"),
    pytest.param(["--offset", "x"], "--offset: ", id="no offset"),
    pytest.param(["--weights", "A=x"], "is no weight", id="no weight"),
    pytest.param(["--weights", "A=0.5,B=0.4,C=0.4"], "--weights: A=0.5,B=0.4,C=0.4: ", id="sum"),
    pytest.param(["--timerange", "20300101-"], "no candle of", id="no candles"),
    pytest.param(["--config", "no.json"], "no.json: there is no such", id="no configuration"),
    pytest.param(["--period", "24h", "-o", "config.json/x.html"], "config.json", id="no page"),
]


@pytest.mark.parametrize(("words", "said"), REFUSALS)
def test_what_cannot_be_explored_is_one_line(folder: Path, words: list[str], said: str) -> None:
    (folder / "broken.json").write_text("[{")
    (folder / "bad.json").write_text(json.dumps([BLOCK, {**BLOCK, "period": "x"}]))
    (folder / "one.json").write_text(json.dumps(ONE))
    before = (folder / "config.json").read_text()
    ended = explore(folder, *words)
    assert ended.exit_code == 2
    (line,) = said_beside_progress(ended)
    assert said in line
    assert (folder / "config.json").read_text() == before
