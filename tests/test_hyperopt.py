"""freqtrade's hyperopt: every epoch is the plain backtest with its values."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.builders import PROJECT, make_config
from tests.freqtrade_runs import backtest, freqtrade_process

PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
CANDLES = PROJECT / "user_data" / "data" / "binance"
POLICY = {"targets": "equal", "period": "24h", "threshold": 0.03}


def config(**policy: Any) -> dict[str, Any]:
    return make_config(PAIRS, {**POLICY, **policy}, timeframe="4h", dry_run_wallet=10000)


def epochs(folder: Path, workers: int, settings: dict[str, Any]) -> list[dict[str, Any]]:
    words = ("--spaces", "rebalance", "--epochs", "4", "--job-workers", str(workers))
    words += ("--hyperopt-loss", "OnlyProfitHyperOptLoss", "--random-state", "7")
    words += ("--disable-param-export", "--no-color")
    ended = freqtrade_process(folder, settings, CANDLES, *words, command="hyperopt")
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert "static start value" not in ended.stderr
    (results,) = (folder / "user_data" / "hyperopt_results").glob("*.fthypt")
    return [json.loads(line) for line in results.read_text().splitlines()]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_epoch_equals_the_plain_backtest_with_its_values(
    tmp_path: Path, workers: int
) -> None:
    """Facts 34 and 52: workers find the package, and no state leaks between epochs."""
    found = epochs(tmp_path, workers, config())
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


def test_what_is_not_configured_is_not_optimised(tmp_path: Path) -> None:
    settings = config(threshold={"BTC": 0.05, "ETH": 0.04})
    for epoch in epochs(tmp_path, 1, settings):
        assert set(epoch["params_dict"]) == {"period"}


def test_one_command_optimises_without_network(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sandbox", "hyperopt", "--epochs", "2"]
    words += ["--disable-param-export", "--userdir", str(tmp_path), "--datadir", str(CANDLES)]
    ended = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=200)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Best result" in ended.stdout
    assert list((tmp_path / "hyperopt_results").glob("*.fthypt"))
