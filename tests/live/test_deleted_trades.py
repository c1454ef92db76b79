"""Trades that somebody deletes from freqtrade's database: hands off, and no order is lost."""

import json
from pathlib import Path

import pytest

from rebalancing.account.cash_book import Booked
from rebalancing.state import State
from tests.live.test_changes import command
from tests.support.bot_configs import with_api
from tests.support.outside_views import seen_from_outside
from tests.support.portfolio_bots import TARGETS, closed, trading_bot

pytestmark = pytest.mark.slow


def test_a_deleted_trade_is_hands_off_and_its_reused_numbers_hide_no_order(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        bot.wait_loops(2)
        newest = max(bot.records.trades(), key=lambda trade: trade["id"])
        asset = newest["base_currency"]
        bot.ask("DELETE", f"trades/{newest['id']}")
        (line,) = bot.wait_for(lambda: bot.records.journal("hands off"))
        assert line["assets"] == [asset]
        (flow,) = bot.records.journal("flow")[1:]
        assert flow["asset"] == asset
        assert flow["amount"] == pytest.approx(-1000 * TARGETS[asset], rel=0.01)
        assert line["text"].startswith(f"{asset} trade deleted: ")
        bot.restart()
        bot.wait_loops(3)
        buys = [o.pair for o in ground.trading.account.orders if o.side.value == "BUY"]
        assert buys.count(f"{asset}/USDT") == 1, "it is not bought again"
        told, figures = seen_from_outside(ground, bot)
        assert figures["nav"] == pytest.approx(json.loads(told)["status"]["nav"], rel=5e-4)
        assert figures["total_return"] == pytest.approx(0, abs=3e-3), "its coins are no loss"
        command(bot, "resume")
        bot.wait_for(lambda: asset in bot.records.held())
        bot.wait_loops(4)
        assert len(bot.records.journal("flow")) == 2, "and nothing else came or went"


def test_the_book_of_an_older_version_is_read() -> None:
    book = {"expected": 400.0, "invested": 1000.0, "last_order": 7}
    kept = State.model_validate({"targets": {}, "book": book}).book
    assert kept is not None
    assert kept.booked == Booked(7)
