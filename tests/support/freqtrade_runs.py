"""Runs of the real freqtrade against the local exchange."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from freqtrade.commands import Arguments
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.optimize.backtesting import Backtesting

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.serving.server import running
from tests.support.builders import PROJECT
from tests.support.command_lines import clean_environment, warm_command
from tests.support.patience import PATIENCE

RANGE = "rebalancing.freqtrade_side.backtest.backtest_range"
"""The logger of what is said about the range."""


@dataclass
class Outcome:
    """What a backtest did."""

    orders: pd.DataFrame
    wallet: pd.DataFrame
    stats: dict[str, Any]
    result: Path
    strategy: Any
    log: list[logging.LogRecord]

    @property
    def trades(self) -> pd.DataFrame:
        """The orders of rounds and of the initial allocation, without the closing ones."""
        return self.orders[self.orders.tag.str.match(r"r\d+ ")]

    @property
    def remarks(self) -> list[str]:
        """What was said about assets that have candles for a part of the range only."""
        return [record.getMessage() for record in self.log if record.name == RANGE]

    @property
    def complaints(self) -> list[str]:
        """Errors in the log, and warnings of ours; asyncio's about sockets that freqtrade left
        open when it ended do not count, nor do ours about the candles of a part of the range."""
        return [
            f"{record.name}: {record.getMessage()}"
            for record in self.log
            if record.name != RANGE
            if (record.levelno >= logging.ERROR and record.name != "asyncio")
            or record.name.startswith(("rebalancing", "SmartRebalance"))
            or "SmartRebalance" in record.getMessage()
        ]


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def backtest(folder: Path, config: Mapping[str, Any], datadir: Path, *arguments: str) -> Outcome:
    """Run freqtrade's own Backtesting in this process and return what it did."""
    user_data = folder / "user_data"
    for name in ("backtest_results", "strategies"):
        (user_data / name).mkdir(parents=True, exist_ok=True)
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    exchange = LocalExchange(
        config["exchange"]["pair_whitelist"], CandleFolder.open(datadir), rules={}
    )
    recorder = _Recorder()
    with running(exchange, Binance()) as url:
        last = folder / "overlay.json"
        last.write_text(json.dumps(overlay(url, config)))
        words = ["backtesting", "--config", str(file), "--config", str(last)]
        words += ["--datadir", str(datadir), "--userdir", str(user_data)]
        words += ["--cache", "none", "--export", "trades", *arguments]
        logging.getLogger().addHandler(recorder)
        try:
            settings = setup_optimize_configuration(
                Arguments(words).get_parsed_arg(), RunMode.BACKTEST
            )
            logging.getLogger().addHandler(recorder)  # outside of pytest freqtrade takes it away
            run = Backtesting(settings)
            run.start()
        finally:
            logging.getLogger().removeHandler(recorder)
            Backtesting.cleanup()
    return _outcome(run, user_data / "backtest_results", recorder.records)


def _outcome(run: Backtesting, results: Path, log: list[logging.LogRecord]) -> Outcome:
    (stats,) = run.results["strategy"].values()
    (content,) = run.all_bt_content.values()
    rows = [
        {
            "pair": trade["pair"],
            "time": pd.Timestamp(order["order_filled_timestamp"], unit="ms", tz="UTC"),
            "side": order["ft_order_side"],
            "amount": order["amount"],
            "price": order["safe_price"],
            "notional": order["amount"] * order["safe_price"],
            "tag": order["ft_order_tag"],
        }
        for trade in stats["trades"]
        for order in trade["orders"]
    ]
    name = json.loads((results / ".last_result.json").read_text())["latest_backtest"]
    orders = pd.DataFrame(rows).sort_values("time", kind="stable", ignore_index=True)
    wallet = content["wallet_summary"]
    return Outcome(orders, wallet, stats, results / name, run.strategy, log)


def freqtrade_process(
    folder: Path,
    config: Mapping[str, Any],
    datadir: Path,
    *arguments: str,
    command: str = "",
    is_warm: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a whole freqtrade process (backtesting unless told otherwise) and return it.

    Notes
    -----
    It begins with freqtrade already imported, as those of bots do, if it is warm. One that starts
    workers must not be: they begin as it did.
    """
    user_data = folder / "user_data"
    (user_data / "strategies").mkdir(parents=True, exist_ok=True)
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    pairs = [p for p in config.get("exchange", {}).get("pair_whitelist", []) if _is_pair(p)]
    with running(LocalExchange(pairs, CandleFolder.open(datadir), rules={}), Binance()) as url:
        last = folder / "overlay.json"
        last.write_text(json.dumps(overlay(url, config)))
        words = ["freqtrade", command or "backtesting"]
        words += ["--config", str(file), "--config", str(last)]
        words += ["--datadir", str(datadir), "--userdir", str(user_data), *arguments]
        if is_warm:
            return warm_command(PROJECT, words)
        return subprocess.run(
            [sys.executable, "-m", *words],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env=clean_environment(),
            timeout=PATIENCE,
        )


def _is_pair(pair: str) -> bool:
    base, _, quote = pair.partition("/")
    return base.isalnum() and quote.isalnum()
