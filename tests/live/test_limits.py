"""What gets a bot going again that a limit has stopped, through real processes."""

from pathlib import Path

import pytest

from tests.live.test_changes import command
from tests.support.live_bots import LiveBot
from tests.support.portfolio_bots import TARGETS, check_books, closed, trading_bot, weights

pytestmark = pytest.mark.slow


def stopped(bot: LiveBot, count: int) -> str:
    """Wait for so many stops and return what the newest says."""
    lines = bot.wait_for(lambda: bot.records.journal("stopped")[count - 1 :])
    return str(lines[0]["text"])


def test_resume_begins_the_day_anew(tmp_path: Path) -> None:
    with trading_bot(tmp_path, {"limits": {"day_rounds": 1}}) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=120)
        closed(bot, 2)
        ground.set_prices(BTC=145)
        assert "limits.day_rounds: 2" in stopped(bot, 1)
        command(bot, "resume")
        assert closed(bot, 3)["outcome"] == "done"
        assert weights(ground, BTC=145) == pytest.approx(TARGETS, abs=0.003)
        bot.restart()
        ground.set_prices(BTC=175)
        stopped(bot, 2)  # what was done since counts, after a restart too
        check_books(ground, bot)


def test_a_round_that_is_asked_for_starts_in_spite_of_them(tmp_path: Path) -> None:
    with trading_bot(tmp_path, {"limits": {"round_turnover": 0.045}}) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=140)
        assert "limits.round_turnover" in stopped(bot, 1)
        command(bot, "now")
        second = closed(bot, 2)
        assert (second["tag"].split()[1], second["outcome"]) == ("asked", "done")
        assert weights(ground, BTC=140) == pytest.approx(TARGETS, abs=0.003)
        ground.set_prices(BTC=160)
        assert closed(bot, 3)["outcome"] == "done", "and it goes on"
        command(bot, "pause", "c0ffee01")
        command(bot, "now", "c0ffee02")
        assert "resume first" in bot.records.values()["rebalance.answer"], "a pause stays one"
        check_books(ground, bot)
