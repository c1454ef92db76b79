"""A freqtrade project with a plain strategy, which rebalances nothing, as the current directory."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange.synthetic import write_candles
from tests.support.builders import PROJECT
from tests.support.patience import PATIENCE

STRATEGY = """
from freqtrade.strategy import IStrategy


class {name}(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    minimal_roi = {{"0": 100}}
    stoploss = -0.99

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe.index % 24 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe.index % 24 == 12, "exit_long"] = 1
        return dataframe
"""


def configuration(stake: str = "USDT", **exchange: Any) -> dict[str, Any]:
    """Build the project's config.json; `exchange` is what its block of that name holds too."""
    return {
        "max_open_trades": 2,
        "stake_currency": stake,
        "stake_amount": "unlimited",
        "dry_run": True,
        "dry_run_wallet": 1 if stake == "BTC" else 1000,
        "strategy": "Plain",
        "strategy_path": "strategies",
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
        "pairlists": [{"method": "StaticPairList"}],
        "exchange": {
            "name": "binance",
            "pair_whitelist": [f"ETH/{stake}", f"LTC/{stake}"],
            **exchange,
        },
    }


def write_config(config: Mapping[str, Any], name: str = "config.json") -> Path:
    """Write a configuration into the current directory."""
    file = Path(name)
    file.write_text(json.dumps(config))
    return file


def write_data(folder: str, stake: str = "USDT", scale: float = 100.0) -> None:
    """Write candles of 500 hours, whose closes rise by 23 % within each day."""
    closes = [scale * (1 + 0.01 * (hour % 24)) for hour in range(500)]
    for base in ("ETH", "LTC"):
        write_candles(
            Path(folder), f"{base}/{stake}", "1h", closes, datetime(2024, 1, 1, tzinfo=UTC)
        )


def make_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a project with a strategy and no candles yet into a folder, and go there."""
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("FREQTRADE__")]:
        monkeypatch.delenv(name)
    (folder / "user_data").mkdir()
    (folder / "strategies").mkdir()
    (folder / "strategies" / "Plain.py").write_text(STRATEGY.format(name="Plain"))
    return folder


def command(
    project: Path, *arguments: str, module: str = "rebalancing"
) -> subprocess.CompletedProcess[str]:
    """Run a command in the project to its end."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
