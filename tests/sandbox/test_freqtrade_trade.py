"""A whole ``freqtrade trade`` with keys, on the local exchange: in and out again, a clean log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.binance.dialect import Binance
from sandbox.exchange.book import Depth
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.ledger import recompute
from sandbox.exchange.local_exchange import LocalExchange, wall_clock
from sandbox.exchange.orders import Order, Side, Status
from sandbox.exchange.replay import Replay
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.bot_records import Row
from tests.support.live_bots import SIGINT_STATUS, LiveBot

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
    "strategy": "InAndOut",
    "internals": {"heartbeat_interval": 1e-6},  # every loop says so
}


@dataclass
class Trader:
    """A bot and its account."""

    trading: Trading
    bot: LiveBot

    def order(self, side: Side) -> Order | None:
        with self.trading.exchange.lock:
            orders = [order for order in self.trading.account.orders if order.side is side]
        return orders[-1] if orders else None

    def filled(self, side: Side) -> Order | None:
        order = self.order(side)
        return order if order and order.status is Status.FILLED else None

    @property
    def closed_trades(self) -> list[Row]:
        return [trade for trade in self.bot.records.trades() if not trade["is_open"]]


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
def trader(folder: Path, kind: str) -> Iterator[Trader]:
    trading = make_trading(folder / "candles")
    strategies = folder / "strategies"
    strategies.mkdir()
    (strategies / "in_and_out.py").write_text(STRATEGY.replace("KIND", kind))
    # freqtrade demands it: a market order's price is that of the other side.
    side = {"price_side": "other" if kind == "market" else "same"}
    pricing = {"entry_pricing": side, "exit_pricing": side, "strategy_path": str(strategies)}
    with running(trading.exchange, Binance(), trading=trading) as url:
        bot = LiveBot(folder / "bot", CONFIG | pricing, url, trading.keys)
        try:
            bot.start()
            yield Trader(trading, bot)
        finally:
            bot.kill()


def check_the_end(seen: Trader) -> None:
    account = seen.trading.account
    seen.bot.wait_for(lambda: seen.closed_trades)
    complaints = seen.bot.records.complaints
    assert seen.bot.stop() == SIGINT_STATUS
    assert complaints == []
    assert recompute(account.ledger) == account.balances
    assert not account.open_orders
    buy, sell = account.orders
    (trade,) = seen.closed_trades
    assert trade["amount"] == pytest.approx(float(sell.filled))
    # freqtrade rounds the average price of an order to the market's tick.
    assert trade["open_rate"] == pytest.approx(float(buy.quote_filled / buy.filled), abs=0.01)
    assert trade["close_rate"] == pytest.approx(float(sell.quote_filled / sell.filled), abs=0.01)
    written = dict(seen.bot.records.written())
    written["ledger"] = (seen.bot.folder.parent / "candles" / "ledger.jsonl").read_text()
    for secret in (seen.trading.keys.key, seen.trading.keys.secret, "signature="):
        assert [name for name, text in written.items() if secret in text] == []


@pytest.mark.slow
def test_a_live_bot_buys_and_sells_at_the_market(tmp_path: Path) -> None:
    with trader(tmp_path, "market") as seen:
        seen.bot.wait_for(lambda: seen.filled(Side.SELL))
        check_the_end(seen)


@pytest.mark.slow
def test_a_live_bot_buys_and_sells_with_limits_that_rest_and_fill_in_part(tmp_path: Path) -> None:
    with trader(tmp_path, "limit") as seen:
        set_price = seen.trading.exchange.set_price
        buy = seen.bot.wait_for(lambda: seen.order(Side.BUY))
        assert buy.is_open
        price = float(buy.price)
        set_price("BTC/USDT", price * 0.9995)  # one level of the asks is now below the limit
        part = seen.order(Side.BUY)
        assert part is not None
        assert part.status is Status.PARTIALLY_FILLED
        seen.bot.wait_loops(2)  # the bot looks at it in this state
        set_price("BTC/USDT", price * 0.95)
        sell = seen.bot.wait_for(lambda: seen.order(Side.SELL))
        assert sell.is_open
        set_price("BTC/USDT", float(sell.price) * 1.05)
        check_the_end(seen)
