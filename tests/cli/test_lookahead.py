"""The proof that no order knows the future, as a command, and freqtrade's own analysis."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.launch.lookahead import changed_candles, compare, cut_moments
from tests.support.builders import make_candles, make_config, write_candles
from tests.support.command_lines import clean_environment
from tests.support.freqtrade_runs import freqtrade_process
from tests.support.patience import PATIENCE

HOURS = np.arange(240)
CLOSES = {
    "BTC/USDT": (40000 * np.exp(0.08 * np.sin(HOURS / 5))).round(2),
    "ETH/USDT": (2000 * np.exp(0.08 * np.cos(HOURS / 7))).round(2),
}
CHEAT = """
from freqtrade.strategy import IStrategy


class Cheat(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    minimal_roi = {"0": 100}
    stoploss = -0.99

    def populate_indicators(self, dataframe, metadata):
        dataframe["next"] = dataframe["close"].shift(-1)  # what it must not know
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["next"] > dataframe["close"] * 1.005, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["next"] < dataframe["close"] * 0.995, "exit_long"] = 1
        return dataframe
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with candles, a configuration, and a strategy that looks ahead."""
    folder = tmp_path_factory.mktemp("lookahead")
    candles = {pair: make_candles(list(closes)) for pair, closes in CLOSES.items()}
    write_candles(folder / "candles", "1h", candles)
    block = {"targets": "equal", "threshold": 0.02}
    config = make_config(list(CLOSES), block, dry_run_wallet=10000)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "cheats").mkdir()
    (folder / "cheats" / "Cheat.py").write_text(CHEAT)
    return folder


def lookahead(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rebalancing", "lookahead", "--cuts", "2"]
    command += ["--datadir", "candles", "--userdir", str(place), *words]
    return subprocess.run(
        command,
        cwd=place,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_no_order_of_the_strategy_knows_the_future(place: Path) -> None:
    ended = lookahead(place, "--json")
    assert ended.returncode == 0, ended.stderr
    cuts = json.loads(ended.stdout)
    assert [cut["same"] for cut in cuts] == [True, True]
    assert cuts[0]["orders"] < cuts[1]["orders"]
    assert ended.stderr.count("cut ") == 2


def test_a_strategy_that_looks_ahead_is_caught(place: Path) -> None:
    words = ("--strategy", "Cheat", "--strategy-path", str(place / "cheats"))
    ended = lookahead(place, *words, "--cuts", "1")
    assert ended.returncode == 1, ended.stderr
    assert "An order depends on candles that were not known" in ended.stdout
    assert "none" not in ended.stdout


def test_a_mistake_is_one_line(place: Path) -> None:
    ended = lookahead(place, "--config", "missing.json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "missing.json" in ended.stderr


def test_everything_after_a_cut_is_another_future(place: Path, tmp_path: Path) -> None:
    before = pd.read_feather(place / "candles" / "BTC_USDT-1h.feather")
    cut = int(before["date"].iloc[100].timestamp() * 1000)
    folder = changed_candles(place / "candles", cut, tmp_path / "changed")
    after = pd.read_feather(folder / "BTC_USDT-1h.feather")
    pd.testing.assert_frame_equal(after[:100], before[:100])
    assert after.loc[100, "open"] == before.loc[100, "open"]
    prices = ["open", "high", "low", "close"]
    assert (after.loc[101:, prices] != before.loc[101:, prices]).all(axis=None)
    assert after.loc[100, "close"] != before.loc[100, "close"]
    assert (after["low"] <= after[["open", "close"]].min(axis=1)).all()
    assert (after["high"] >= after[["open", "close"]].max(axis=1)).all()


@pytest.mark.parametrize(
    ("after", "differs"),
    [
        pytest.param([(1, "A", "buy", 1.0, 2.0), (2, "A", "sell", 1.0, 3.0)], False, id="same"),
        pytest.param([(1, "A", "buy", 1.0, 2.0), (2, "A", "sell", 1.1, 3.0)], True, id="amount"),
        pytest.param([(1, "A", "buy", 1.0, 2.0)], True, id="missing"),
        pytest.param(
            [(1, "A", "buy", 1.0, 2.0), (2, "A", "sell", 1.0, 3.0), (2, "B", "buy", 1.0, 1.0)],
            True,
            id="one more",
        ),
    ],
)
def test_orders_up_to_the_cut_are_compared(after: list, differs: bool) -> None:
    before = [(1, "A", "buy", 1.0, 2.0), (2, "A", "sell", 1.0, 3.0), (3, "A", "buy", 9.0, 9.0)]
    assert (compare(2, before, after).first_difference is not None) == differs


@pytest.mark.parametrize("cuts", [1, 3, 50])
def test_cuts_are_moments_of_orders_between_the_first_and_the_last(cuts: int) -> None:
    orders = [(moment, "A", "buy", 1.0, 1.0) for moment in (10, 20, 20, 30, 40, 50, 60)]
    moments = cut_moments(orders, cuts)
    assert set(moments) <= {20, 30, 40, 50}
    assert len(moments) == min(cuts, 4)


def test_freqtrades_recursive_analysis_runs(tmp_path: Path, place: Path) -> None:
    config = json.loads((place / "config.json").read_text())
    words = ("--timerange", "20240103-20240109", "--startup-candle", "1", "20")
    ended = freqtrade_process(
        tmp_path, config, place / "candles", *words, command="recursive-analysis"
    )
    text = " ".join(ended.stderr.split())
    assert ended.returncode == 0
    # freqtrade itself leaves connections open here, and asyncio says so.
    assert " - ERROR - " not in ended.stderr.replace("asyncio - ERROR - Unclosed", "")
    assert "No variance on indicator(s) found due to recursive formula." in text
    assert "No lookahead bias on indicators found." in text
