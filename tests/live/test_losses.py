"""Orders that are lost to a real bot, and money that a round may lose."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.exchange.book import Depth
from sandbox.serving.faults import Fault
from tests.support.live_bots import LiveBot
from tests.support.patience import PATIENCE
from tests.support.portfolio_bots import PRICES, TARGETS, check_books, closed, trading_bot, weights

pytestmark = pytest.mark.slow


def test_a_buy_cancelled_on_the_exchange_while_the_bot_is_away_is_made_again(
    tmp_path: Path,
) -> None:
    with trading_bot(tmp_path, {"maker": "1m"}, kind="maker") as (ground, bot):
        bot.start()
        account = ground.trading.account
        btc, _ = bot.wait_for(lambda: len(account.orders) == 2 and account.orders)
        bot.stop()
        ground.trading.cancel(btc.id)
        bot.start()
        # Both rest before the price falls: a maker's order may not take.
        pairs = {f"{asset}/USDT" for asset in PRICES}
        bot.wait_for(lambda: {o.pair for o in account.orders if o.is_open} == pairs)
        lower = {asset: price * 0.99 for asset, price in PRICES.items()}
        ground.set_prices(**lower)
        assert closed(bot, 1)["outcome"] == "done"
        assert weights(ground, **lower) == pytest.approx(TARGETS, abs=0.01)
        check_books(ground, bot)


def test_an_order_that_could_lose_more_than_a_round_may_is_not_sent(tmp_path: Path) -> None:
    # Each level of the book holds little, and they are far apart: who buys much pays much.
    steep = Depth(level_value=Decimal(20), gap=5)
    policy = {"limits": {"round_loss": 0.01}, "max_spread": 0.9}  # what is bought leaves a hole
    with trading_bot(tmp_path, policy, depth=steep) as (ground, bot):
        bot.start()
        line = closed(bot, 1)
        assert line["outcome"] == "gave up"
        assert line["reason"] == "ETH: not sent: the round could lose more than limits.round_loss"
        (order,) = ground.trading.account.orders
        assert order.pair == "BTC/USDT"
        assert 2 < line["cost"] < 10, "BTC's order has lost a part of what a round may lose"
        bot.wait_loops(2)
        assert bot.records.journal("stopped") == []


def test_a_buy_whose_cash_is_gone_is_planned_again_and_not_sent(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        # While the first answer is late the account is emptied but for two of its thousand.
        ground.faults.add(Fault("late", "POST", "/api/v3/order", seconds=1.5))
        bot.start()
        account = ground.trading.account
        bot.wait_for(lambda: account.orders)
        ground.trading.withdraw("USDT", account.balance("USDT").free - 2)
        first = closed(bot, 1)
        orders = bot.records.journal("order")
        asked = [line["notional"] for line in orders if line["side"] == "buy"]
        assert min(asked) >= 5
        assert first["nav_after"] == pytest.approx(502, abs=2)


@contextmanager
def refusing_to_write_intents(bot: LiveBot) -> Iterator[None]:
    """Let the database fail as often as the bot writes down what it is about to order."""
    with closing(
        sqlite3.connect(bot.records.database, isolation_level=None, timeout=PATIENCE)
    ) as other:
        for event in ("INSERT", "UPDATE"):
            other.execute(
                f"CREATE TRIGGER full_at_{event} BEFORE {event} ON KeyValueStore "
                "WHEN NEW.key LIKE 'rebalance.state%' AND (NEW.string_value LIKE '%\"size\":%' "
                "OR NEW.string_value LIKE '%\"after\":%') "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )
        yield
        for event in ("INSERT", "UPDATE"):
            other.execute(f"DROP TRIGGER full_at_{event}")


def test_a_database_that_fails_while_ordering_ends_nothing(tmp_path: Path) -> None:
    """Neither when a trade is to be opened nor when one is to be changed."""
    with trading_bot(tmp_path) as (ground, bot):
        ground.faults.add(Fault("status", "GET", "/api/v3/ticker/*", status=503, count=None))
        bot.start()
        bot.wait_loops(1)
        for number, prices in ((1, {}), (2, {"BTC": 120})):
            orders = len(ground.trading.account.orders)
            with refusing_to_write_intents(bot):
                ground.faults.clear()
                ground.set_prices(**prices)
                errors = len(bot.records.journal("error"))
                bot.wait_for(lambda errors=errors: len(bot.records.journal("error")) > errors)
                bot.wait_loops(2)
                assert len(ground.trading.account.orders) == orders, "nothing is sent unwritten"
            assert closed(bot, number)["outcome"] == "done"
            assert weights(ground, **prices) == pytest.approx(TARGETS, abs=0.003)
        assert "Fatal" not in bot.records.log


def test_a_database_that_somebody_locks_for_long_is_waited_for(tmp_path: Path) -> None:
    """Between an order and its entry, for longer than SQLite itself waits."""
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.faults.add(Fault("late", "POST", "/api/v3/order", seconds=1.5))
        ground.set_prices(BTC=120)
        bot.wait_for(lambda: len(ground.trading.account.orders) == 3)
        with closing(sqlite3.connect(bot.records.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(8)
            other.execute("ROLLBACK")
        assert closed(bot, 2)["outcome"] == "done"
        assert weights(ground, BTC=120) == pytest.approx(TARGETS, abs=0.003)
        check_books(ground, bot)
