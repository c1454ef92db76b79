"""Copied into an installation that has freqtrade and nothing of ours, the strategy runs."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.serving.server import running
from tests.support.builders import PROJECT, make_config
from tests.support.patience import PATIENCE

PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
CANDLES = PROJECT / "user_data" / "data" / "binance"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A fresh environment that sees freqtrade's packages; ours, installed editable, it does not:
    a folder named in a .pth file is searched, but its own .pth files are not followed."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "plain")], check=True
    )
    python = tmp_path / "plain" / "bin" / "python"
    shown = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    packages = Path(shown.stdout.strip())
    (packages / "freqtrade_only.pth").write_text(sysconfig.get_path("purelib"))
    return python


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("backtesting", ["--export", "trades"]),
        (
            "hyperopt",
            [
                "--spaces",
                "rebalance",
                "--epochs",
                "2",
                "--job-workers",
                "2",
                "--hyperopt-loss",
                "OnlyProfitHyperOptLoss",
                "--disable-param-export",
            ],
        ),
        ("list-strategies", []),
    ],
)
def test_a_plain_freqtrade_runs_the_copied_strategy(
    plain: Path, tmp_path: Path, command: str, arguments: list[str]
) -> None:
    """The folder user_data/strategies is all there is."""
    home = tmp_path / "home"
    shutil.copytree(
        PROJECT / "strategies",
        home / "user_data" / "strategies",
        ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"),
    )
    config = make_config(
        PAIRS,
        {"targets": "equal", "threshold": 0.03},
        timeframe="4h",
        strategy_path=None,
        dry_run_wallet=10000,
    )
    (home / "config.json").write_text(json.dumps(config))
    with running(LocalExchange(PAIRS, CandleFolder.open(CANDLES), rules={}), Binance()) as url:
        (home / "overlay.json").write_text(json.dumps(overlay(url, config)))
        words = [str(plain), "-I", "-m", "freqtrade", command, "--config", "config.json"]
        words += ["--config", "overlay.json"]
        if command != "list-strategies":
            words += ["--datadir", str(CANDLES)]
        ended = subprocess.run(
            [*words, *arguments],
            cwd=home,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "SmartRebalance" in ended.stdout + ended.stderr
    for word in ("Traceback", "Could not import", "LOAD FAILED"):
        assert word not in ended.stderr + ended.stdout


def test_the_fresh_environment_knows_nothing_of_ours(plain: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [str(plain), "-I", "-c", "import freqtrade, rebalancing"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "No module named 'rebalancing'" in ended.stderr
