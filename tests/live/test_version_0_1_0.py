"""Bots of today go on where bots of version 0.1.0 ended."""

import json
from pathlib import Path

import pytest

from rebalancing.cli.journal import event_line
from tests.support.bot_clock import kept_state
from tests.support.live_bots import Ground, LiveBot
from tests.support.old_bots import left_by_0_1_0
from tests.support.outside_views import seen_from_outside
from tests.support.portfolio_bots import TARGETS, check_books, closed, weights

pytestmark = pytest.mark.slow
ROUND = "r1 threshold BTC +4.5pp"


def check_views(ground: Ground, bot: LiveBot) -> None:
    """Status, journal and report read what both versions have written."""
    status, figures = seen_from_outside(ground, bot)
    told = json.loads(status)
    assert told["status"]["nav"] == pytest.approx(1098.9, abs=0.5)
    assert [amount for _, amount in told["flows"]] == [1000]
    assert figures["rounds"] == 1, "besides the initial allocation"
    lines = bot.records.journal()
    assert {line["version"] for line in lines if line["event"] == "start"} == {"0.1.0", "0.2.0"}
    assert all(event_line(line) for line in lines)


def test_an_idle_bot_stays_idle_and_counts_its_rounds_on(tmp_path: Path) -> None:
    with left_by_0_1_0(tmp_path, "idle") as (ground, bot):
        before = kept_state(bot)
        assert before["bot"] == "0.1.0"
        orders = len(ground.trading.account.orders)
        bot.start()
        bot.wait_loops(4)
        assert len(ground.trading.account.orders) == orders
        assert bot.records.flows()[0][1] == 1000
        assert len(bot.records.flows()) == 1
        state = kept_state(bot)
        for name in ("number", "round", "targets", "mark", "seen", "dry_run", "flows", "paused"):
            assert state[name] == before[name], name
        assert state["cash"] == pytest.approx(before["cash"], rel=1e-9)
        held = bot.records.held()
        assert state["amounts"] == pytest.approx(held, abs=1e-6)
        assert state["prices"] == pytest.approx(before["prices"], rel=1e-3)
        assert state["book"]["invested"] == before["book"]["invested"]
        check_views(ground, bot)
        ground.set_prices(BTC=150)
        line = closed(bot, 3)
        assert line["tag"].startswith("r2 threshold BTC")
        assert weights(ground, BTC=150) == pytest.approx(TARGETS, abs=0.003)
        check_books(ground, bot)


@pytest.mark.parametrize("life", ["open_round", "lost_answer"])
def test_a_round_goes_on_and_nothing_is_traded_twice(tmp_path: Path, life: str) -> None:
    with left_by_0_1_0(tmp_path, life) as (ground, bot):
        before = kept_state(bot)
        assert (before["bot"], before["round"]["number"]) == ("0.1.0", 1)
        bot.start()
        line = closed(bot, 2)
        assert (line["tag"], line["outcome"]) == (ROUND, "done")
        assert line["nav_before"] == before["opening"]["nav"]
        assert line["weights_before"] == before["opening"]["weights"]
        traded = [(order.pair, str(order.side)) for order in ground.trading.account.orders[2:]]
        assert [pair for pair, _ in traded] == ["BTC/USDT", "ETH/USDT"]
        assert weights(ground, BTC=120) == pytest.approx(TARGETS, abs=0.002)
        bot.wait_loops(3)
        assert len(ground.trading.account.orders) == 4
        assert [amount for _, amount in bot.records.flows()] == [1000]
        check_views(ground, bot)
        exchange = {str(o.id): float(o.filled) for o in ground.trading.account.orders}
        assert {o["order_id"]: o["filled"] for o in bot.records.orders()} == exchange
