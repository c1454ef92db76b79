"""What a person does to the bot's coins: takes them away, or sells a part of them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.exchange.listing import MarketStatus
from tests.live.test_changes import command
from tests.support.bot_configs import with_api
from tests.support.exchanges import market
from tests.support.live_bots import Ground, LiveBot
from tests.support.outside_views import seen_from_outside
from tests.support.portfolio_bots import TARGETS, closed, trading_bot, weights

pytestmark = pytest.mark.slow


def check_one_value(ground: Ground, bot: LiveBot, expected: float) -> None:
    """Status, its rows, the report and the exchange say the same NAV."""
    bot.restart()  # it writes its figures down once a minute, and at a start
    bot.wait_loops(3)
    told, figures = seen_from_outside(ground, bot)
    report = json.loads(told)
    status = report["status"]
    there = ground.trading.account.balances
    for member in status["members"]:
        assert member["amount"] == pytest.approx(float(there[member["asset"]].total), rel=1e-6)
    assert status["nav"] == pytest.approx(expected, rel=2e-3)
    assert sum(member["value"] for member in status["members"]) == pytest.approx(status["nav"])
    assert figures["nav"] == pytest.approx(status["nav"], rel=5e-4)  # a spread
    assert sum(amount for _, amount in report["flows"]) == pytest.approx(expected, rel=2e-3)
    assert figures["total_return"] == pytest.approx(0, abs=3e-3), "a flow is no loss"
    assert figures["premium"] == pytest.approx(0, abs=2), "and HODL has it too"


def test_coins_that_leave_the_account_are_a_withdrawal(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        command(bot, "pause")
        ground.trading.withdraw("BTC", Decimal(2))
        (flow,) = bot.wait_for(lambda: bot.records.journal("flow")[1:])
        assert (flow["asset"], flow["coins"]) == ("BTC", pytest.approx(-2, abs=1e-5))
        assert flow["amount"] == pytest.approx(-200, rel=2e-3)
        warned = len(bot.records.complaints)
        bot.wait_loops(4)
        assert len(bot.records.complaints) == warned, "freqtrade no longer misses them"
        check_one_value(ground, bot, 800)
        ground.trading.withdraw("BTC", ground.trading.account.balances["BTC"].total)
        bot.wait_for(lambda: len(bot.records.journal("flow")) == 3)
        bot.wait_loops(2)
        assert "BTC" not in bot.records.held()
        check_one_value(ground, bot, 500)
        messages = bot.records.log.count("strategy_msg: Rebalancing: -")
        assert messages == 2, "each is told once"
        command(bot, "resume", "bbbbbbbb")
        assert closed(bot, 2)["nav_before"] == pytest.approx(500, rel=2e-3)
        assert weights(ground) == pytest.approx(TARGETS, abs=0.003)


def test_coins_whose_pair_ended_after_they_left_are_a_withdrawal_at_its_last_price(
    tmp_path: Path,
) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        bot.kill()
        ground.trading.withdraw("BTC", Decimal(2))
        ground.exchange.set_status("BTC/USDT", MarketStatus.END)
        bot.start()
        (flow,) = bot.wait_for(lambda: bot.records.journal("flow")[1:])
        assert (flow["asset"], flow["coins"]) == ("BTC", pytest.approx(-2, abs=1e-5))
        assert flow["amount"] == pytest.approx(-200, rel=2e-3)
        assert flow["price"] == pytest.approx(100, rel=2e-3)
        ground.set_prices(ETH=14)
        closed(bot, 2)
        bot.restart()
        ground.trading.withdraw("BTC", Decimal(1))
        (later,) = bot.wait_for(lambda: bot.records.journal("flow")[2:])
        assert later["price"] == flow["price"], "not forgotten while the others went on"


@pytest.mark.parametrize("place", ["freqtrade", "the exchange"])
def test_what_is_left_of_an_asset_sold_in_part_by_hand_is_kept_until_resume(
    tmp_path: Path, place: str
) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        (trade,) = [t for t in bot.records.trades() if t["base_currency"] == "BTC"]
        bot.wait_loops(1)  # freqtrade knows the balances that its newest orders left
        if place == "freqtrade":
            bot.ask("POST", "forceexit", tradeid=str(trade["id"]), ordertype="market", amount=2)
        else:
            ground.trading.place(market("sell", 2))
        (line,) = bot.wait_for(lambda: bot.records.journal("hands off"))
        assert line["assets"] == ["BTC"]
        assert line["text"].startswith("BTC sold in part by hand: what is left is kept")
        ground.set_prices(ETH=14)
        second = closed(bot, 2)
        assert set(second["achieved"]) == {"ETH"}, "the others go on"
        ground.set_prices(ETH=10, BTC=150)
        bot.wait_loops(14)
        assert bot.records.held()["BTC"] == pytest.approx(3, abs=0.01)
        assert len(bot.records.journal("hands off")) == 1
        assert [flow for _, flow in bot.records.flows()] == [1000]
        count = len(bot.records.journal("closed"))
        command(bot, "resume")
        assert closed(bot, count + 1)["tag"].endswith(" resumed")
        assert weights(ground, BTC=150) == pytest.approx(TARGETS, abs=0.003)
        if place == "freqtrade":  # whose loop may look for what its API has just sold
            told = [line for line in bot.records.complaints if "Trying to recover" not in line]
            assert told == []


def test_a_trade_that_freqtrade_closes_with_coins_left_is_opened_again(tmp_path: Path) -> None:
    """It does so where it looks for missing coins and meets a sale of as many as are left."""
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        (trade,) = [t for t in bot.records.trades() if t["base_currency"] == "BTC"]
        bot.wait_loops(1)
        for amount in (round(trade["amount"] - 4, 5), 2):  # 2 were sold, and 2 are left
            order = {"tradeid": str(trade["id"]), "ordertype": "market", "amount": amount}
            bot.ask("POST", "forceexit", order)
            bot.wait_loops(2)
        bot.wait_for(lambda: bot.records.held().get("BTC") == 2)
        ground.trading.withdraw("BTC", Decimal(1))
        (flow,) = bot.wait_for(lambda: bot.records.journal("flow")[1:])
        assert (flow["asset"], flow["coins"]) == ("BTC", pytest.approx(-1, abs=0.01))
        bot.wait_loops(3)
        assert bot.records.held()["BTC"] == pytest.approx(1, abs=0.01)
        told = {line["text"] for line in bot.records.journal("trade reopened")}
        assert told == {"freqtrade closed the trade of BTC with 2 BTC left, and it is open again"}
        assert len(bot.records.journal("hands off")) == 1
        check_one_value(ground, bot, 900)
