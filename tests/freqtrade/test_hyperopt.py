"""freqtrade's hyperopt: every epoch is the plain backtest with its values."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from freqtrade.constants import HYPEROPT_LOSS_BUILTIN

from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.freqtrade_side.setup.parameters import loss_warning
from rebalancing.performance.objective import WORST, Score, loss_of, read_weights
from rebalancing.report.findings import Findings
from tests.support.builders import PROJECT, make_candles, make_config, write_candles
from tests.support.command_lines import clean_environment
from tests.support.freqtrade_runs import backtest, freqtrade_process
from tests.support.patience import PATIENCE

PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
CANDLES = PROJECT / "user_data" / "data" / "binance"
POLICY = {"targets": "equal", "period": "24h", "threshold": 0.03}


def config(**policy: Any) -> dict[str, Any]:
    return make_config(PAIRS, {**POLICY, **policy}, timeframe="4h", dry_run_wallet=10000)


def epochs(
    folder: Path,
    workers: int,
    settings: dict[str, Any],
    loss: str = "RebalancingLoss",
    count: int = 3,
) -> list[dict[str, Any]]:
    words = ("--spaces", "rebalance", "--epochs", str(count), "--job-workers", str(workers))
    words += ("--hyperopt-loss", loss, "--hyperopt-path", str(PROJECT / "strategies"))
    words += ("--random-state", "7", "--disable-param-export", "--no-color")
    ended = freqtrade_process(
        folder, settings, CANDLES, *words, command="hyperopt", is_warm=workers == 1
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert "static start value" not in ended.stderr
    assert (f"{loss} counts" in " ".join(ended.stderr.split())) == (loss != "RebalancingLoss")
    (results,) = (folder / "user_data" / "hyperopt_results").glob("*.fthypt")
    return [json.loads(line) for line in results.read_text().splitlines()]


@pytest.mark.parametrize(
    ("workers", "loss"), [(1, "OnlyProfitHyperOptLoss"), (2, "RebalancingLoss")]
)
def test_every_epoch_equals_the_plain_backtest_with_its_values(
    tmp_path: Path, workers: int, loss: str
) -> None:
    """Workers find the package, and no state leaks between epochs."""
    found = epochs(tmp_path, workers, config(threshold=0.02), loss)
    assert len({str(epoch["params_dict"]) for epoch in found}) > 1
    for number, epoch in enumerate(found):
        values = epoch["params_dict"]
        assert set(values) == {"period", "threshold"}
        folder = tmp_path / f"plain{number}"
        folder.mkdir()
        plain = backtest(folder, config(**values), CANDLES)
        assert epoch["results_metrics"]["final_balance"] == pytest.approx(
            plain.stats["final_balance"], abs=1e-6
        )
        if loss == "RebalancingLoss":
            (record,) = read_records(plain.result, CANDLES).values()
            figures, told = Findings(record), epoch["results_metrics"]["rebalancing"]
            assert told["rounds"] == figures.summary.rounds
            assert told["premium"] == pytest.approx(figures.summary.premium_share, abs=1e-9)
            assert told["turnover"] == pytest.approx(figures.summary.turnover, rel=1e-6)
            assert told["drawdown"] == pytest.approx(figures.risk.max_drawdown, rel=1e-6)


def test_what_is_not_configured_is_not_optimised(tmp_path: Path) -> None:
    settings = config(threshold={"BTC": 0.05, "ETH": 0.04})
    for epoch in epochs(tmp_path, 1, settings, count=1):
        assert set(epoch["params_dict"]) == {"period"}


@pytest.mark.parametrize(
    ("figures", "weights", "expected"),
    [
        pytest.param({"nav": 9.0}, {}, np.log(10 / 9), id="a loss against holding"),
        pytest.param({"nav": 10.0, "hodl_nav": 1e9}, {}, np.log(1e8), id="any size"),
        pytest.param({"nav": 0.0}, {}, WORST, id="nothing left"),
        pytest.param({"turnover": 3.0}, {"turnover_weight": 0.1}, 0.3, id="turnover"),
        pytest.param({"drawdown": 0.5}, {"drawdown_weight": 0.2}, 0.1, id="drawdown"),
        pytest.param({"turnover": 1e6}, {"turnover_weight": 100}, WORST, id="bounded"),
    ],
)
def test_the_loss_stays_below_what_freqtrade_takes_for_no_result(
    figures: dict[str, float], weights: dict[str, float], expected: float
) -> None:
    same = {"rounds": 5, "nav": 10.0, "hodl_nav": 10.0, "turnover": 0.0, "drawdown": 0.0}
    loss = loss_of(Score(**{**same, **figures}), read_weights(weights))
    assert loss == pytest.approx(expected)
    assert loss <= WORST < 100


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ([], "rebalance_loss: must be a map"),
        ({"turnover": 1}, "rebalance_loss.turnover: unknown key; turnover_weight and"),
        ({"drawdown_weight": -1}, "rebalance_loss.drawdown_weight: must be a number from 0 to 100"),
        ({"turnover_weight": float("nan")}, "rebalance_loss.turnover_weight: must be a number"),
    ],
)
def test_a_wrong_weight_is_one_line(block: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}") as refused:
        read_weights(block)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("loss", HYPEROPT_LOSS_BUILTIN)
def test_every_loss_of_freqtrade_is_warned_about_by_name(loss: str) -> None:
    assert loss_warning(loss).startswith(f"{loss} counts")
    assert loss_warning("MyOwnLoss") == ""


BEAR = """{
    // What follows is mine.
    "strategy": "SmartRebalance", "timeframe": "1h", "stake_currency": "JPY",
    "stake_amount": "unlimited", "tradable_balance_ratio": 1, "max_open_trades": 2, "fee": 0.001,
    "dry_run": true, "dry_run_wallet": 1500000, "trading_mode": "spot",
    "strategy_path": "%s",
    "entry_pricing": {"price_side": "other"}, "exit_pricing": {"price_side": "other"},
    "exchange": {"name": "binance", "pair_whitelist": ["BTC/JPY", "ETH/JPY"]},
    "pairlists": [{"method": "StaticPairList"}],
    "rebalance": {"targets": "equal", /* "threshold": 0.9, */ "threshold":0.19 , "period": "24h"}
}
"""


def test_one_command_finds_a_policy_in_a_falling_market_of_large_numbers(tmp_path: Path) -> None:
    """Every epoch loses far more than 100 of the stake currency. The value is written and nothing
    else is, and no parameter file is left."""
    hours = np.arange(400)
    fall, swing = np.exp(-hours / 300), np.exp(0.15 * np.sin(hours / 9))
    closes = {"BTC/JPY": 6e6 * fall * swing, "ETH/JPY": 3e5 * fall / swing}
    candles = {pair: make_candles(list(prices.round(0))) for pair, prices in closes.items()}
    write_candles(tmp_path / "candles", "1h", candles)
    config = tmp_path / "config.json"
    config.write_text(BEAR % (PROJECT / "strategies"))
    words = [
        sys.executable,
        "-m",
        "rebalancing",
        "hyperopt",
        "--write",
        "--turnover-weight",
        "0.0001",
    ]
    words += ["--epochs", "4", "--job-workers", "1", "--random-state", "1"]
    words += ["--userdir", str(tmp_path), "--datadir", "candles"]
    ended = subprocess.run(
        words,
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended.stderr[-2000:] + ended.stdout[-2000:]
    assert "Improvements in 4 epochs" in ended.stdout
    (file,) = (tmp_path / "hyperopt_results").glob("*.fthypt")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert all(line["results_metrics"]["profit_total_abs"] < -10_000 for line in lines)
    best = next(line for line in reversed(lines) if line["is_best"])
    told = best["results_metrics"]["rebalancing"]
    assert best["loss"] == pytest.approx(
        0.0001 * told["turnover"] - np.log(told["nav"] / told["hodl_nav"])
    )
    values = {
        key: round(value, 6) if key == "threshold" else value
        for key, value in best["params_dict"].items()
    }
    written = config.read_text()
    expected = BEAR % (PROJECT / "strategies")
    expected = expected.replace(":0.19 ", f":{values['threshold']} ")
    assert written == expected.replace('"24h"', json.dumps(values["period"]))
    assert not (PROJECT / "strategies" / "SmartRebalance.json").exists()
    assert "written to config.json" in ended.stdout
