"""``rebalance new`` by options: what it writes, what it refuses, and that a backtest runs it."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rebalancing.config.durations import parse_duration
from rebalancing.config.new_portfolio import NewPortfolio
from rebalancing.freqtrade_side.setup.new_portfolio_candles import recorded_timeframes
from tests.support.builders import PROJECT, make_candles, write_candles
from tests.support.command_lines import clean_environment
from tests.support.new_portfolios import BOTH, run_new, words, written
from tests.support.patience import PATIENCE

SAMPLE = {"assets": "btc eth bnb sol", "weights": "40 30 15 15", "investment": "10000"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# --- what it writes ---------------------------------------------------------------------------


def test_the_answers_of_the_sample_make_the_configuration_of_the_project() -> None:
    run = run_new("--yes", **SAMPLE, threshold="2%", period="24h")
    assert run.exit_code == 0, run.output
    expected = json.loads((PROJECT / "config.json").read_text())
    expected["rebalance"]["investment"] = 10_000
    expected["strategy_path"] = str(PROJECT / "strategies")  # as it was run elsewhere
    expected["$schema"] = str(PROJECT / expected["$schema"])
    assert written() == expected


def test_asked_in_the_project_it_names_files_as_seen_from_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(PROJECT)
    file = tmp_path / "mine.json"
    run = run_new("--yes", **BOTH, output=str(file))
    assert written(str(file))["strategy_path"] == "strategies"
    assert f"./setup.sh backtest --config {file} " in run.output


@pytest.mark.parametrize(
    ("options", "policy"),
    [
        pytest.param(
            {}, {"period": "24h", "threshold": 0.02, "combine": "and"}, id="nothing is named"
        ),
        pytest.param({"period": "7d"}, {"period": "7d"}, id="a period alone"),
        pytest.param({"threshold": "3"}, {"threshold": 0.03}, id="a threshold alone"),
    ],
)
def test_scripts_get_the_policy_they_name_and_nothing_beside_it(
    options: dict[str, str], policy: dict[str, Any]
) -> None:
    run_new("--yes", **BOTH, **options)
    assert written()["rebalance"] == {"investment": 1000, "targets": "equal", **policy}


@pytest.mark.parametrize(
    ("options", "targets", "pairs"),
    [
        pytest.param(
            {"assets": "BTC ETH USDT", "weights": "40 40 20"},
            {"BTC": 0.4, "ETH": 0.4, "USDT": 0.2},
            ["BTC/USDT", "ETH/USDT"],
            id="cash",
        ),
        pytest.param(
            {"assets": "BTC USDT"}, {"BTC": 0.5, "USDT": 0.5}, ["BTC/USDT"], id="equal, with cash"
        ),
        pytest.param(
            {"assets": "ETH SOL", "stake": "btc", "exchange": "Kraken"},
            "equal",
            ["ETH/BTC", "SOL/BTC"],
            id="another currency",
        ),
    ],
)
def test_pairs_targets_and_open_trades_agree(
    options: dict[str, str], targets: Any, pairs: list[str]
) -> None:
    assert run_new("--yes", **options).exit_code == 0
    config = written()
    assert config["rebalance"]["targets"] == targets
    assert config["exchange"] == {
        "name": options.get("exchange", "binance").lower(),
        "pair_whitelist": pairs,
    }
    assert config["max_open_trades"] == len(pairs)


@pytest.mark.parametrize(
    ("period", "exchange", "timeframe"),
    [
        ("24h", "binance", "4h"),
        ("7d", "binance", "4h"),
        ("6h", "binance", "1h"),
        ("90m", "binance", "30m"),
        ("24h", "coinbase", "1h"),  # it has no candles of 4h
        ("none", "binance", "1h"),
    ],
)
def test_the_candles_divide_the_period(period: str, exchange: str, timeframe: str) -> None:
    # Coins of which there are no candles here: those that are would be preferred.
    run_new("--yes", assets="XRP ADA", period=period, exchange=exchange, threshold="2")
    assert written()["timeframe"] == timeframe


@pytest.mark.parametrize("period", ["1m", "7m", "45m", "5h", "1d", "1w", "100m"])
def test_every_timeframe_that_fits_divides_the_period(period: str) -> None:
    fitting = NewPortfolio(("BTC", "ETH"), period=period).timeframes
    assert fitting
    assert not any(parse_duration(period) % parse_duration(each) for each in fitting)


def test_a_file_without_candles_counts_for_nothing(tmp_path: Path) -> None:
    candles = {"A/USDT": make_candles([1.0]), "B/USDT": make_candles([1.0])[:0]}
    write_candles(tmp_path, "4h", candles)
    assert recorded_timeframes(tmp_path, ["A/USDT"]) == {"4h"}
    assert recorded_timeframes(tmp_path, ["A/USDT", "B/USDT"]) == set()


def test_candles_that_are_there_are_preferred() -> None:
    run = run_new("--yes", assets="BTC ETH", threshold="2")
    assert written()["timeframe"] == "4h"
    assert "there already" in run.output


# --- what it refuses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param({}, "--assets: has no default", id="no assets"),
        pytest.param({"assets": "BTC"}, "name 2 to 50 assets, 1 given", id="one asset"),
        pytest.param({"assets": "BTC/USDT ETH"}, "not an asset code", id="a pair"),
        pytest.param({**BOTH, "weights": "40 50"}, "weights sum to 0.9, must sum to 1", id="sum"),
        pytest.param({**BOTH, "weights": "-10 110"}, "must be 0 or more", id="negative"),
        pytest.param({**BOTH, "exchange": "binnance"}, 'did you mean "binance"?', id="exchange"),
        pytest.param({**BOTH, "exchange": "xyz"}, "list-exchanges", id="nothing like it"),
        pytest.param({**BOTH, "stake": "USDT BTC"}, "name one currency", id="two currencies"),
        pytest.param({**BOTH, "investment": "15"}, "at least 15.1 USDT is needed", id="too little"),
        pytest.param({**BOTH, "investment": "-5"}, "must be more than 0", id="below nothing"),
        pytest.param({**BOTH, "period": "1 day"}, 'like "24h"', id="period"),
        pytest.param({**BOTH, "period": "0h"}, "must be more than 0", id="no time"),
        pytest.param({**BOTH, "period": "5m"}, "day_rounds", id="more rounds than the limit"),
        pytest.param({**BOTH, "threshold": "0.5"}, "0.5% or 50%", id="two meanings"),
        pytest.param({**BOTH, "threshold": "120%"}, "must be less than 1", id="threshold"),
        pytest.param({**BOTH, "fee": "20"}, "0.2 is greater than the maximum", id="fee"),
        pytest.param(
            {**BOTH, "period": "none", "threshold": "none"}, "set a period", id="no policy"
        ),
        pytest.param({**BOTH, "timeframe": "7h"}, "it has 1s, 1m", id="timeframe"),
        pytest.param({**BOTH, "timeframe": "1w"}, "longer than the period", id="long candles"),
        pytest.param({**BOTH, "output": "no/such/file"}, "no/such is no folder", id="no folder"),
        pytest.param({**BOTH, "output": "."}, "is a folder", id="a folder"),
        pytest.param({**BOTH, "adopt-holdings": "maybe"}, "neither yes nor no", id="yes or no"),
    ],
)
def test_a_wrong_option_is_a_line_and_nothing_is_written(
    options: dict[str, str], reason: str, tmp_path: Path
) -> None:
    run = run_new("--yes", *words(options))
    assert run.exit_code == 2
    assert reason in run.stderr
    assert "Traceback" not in run.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"assets": "BTC ETH"}, id="two"),
        pytest.param({"assets": "A B C D E F G"}, id="seven"),
        pytest.param({"assets": "A B C", "weights": "90 9.5 0.5"}, id="uneven"),
        pytest.param({"assets": "A B USDT", "weights": "60 10 30"}, id="with cash"),
        pytest.param({"assets": "A B", "weights": "100 0"}, id="a target of nothing"),
        pytest.param({"assets": "A B", "stake": "BTC"}, id="in bitcoin"),
    ],
)
def test_the_least_that_is_named_suffices_and_less_does_not(options: dict[str, str]) -> None:
    asked = run_new(**{"stake": "USDT", "exchange": "binance", "weights": "equal", **options})
    found = re.search(r"need ([0-9.]+) or more", asked.output)
    assert found, asked.output
    least = float(found[1])
    assert run_new("--yes", **options, investment=f"{least:f}").exit_code == 0
    refused = run_new("--yes", "--force", **options, investment=f"{least * 0.985:f}")
    assert "is too small" in refused.stderr


# --- and it runs ------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_written_is_what_a_backtest_runs(tmp_path: Path) -> None:
    answers = {"assets": "SOL ETH USDT", "weights": "50 30 20", "investment": "700"}
    made = run_new("--yes", **answers, period="48h")
    assert "SOL 50 %, ETH 30 %, USDT 20 %" in made.output
    (tmp_path / "user_data").mkdir()
    folders = ["--userdir", "user_data", "--datadir", str(PROJECT / "user_data/data/binance")]
    ended = subprocess.run(
        [sys.executable, "-m", "rebalancing", "backtest", "--config", "config.json", *folders],
        env=clean_environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    (result,) = Path("user_data/backtest_results").glob("*.zip")
    with zipfile.ZipFile(result) as archive:
        ran = json.loads(archive.read(f"{result.stem}_config.json"))
        (stats,) = json.loads(archive.read(f"{result.stem}.json"))["strategy"].values()
    policy = {"targets": {"SOL": 0.5, "ETH": 0.3, "USDT": 0.2}, "period": "48h"}
    assert ran["rebalance"] == {"investment": 700, **policy}
    assert stats["starting_balance"] == 700
    assert stats["timeframe"] == "4h"
    first = {t["pair"]: t["orders"][0]["cost"] for t in stats["trades"]}
    assert first == pytest.approx({"SOL/USDT": 350, "ETH/USDT": 210}, rel=0.005)
