"""A sale by hand that freqtrade does not find: no withdrawal, no deposit, and not bought back."""

from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.serving.faults import Fault
from tests.live.test_changes import command
from tests.support.bot_configs import with_api
from tests.support.exchanges import market
from tests.support.portfolio_bots import TARGETS, closed, trading_bot, weights
from tests.support.slow_strategy import Gate

pytestmark = pytest.mark.slow

NOT_TOLD = Fault("status", "GET", "/api/v3/allOrders", status=500)
"""The answer when freqtrade looks for what is missing, which it does once."""


def test_a_sale_that_freqtrade_does_not_find_is_found_by_the_bot(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        bot.wait_loops(2)
        held = bot.records.held()["BTC"]
        ground.faults.add(NOT_TOLD)
        for amount in (2, round(held - 2, 5)):
            ground.trading.place(market("sell", amount))
        (line,) = bot.wait_for(lambda: bot.records.journal("hands off"))
        assert line["text"].startswith("BTC sold by hand")
        found = bot.records.journal("found order")
        assert sorted(line["filled"] for line in found) == pytest.approx([2, held - 2], abs=0.01)
        bot.wait_loops(3)
        assert [flow for _, flow in bot.records.flows()] == [1000]
        assert len(bot.records.journal("round")) == 1, "nothing is bought back"
        assert "BTC" not in bot.records.held()
        command(bot, "resume")
        closed(bot, 2)
        assert weights(ground) == pytest.approx(TARGETS, abs=0.005)


@pytest.mark.parametrize("kept", [3, 0], ids=["a part", "all"])
def test_a_sale_between_a_decision_and_its_orders_is_not_bought_back(
    tmp_path: Path, kept: int
) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        gate = Gate(bot)
        bot.start()
        closed(bot, 1)
        bot.wait_loops(1)
        gate.shut()
        ground.trading.deposit("USDT", Decimal(500))  # a round that only buys
        gate.wait()
        (trade,) = [t for t in bot.records.trades() if t["base_currency"] == "BTC"]
        order = {"tradeid": str(trade["id"]), "ordertype": "market"}
        if kept:
            order["amount"] = round(trade["amount"] - kept, 5)
        bot.ask("POST", "forceexit", order)
        gate.open()
        (line,) = bot.wait_for(lambda: bot.records.journal("hands off"))
        assert line["assets"] == ["BTC"]
        closed(bot, 2)
        bot.wait_loops(3)
        assert bot.records.held().get("BTC", 0) == pytest.approx(kept, abs=0.01)
