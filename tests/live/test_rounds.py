"""Rounds of a whole ``freqtrade trade`` on the local exchange: allocation, period, threshold."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.binance.fees import fees_in
from sandbox.exchange.book import Depth
from sandbox.exchange.orders import Side, Status
from tests.support.bot_clock import let_time_pass
from tests.support.live_bots import Ground
from tests.support.portfolio_bots import TARGETS, check_books, closed, trading_bot, weights

pytestmark = pytest.mark.slow


def test_it_allocates_and_rebalances_at_the_threshold(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        first = closed(bot, 1)
        assert (first["tag"], first["outcome"]) == ("r0 initial", "done")
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        assert bot.records.flows()[0][1] == 1000
        ground.set_prices(BTC=105)
        bot.wait_loops(3)
        assert len(bot.records.journal("round")) == 1, "1.2 points are no drift of 3"
        ground.set_prices(BTC=120)
        before = bot.records.loops
        second = closed(bot, 2)
        assert second["tag"].startswith("r1 threshold BTC +4.5pp")
        assert weights(ground, BTC=120) == pytest.approx(TARGETS, abs=0.002)
        assert bot.records.loops - before <= 4, "three loops, and the one under way"
        assert second["achieved"] == pytest.approx(second["planned"], rel=0.005)
        assert bot.stop() == 130
        check_books(ground, bot)


def test_a_period_is_served_once_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    policy = {"period": "1m", "threshold": None, "limits": {"day_rounds": 2000}}
    with trading_bot(tmp_path, policy, dry_run=True, config={"dry_run_wallet": 1000}) as (
        ground,
        bot,
    ):
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=110)
        bot.kill()
        bot.start()
        line = bot.wait_for(lambda: bot.records.journal("round")[1:], 70)[0]
        allocated = bot.records.orders()[1]["order_filled_date"]
        assert line["tag"] == "r1 period BTC +2.4pp" or line["tag"] == "r1 period"
        late = _seconds(line["time"]) - _seconds(allocated)
        assert 60 <= late < 63
        closed(bot, 2)
        assert bot.records.complaints == []


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@pytest.mark.parametrize("asset", ["received", "quote", "BNB"])
def test_fees_in_any_coin(tmp_path: Path, asset: str) -> None:
    fees = fees_in(asset, maker=Decimal("0.001"), taker=Decimal("0.001"))
    balances = {"USDT": 1000, "BNB": 10}
    with trading_bot(tmp_path, balances=balances, fees=fees) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=120)
        closed(bot, 2)
        ground.set_prices(BTC=100)
        closed(bot, 3)
        bot.wait_loops(14)
        assert [round(flow) for _, flow in bot.records.flows()] == [1000], "fees are no cash flows"
        check_books(ground, bot)


def test_limit_orders_fill_in_parts_expire_and_are_planned_again(tmp_path: Path) -> None:
    depth = Depth(level_value=Decimal(60), spread=Decimal("0.002"))
    config = {
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
        "unfilledtimeout": {"entry": 2, "exit": 2, "unit": "seconds"},
    }
    with trading_bot(tmp_path, kind="limit", depth=depth, config=config) as (ground, bot):
        bot.start()
        bot.wait_for(lambda: len(ground.trading.account.open_orders) == 2)
        ground.set_prices(BTC=99.79, ETH=9.979)  # one level of the asks reaches down to the bids
        part = bot.wait_for(lambda: _partly(ground))
        assert part.side is Side.BUY
        bot.wait_for(lambda: len(bot.records.journal("plan")) >= 1)
        plan = bot.records.journal("plan")[0]
        assert plan["tag"] == "r0 initial"
        for _ in range(20):  # fall until all is bought
            price = ground.exchange.price("BTC/USDT") * 0.998
            ground.set_prices(BTC=price, ETH=price / 10)
            bot.wait_loops(2)
            if bot.records.journal("closed"):
                break
        assert closed(bot, 1)["outcome"] in ("done", "gave up")
        orders = [order for order in ground.trading.account.orders if order.pair == "BTC/USDT"]
        assert sum(float(order.filled) * float(order.price) for order in orders) < 502
        check_books(ground, bot)


def test_buys_wait_for_the_sells_that_pay_for_them(tmp_path: Path) -> None:
    targets = {"BTC": 0.5, "ETH": 0.5}
    config = {"unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"}}
    depth = Depth(spread=Decimal("0.002"))
    with trading_bot(
        tmp_path, {"targets": targets, "reserve": 0.1}, config=config, depth=depth
    ) as (ground, bot):
        bot.start()
        closed(bot, 1)
        bot.stop()
        limit = {**bot.config["order_types"], "entry": "limit", "exit": "limit"}
        same = {"price_side": "same"}
        bot.configure(order_types=limit, entry_pricing=same, exit_pricing=same)
        bot.start()
        ground.set_prices(BTC=120)
        sell = bot.wait_for(lambda: ground.trading.account.open_orders)[0]
        assert sell.side is Side.SELL
        bot.wait_loops(4)
        assert len(ground.trading.account.open_orders) == 1, "there is cash for a part of the buy"
        ground.set_prices(BTC=121)
        buy = bot.wait_for(
            lambda: [o for o in ground.trading.account.open_orders if o.side is Side.BUY]
        )[0]
        planned = bot.records.journal("round")[1]["trades"][1]
        assert float(buy.amount) * float(buy.price) == pytest.approx(
            planned["amount"] * planned["price"], rel=0.02
        )


def _partly(ground: Ground) -> Any:
    with ground.exchange.lock:
        orders = ground.trading.account.orders
        found = [order for order in orders if order.status is Status.PARTIALLY_FILLED]
    return found[0] if found else None


def test_a_maker_waits_and_then_takes(tmp_path: Path) -> None:
    """Nobody trades at its prices: after its patience what is left goes at the market."""
    depth = Depth(spread=Decimal("0.004"))
    policy = {"maker": "1m"}
    with trading_bot(tmp_path, policy, kind="maker", depth=depth) as (ground, bot):
        bot.start()
        bot.wait_for(lambda: len(ground.trading.account.open_orders) == 2)
        bot.wait_loops(9)
        assert len(ground.trading.account.orders) == 2, "they have waited for 3 of 60 seconds"
        bot.kill()
        let_time_pass(bot, 60)
        bot.start()
        last = closed(bot, 1)
        orders = ground.trading.account.orders
        kinds = [order.type.value for order in orders]
        assert kinds[:2] == ["LIMIT_MAKER", "LIMIT_MAKER"]
        assert kinds[-2:] == ["MARKET", "MARKET"]
        assert last["outcome"] == "done"
        assert weights(ground) == pytest.approx(TARGETS, abs=0.003)
        check_books(ground, bot)
