"""A whole ``freqtrade trade`` with keys, on the local exchange: in and out again, a clean log."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.book import Depth
from sandbox.candles import CandleFolder
from sandbox.exchange import LocalExchange, wall_clock
from sandbox.ledger import recompute
from sandbox.orders import Order, Side, Status
from sandbox.overlay import overlay
from sandbox.replay import Replay
from sandbox.server import running
from sandbox.synthetic import write_candles
from sandbox.trading import Trading

STRATEGY = '''
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy


class InAndOut(IStrategy):
    """Buy once, sell as soon as it is bought."""

    INTERFACE_VERSION = 3
    timeframe = "1m"
    minimal_roi = {}
    stoploss = -0.99
    order_types = dict.fromkeys(["entry", "exit", "stoploss"], "KIND") | {
        "stoploss_on_exchange": False
    }

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = int(Trade.get_total_closed_profit() == 0)
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def confirm_trade_entry(self, pair, order_type, *arguments, **more):
        return not Trade.get_trades_proxy(is_open=False)

    def custom_exit(self, pair, trade, *arguments, **more):
        return None if trade.has_open_orders else "bought"
'''
CONFIG: dict[str, Any] = {
    "dry_run": False,
    "initial_state": "running",
    "max_open_trades": 1,
    "stake_currency": "USDT",
    "stake_amount": 100,
    "tradable_balance_ratio": 1,
    "pairlists": [{"method": "StaticPairList"}],
    "exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT"], "pair_blacklist": []},
    "internals": {"process_throttle_secs": 1},
}
COMPLAINT = re.compile(r" - (WARNING|ERROR|CRITICAL) - |Traceback")


@dataclass
class Bot:
    """A freqtrade process, its account, and what it wrote."""

    trading: Trading
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        file = self.folder / "log.txt"
        return file.read_text() if file.exists() else ""

    @property
    def written(self) -> str:
        """Everything left behind as text, without the line breaks that would hide a key."""
        names = ("log.txt", "printed.txt", "candles/ledger.jsonl")
        return "".join("".join((self.folder / name).read_text().split()) for name in names)

    @property
    def complaints(self) -> list[str]:
        return [line for line in self.log.splitlines() if COMPLAINT.search(line)]

    def wait_for(self, what: Callable[[], Any], seconds: float = 40.0) -> Any:
        """Return what comes, or fail with the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (found := what()) or self.process.poll() is not None:
                break
            time.sleep(0.1)
        assert found, self.log
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)

    def order(self, side: Side) -> Order | None:
        with self.trading.exchange.lock:
            orders = [order for order in self.trading.account.orders if order.side is side]
        return orders[-1] if orders else None

    def filled(self, side: Side) -> Order | None:
        order = self.order(side)
        return order if order and order.status is Status.FILLED else None


def make_trading(folder: Path) -> Trading:
    hours = 400
    closes = [100.25 + hour % 7 for hour in range(hours)]
    recorded = datetime(2021, 5, 1, tzinfo=UTC)
    write_candles(folder, "BTC/USDT", "1h", closes, recorded)
    candles = CandleFolder.open(folder)
    start = recorded.replace(day=12)
    replay = Replay.aligned(start, 60.0, wall_clock(), ["1h"])
    depth = Depth(level_value=Decimal(60), spread=Decimal("0.001"))
    exchange = LocalExchange(["BTC/USDT"], candles, replay=replay, depth=depth)
    return Trading(exchange, balances={"USDT": 1000}, file=folder / "ledger.jsonl")


@contextmanager
def trading_bot(folder: Path, kind: str) -> Iterator[Bot]:
    trading = make_trading(folder / "candles")
    (folder / "strategies").mkdir()
    (folder / "strategies" / "in_and_out.py").write_text(STRATEGY.replace("KIND", kind))
    with running(trading.exchange, trading=trading) as url:
        # freqtrade demands it: a market order's price is that of the other side.
        side = {"price_side": "other" if kind == "market" else "same"}
        config = CONFIG | {"entry_pricing": side, "exit_pricing": side}
        files = {"config.json": config, "overlay.json": overlay(url, CONFIG, trading.keys)}
        command = [sys.executable, "-m", "freqtrade", "trade", "--strategy", "InAndOut"]
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content))
            command += ["--config", str(folder / name)]
        command += ["--strategy-path", str(folder / "strategies"), "--userdir", str(folder)]
        command += ["--db-url", f"sqlite:///{folder / 'trades.sqlite'}"]
        command += ["--logfile", str(folder / "log.txt")]
        # Where this variable says that a test is running freqtrade opens no log file.
        environment = {name: text for name, text in os.environ.items() if name != "PYTEST_VERSION"}
        with (folder / "printed.txt").open("wb") as printed:
            process = subprocess.Popen(
                command, cwd=folder, stdout=printed, stderr=printed, env=environment
            )
        try:
            yield Bot(trading, folder, process)
        finally:
            process.kill()
            process.wait()


def closed_trades(folder: Path) -> list[tuple[float, float, float]]:
    with closing(sqlite3.connect(folder / "trades.sqlite")) as database:
        return database.execute(
            "SELECT amount, open_rate, close_rate FROM trades WHERE is_open = 0"
        ).fetchall()


def check_the_end(bot: Bot) -> None:
    account = bot.trading.account
    bot.wait_for(lambda: closed_trades(bot.folder))
    assert bot.stop() == 128 + signal.SIGINT
    assert bot.complaints == []
    assert recompute(account.ledger) == account.balances
    assert not account.open_orders
    buy, sell = account.orders
    ((amount, open_rate, close_rate),) = closed_trades(bot.folder)
    assert amount == pytest.approx(float(sell.filled))
    # freqtrade rounds the average price of an order to the market's tick.
    assert open_rate == pytest.approx(float(buy.quote_filled / buy.filled), abs=0.01)
    assert close_rate == pytest.approx(float(sell.quote_filled / sell.filled), abs=0.01)
    for secret in (bot.trading.keys.key, bot.trading.keys.secret, "signature="):
        assert secret not in bot.written


@pytest.mark.slow
def test_a_live_bot_buys_and_sells_at_the_market(tmp_path: Path) -> None:
    with trading_bot(tmp_path, "market") as bot:
        bot.wait_for(lambda: bot.filled(Side.SELL))
        check_the_end(bot)


@pytest.mark.slow
def test_a_live_bot_buys_and_sells_with_limits_that_rest_and_fill_in_part(tmp_path: Path) -> None:
    with trading_bot(tmp_path, "limit") as bot:
        set_price = bot.trading.exchange.set_price
        buy = bot.wait_for(lambda: bot.order(Side.BUY))
        assert buy.is_open
        price = float(buy.price)
        set_price("BTC/USDT", price * 0.9995)  # one level of the asks is now below the limit
        part = bot.order(Side.BUY)
        assert part is not None
        assert part.status is Status.PARTIALLY_FILLED
        time.sleep(2.5)  # the bot looks at it in this state
        set_price("BTC/USDT", price * 0.95)
        sell = bot.wait_for(lambda: bot.order(Side.SELL))
        assert sell.is_open
        set_price("BTC/USDT", float(sell.price) * 1.05)
        check_the_end(bot)
