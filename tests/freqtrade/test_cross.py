"""Candles in another coin: made by division they are rounded, and unrounded ones are refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.freqtrade_side.backtest.candles import read_candles
from rebalancing.freqtrade_side.backtest.cross_candles import divided
from rebalancing.freqtrade_side.backtest.decimals import unusable_prices
from rebalancing.market.prices import PairCandles
from tests.support.builders import make_candles, make_config, write_candles
from tests.support.command_lines import rebalance
from tests.support.freqtrade_runs import freqtrade_process

HOURS = np.arange(72)
CLOSES = {
    "BTC/USDT": (60000 * np.exp(0.03 * np.sin(HOURS / 7))).round(2),
    "DOGE/USDT": (0.07 * np.exp(0.2 * np.sin(HOURS / 11))).round(5),
    "ETH/USDT": (3000 * np.exp(0.1 * np.cos(HOURS / 9))).round(2),
}
POLICY = {"targets": "equal", "threshold": 0.02}


@pytest.fixture
def candles(tmp_path: Path) -> Path:
    found = {pair: make_candles(list(closes)) for pair, closes in CLOSES.items()}
    return write_candles(tmp_path / "candles", "1h", found)


def test_a_backtest_in_bitcoin_with_the_candles_it_writes(tmp_path: Path, candles: Path) -> None:
    made = rebalance(tmp_path, "cross", "DOGE/BTC", "ETH/BTC", "--datadir", candles)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.count("72 candles") == 2
    frame = pd.read_feather(candles / "DOGE_BTC-1h.feather")
    exact = CLOSES["DOGE/USDT"] / CLOSES["BTC/USDT"]
    assert (frame["close"] / exact).to_numpy() == pytest.approx(1, abs=1e-4)
    assert (frame["low"] <= frame[["open", "close"]].min(axis=1)).all()
    assert (frame["high"] >= frame[["open", "close"]].max(axis=1)).all()
    config = make_config(["DOGE/BTC", "ETH/BTC"], POLICY, dry_run_wallet=1)
    words = ("--cache", "none", "--export", "trades")
    ended = freqtrade_process(tmp_path, config, candles, *words)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    (result,) = (tmp_path / "user_data" / "backtest_results").glob("*.zip")
    told = json.loads(rebalance(tmp_path, "summary", result, "--json").stdout)
    assert told["SmartRebalance"]["rounds"] > 3


def test_unrounded_candles_are_refused_in_one_line_with_the_remedy(
    tmp_path: Path, candles: Path
) -> None:
    for coin in ("DOGE", "ETH"):
        closes = CLOSES[f"{coin}/USDT"] / CLOSES["BTC/USDT"]
        write_candles(candles, "1h", {f"{coin}/BTC": make_candles(list(closes))})
    config = make_config(["DOGE/BTC", "ETH/BTC"], POLICY, dry_run_wallet=1)
    ended = freqtrade_process(tmp_path, config, candles, "--cache", "none")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "rebalance cross DOGE/BTC" in " ".join(ended.stderr.split())


def kept(closes: list[float]) -> PairCandles:
    rows = np.arange(len(closes))
    return PairCandles(rows * 3600, np.array(closes), rows < 0)


@pytest.mark.parametrize(
    ("closes", "refused"),
    [
        pytest.param([1 / 3, 2 / 3], False, id="unrounded and large"),
        pytest.param([1e-8, 3e-8, np.nan], False, id="tiny and rounded"),
        pytest.param([1.23456e-13], False, id="the smallest an exchange lists"),
        pytest.param([1 / 3e5, 1e-6], True, id="tiny and unrounded"),
        pytest.param([np.nan], False, id="no price"),
    ],
)
def test_what_freqtrade_can_count_with(closes: list[float], refused: bool) -> None:
    assert bool(unusable_prices({"A/B": kept(closes)})) == refused


@pytest.mark.parametrize("scale", [1e6, 1.0, 1e-4, 1e-9])
def test_whatever_is_divided_freqtrade_can_count_with(scale: float) -> None:
    base = make_candles(list(np.linspace(1, 7, 50) * scale))
    frame, decimals = divided(base, make_candles(list(np.linspace(3, 1, 50))))
    assert unusable_prices({"A/B": read_candles(frame)}) == []
    assert (frame["low"] > 0).all()
    assert decimals <= 14


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["DOGEBTC"], "write a pair of two coins"),
        (["DOGE/USDT"], "write a pair of two coins other than USDT"),
        (["SHIB/BTC"], "has no candles of SHIB/USDT"),
        (["DOGE/BTC", "DOGE/BTC"], "has candles of DOGE/BTC; remove them first"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    tmp_path: Path, candles: Path, words: list[str], message: str
) -> None:
    ended = rebalance(tmp_path, "cross", *words, "--datadir", candles)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert ended.stderr.count("\n") == 1
