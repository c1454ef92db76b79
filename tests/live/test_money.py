"""Cash that comes and goes, coins that were there before, and several bots on one account."""

from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.exchange.fees import Fees
from sandbox.serving.faults import Fault
from tests.support.bot_configs import make_bot_config, with_api
from tests.support.live_bots import trading_ground
from tests.support.portfolio_bots import PRICES, TARGETS, check_books, closed, trading_bot, weights

pytestmark = pytest.mark.slow


def total(ground: object, asset: str) -> float:
    return float(ground.trading.account.balances[asset].total)  # type: ignore[attr-defined]


def test_a_deposit_and_a_withdrawal_are_cash_flows_and_drift(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.trading.deposit("USDT", Decimal(200))
        second = closed(bot, 2)
        assert second["tag"].startswith("r1 threshold USDT +13.")
        assert all(value > 0 for value in second["achieved"].values()), "nothing had to be sold"
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        ground.trading.withdraw("USDT", Decimal(150))
        third = closed(bot, 3)
        assert all(value < 0 for value in third["achieved"].values())
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        assert [flow for _, flow in bot.records.flows()] == pytest.approx([1000, 200, -150])
        check_books(ground, bot)


def test_a_flow_smaller_than_a_rounds_fees_is_one_all_the_same(tmp_path: Path) -> None:
    """It comes when an order has filled and the bot does not know: both are settled together."""
    with trading_bot(tmp_path) as (ground, bot):

        def withdraw_before_the_last_answer(orders: int, amount: str) -> None:
            bot.wait_for(lambda: len(ground.trading.account.orders) == orders)
            ground.trading.withdraw("USDT", Decimal(amount))

        ground.faults.add(Fault("late", "POST", "/api/v3/order", seconds=1.5, skip=1))
        bot.start()
        withdraw_before_the_last_answer(2, "0.5")  # fees: 0.8 USDT, in coins
        closed(bot, 1)
        ground.faults.add(Fault("late", "POST", "/api/v3/order", seconds=1.5))
        ground.set_prices(BTC=120)
        withdraw_before_the_last_answer(3, "0.02")  # the sell, whose fee is 0.06 USDT
        closed(bot, 2)
        bot.wait_for(lambda: len(bot.records.flows()) == 3)
        flows = [flow for _, flow in bot.records.flows()]
        assert flows == pytest.approx([1000, -0.5, -0.02], abs=0.002)
        check_books(ground, bot)


def test_a_pair_that_is_free_of_fees_no_longer_makes_no_flow(tmp_path: Path) -> None:
    none = Fees(maker=Decimal(0), taker=Decimal(0), asset="quote")
    with trading_bot(tmp_path, fees=none) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=120)
        closed(bot, 2)
        dear = Fees(taker=Decimal("0.02"), asset="quote")
        ground.trading.account.set_fees(dear, "BTC/USDT")
        ground.set_prices(BTC=145)
        closed(bot, 3)
        bot.wait_loops(3)
        assert [flow for _, flow in bot.records.flows()] == [1000]


@pytest.mark.parametrize("dry_run", [False, True])
def test_coins_that_are_there_become_part_of_the_portfolio(tmp_path: Path, dry_run: bool) -> None:
    balances = {"USDT": 1000, "BTC": 10, "ETH": 30, "SOL": 5}
    config = {"dry_run_wallet": dict(balances)}
    policy = {"adopt_holdings": True}
    with trading_bot(tmp_path, policy, balances=balances, dry_run=dry_run, config=config) as (
        ground,
        bot,
    ):
        bot.start()
        first = closed(bot, 1)
        lines = bot.records.journal("adopted")
        assert {line["asset"]: line["amount"] for line in lines} == pytest.approx(
            {"BTC": 10, "ETH": 30}, rel=1e-3
        )
        assert first["nav_before"] == pytest.approx(2300, rel=1e-3)
        assert first["weights_after"] == pytest.approx(TARGETS, abs=0.003)
        assert first["achieved"] == pytest.approx({"BTC": 150, "ETH": 390}, rel=0.02)
        assert [flow for _, flow in bot.records.flows()] == [1000]
        bot.stop()
        bot.start()
        bot.wait_loops(14)
        assert len(bot.records.journal("adopted")) == 2, "nothing is adopted twice"
        assert len(bot.records.journal("round")) == 1
        assert [flow for _, flow in bot.records.flows()] == [1000]
        if not dry_run:
            check_books(ground, bot)


def test_no_more_is_adopted_than_the_targets_want(tmp_path: Path) -> None:
    balances = {"USDT": 500, "BTC": 100}
    with trading_bot(tmp_path, {"adopt_holdings": True}, balances=balances) as (ground, bot):
        bot.start()
        closed(bot, 1)
        (line,) = bot.records.journal("adopted")
        assert line["amount"] == pytest.approx(5, rel=1e-3), "half of a portfolio of 1000"
        assert total(ground, "BTC") == pytest.approx(100, rel=1e-3), "no coin of the user's is sold"
        ground.set_prices(BTC=93)  # a little is missing, and 95 BTC are the user's
        bot.wait_loops(14)
        assert len(bot.records.journal("adopted")) == 1, "what was seen and left stays left"
        ground.trading.deposit("BTC", Decimal(3))
        second = bot.wait_for(lambda: bot.records.journal("adopted")[1:])[0]
        assert 0 < second["amount"] < 0.5, "of the new ones no more than is missing"
        check_books(ground, bot)


def test_all_of_the_coins_may_be_adopted_and_those_that_arrive(tmp_path: Path) -> None:
    balances = {"USDT": 500, "BTC": 15}
    with trading_bot(tmp_path, {"adopt_holdings": "all"}, balances=balances) as (ground, bot):
        bot.start()
        first = closed(bot, 1)
        assert first["nav_before"] == pytest.approx(2000, rel=1e-3)
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        ground.trading.deposit("ETH", Decimal(50))
        second = closed(bot, 2)
        assert second["nav_before"] == pytest.approx(2500, rel=2e-3)
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        check_books(ground, bot)


def test_coins_left_before_are_adopted_once_all_of_them_are_asked_for(tmp_path: Path) -> None:
    balances = {"USDT": 1000, "BTC": 100}
    with trading_bot(tmp_path, {"adopt_holdings": True}, balances=balances) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        bot.reload(rebalance={**bot.config["rebalance"], "adopt_holdings": "all"})
        line = bot.wait_for(lambda: bot.records.journal("adopted")[1:])[0]
        assert line["text"].startswith("adopted ")
        closed(bot, 2)
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        check_books(ground, bot)


def test_coins_are_left_alone_if_not_told_otherwise(tmp_path: Path) -> None:
    balances = {"USDT": 1000, "BTC": 7, "SOL": 3}
    with trading_bot(tmp_path, balances=balances) as (ground, bot):
        bot.start()
        first = closed(bot, 1)
        assert first["nav_before"] == 1000
        assert bot.records.held()["BTC"] == pytest.approx(5, rel=0.01)
        assert total(ground, "BTC") == pytest.approx(12, rel=0.01)
        assert total(ground, "SOL") == 3


def test_a_changed_investment_is_a_cash_flow(tmp_path: Path) -> None:
    with trading_bot(tmp_path, {"investment": 500}, balances={"USDT": 2000}) as (ground, bot):
        bot.start()
        assert closed(bot, 1)["nav_before"] == 500
        bot.stop()
        bot.configure(rebalance={**bot.config["rebalance"], "investment": 800})
        bot.start()
        assert closed(bot, 2)["nav_after"] == pytest.approx(800, rel=0.002)
        bot.stop()
        bot.configure(rebalance={**bot.config["rebalance"], "investment": 300})
        bot.start()
        line = closed(bot, 3)
        assert line["nav_after"] == pytest.approx(300, rel=0.005)
        assert line["tag"] == "r2 withdrawal"
        assert [flow for _, flow in bot.records.flows()] == pytest.approx([500, 300, -500])
        assert total(ground, "USDT") > 1700
        check_books(ground, bot)
        bot.stop()
        ground.set_prices(BTC=60, ETH=6)
        bot.configure(rebalance={**bot.config["rebalance"], "investment": 10})
        bot.start()
        (line,) = bot.wait_for(lambda: bot.records.journal("debt"))
        assert "raise rebalance.investment" in line["text"]
        bot.wait_loops(3)
        assert len(bot.records.journal("round")) == 3


def test_two_bots_share_an_account(tmp_path: Path) -> None:
    """Each one keeps to its investment and knows its own orders."""
    policy = {"targets": TARGETS, "threshold": 0.03}
    with trading_ground(tmp_path, PRICES, {"USDT": 1000}) as ground:
        bots = [
            ground.bot(
                make_bot_config({**policy, "investment": money}, list(PRICES), dry_run=False), name
            )
            for name, money in (("one", 300), ("two", 600))
        ]
        try:
            for bot in bots:
                bot.start()
            for bot in bots:
                closed(bot, 1)
            ground.set_prices(BTC=130)
            lines = [closed(bot, 2) for bot in bots]
        finally:
            for bot in bots:
                bot.kill()
        for bot, line, money in zip(bots, lines, (300, 600), strict=True):
            assert line["nav_before"] == pytest.approx(money * 1.15, rel=0.01)
            assert line["weights_after"] == pytest.approx(TARGETS, abs=0.003)
            assert [flow for _, flow in bot.records.flows()] == [money]
            assert bot.records.complaints == []
        known = [order["order_id"] for bot in bots for order in bot.records.orders()]
        assert sorted(known, key=int) == [str(o.id) for o in ground.trading.account.orders]
