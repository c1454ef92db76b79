"""The explorer reads what a backtest of the same configuration is given."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rebalancing.launch.errors import LaunchError
from rebalancing.launch.simulated import Asked, Simulated, read_simulated
from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest

BLOCK = {"targets": {"A": 0.4, "B": 0.3, "C": 0.2, "USDT": 0.1}, "period": "12h", "threshold": 0.02}
WORDS = {"timerange": "20240103-20240125"}


def wandering(seed: int, start: float) -> Any:
    moves = np.random.default_rng(seed).normal(0, 0.01, 24 * 30)
    return make_candles(list(start * np.exp(np.cumsum(moves))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration, and candles of three assets: a late one, one with a gap."""
    made = tmp_path_factory.mktemp("explore")
    frames = {
        "A/USDT": wandering(1, 40_000).drop(index=range(200, 260)).reset_index(drop=True),
        "B/USDT": wandering(2, 3.7),
        "C/USDT": wandering(3, 0.0123).iloc[300:],
    }
    write_candles(made / "data", "1h", frames)
    write_candles(made / "data", "1d", {"A/USDT": make_candles([41_000.0, 1.0], timeframe="24h")})
    config = make_config([*frames], BLOCK, dry_run_wallet={"USDT": 3000, "A": 1}, fee=None)
    (made / "config.json").write_text(json.dumps(config))
    return made


@pytest.fixture(scope="module")
def outcome(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    config = json.loads((folder / "config.json").read_text())
    words = [word for key, value in WORDS.items() for word in (f"--{key}", str(value))]
    return backtest(tmp_path_factory.mktemp("run"), config, folder / "data", *words)


def read(folder: Path, **settings: Any) -> Simulated:
    asked = Asked((str(folder / "config.json"),), folder / "data", settings={**WORDS, **settings})
    return read_simulated(asked)


def test_prices_markets_and_cash_are_those_of_the_backtest(folder: Path, outcome: Outcome) -> None:
    inputs, run = read(folder).inputs, outcome.strategy._mode.run
    assert inputs.assets == run._setup.assets
    assert inputs.cash == outcome.stats["starting_balance"]
    for name in ("first", "seconds"):
        assert getattr(inputs.prices, name) == getattr(run._prices, name)
    for name in ("known", "closes"):
        ours, theirs = (getattr(prices, name) for prices in (inputs.prices, run._prices))
        assert np.array_equal(ours, theirs, equal_nan=True)
    assert np.array_equal(inputs.prices.opens(), run._prices.opens(), equal_nan=True)
    for name, theirs in vars(run._markets).items():
        assert np.array_equal(getattr(inputs.markets, name), theirs), name


def test_what_the_backtest_says_of_the_candles_is_said(folder: Path, outcome: Outcome) -> None:
    assert [*read(folder).inputs.remarks] == outcome.remarks
    assert outcome.remarks


def test_a_fee_that_is_given_counts_instead_of_that_of_the_exchange(folder: Path) -> None:
    assert read(folder, fee=0.002).inputs.markets.fee == 0.002


def test_a_file_that_beats_the_configuration_is_the_present_policy(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """hyperopt leaves it beside the strategy, and every backtest follows it."""
    (tmp_path / "SmartRebalance.py").write_text("class SmartRebalance(IStrategy): ...")
    file = tmp_path / "SmartRebalance.json"
    file.write_text(json.dumps({"params": {"rebalance": {"period": "7d", "threshold": 0.02}}}))
    config = json.loads((folder / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"strategy_path": str(tmp_path)}))
    found = read_simulated(Asked((str(tmp_path / "config.json"),), folder / "data"))
    assert found.present == {**BLOCK, "period": "7d"}
    assert f"{file}: SmartRebalance.json: period 7d instead of 12h" in capsys.readouterr().err
    with pytest.raises(LaunchError, match="beats period and threshold"):
        found.refuse_parameter_file("--write")
    file.unlink()
    assert read_simulated(Asked((str(tmp_path / "config.json"),), folder / "data")).present == BLOCK


REFUSED = [
    pytest.param({"timerange": "20250101-"}, "no candle of", id="nothing in the range"),
    pytest.param({"timeframe": "5m"}, "timeframe 5m: no candle of", id="no such candles"),
    pytest.param({"dry_run_wallet": 20.0}, "total investment 20 USDT is too small", id="poor"),
]


@pytest.mark.parametrize(("settings", "said"), REFUSED)
def test_what_a_backtest_refuses_is_refused(
    folder: Path, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(LaunchError, match=said):
        read(folder, **settings)
