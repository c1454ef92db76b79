"""Targets without a price: those that never had one, and those that ended."""

import json
from pathlib import Path

import pytest

from sandbox.exchange.listing import MarketStatus
from tests.live.test_changes import command
from tests.support.live_bots import Ground, LiveBot
from tests.support.outside_views import previewed, seen_from_outside
from tests.support.portfolio_bots import PRICES, closed, trading_bot, weights

pytestmark = pytest.mark.slow
WHY = "the exchange does not trade it"


def notes(ground: Ground, bot: LiveBot) -> dict[str, str]:
    members = json.loads(seen_from_outside(ground, bot)[0])["status"]["members"]
    return {member["asset"]: member["note"] for member in members if member["note"]}


def test_a_target_that_is_not_listed_waits_and_one_that_ended_is_left_out(tmp_path: Path) -> None:
    targets = {"BTC": 0.4, "ETH": 0.2, "SOL": 0.2, "USDT": 0.2}
    with trading_bot(tmp_path, {"targets": targets}, prices={**PRICES, "SOL": 5.0}) as (
        ground,
        bot,
    ):
        ground.exchange.set_status("SOL/USDT", MarketStatus.END)
        bot.start()
        first = closed(bot, 1)
        (line,) = bot.records.journal("left out")
        assert line["text"].startswith(
            f"SOL has had no price yet: {WHY}. Its weight is held in cash"
        )
        assert (first["without"], set(first["achieved"])) == ({"SOL": WHY}, {"BTC", "ETH"})
        assert weights(ground) == pytest.approx({"BTC": 0.4, "ETH": 0.2, "USDT": 0.4}, abs=0.003)
        waiting = f"no price yet, held in cash until it has one: {WHY}"
        assert notes(ground, bot) == {"SOL": waiting}
        assert previewed(bot)["without"] == {"SOL": WHY}
        command(bot, "resume")
        second = closed(bot, 2)
        assert weights(ground) == pytest.approx({"BTC": 0.5, "ETH": 0.25, "USDT": 0.25}, abs=0.003)
        assert second["without"] == {"SOL": WHY}
        assert notes(ground, bot) == {"SOL": f"left out: {WHY}"}
        bot.stop()
        ground.exchange.set_status("ETH/USDT", MarketStatus.END)
        bot.start()
        bot.wait_for(lambda: len(bot.records.journal("left out")) == 3)
        ground.set_prices(BTC=150)
        third = closed(bot, 3)
        assert third["without"] == {"ETH": WHY, "SOL": WHY}
        assert bot.records.journal("round")[2]["without"] == {"ETH": WHY, "SOL": WHY}
        for said in (f"without ETH: {WHY}; without SOL", f"Rebalancing: ETH is left out: {WHY}"):
            assert said in "".join(t for t in bot.records.log.splitlines() if "rpc strategy" in t)
        assert set(notes(ground, bot)) == {"ETH", "SOL"}


def test_no_coins_leave_a_dry_run_as_their_pair_ends(tmp_path: Path) -> None:
    """freqtrade's simulated wallet no longer tells of coins whose pair is not listed."""
    config = {"dry_run_wallet": 1000}
    with trading_bot(tmp_path, dry_run=True, config=config) as (ground, bot):
        bot.start()
        closed(bot, 1)
        bot.wait_loops(1)
        bot.stop()
        ground.exchange.set_status("ETH/USDT", MarketStatus.END)
        bot.start()
        bot.wait_for(lambda: bot.records.journal("left out"))
        bot.wait_loops(6)
        assert len(bot.records.journal("flow")) == 1
        assert bot.records.held()["ETH"] == pytest.approx(30, rel=0.01)
