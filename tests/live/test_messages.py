"""The messages of a bot are true when they arrive: every round has a start and an end."""

import re
from pathlib import Path

import pytest

from tests.support.forked_bots import call_apart
from tests.support.live_bots import LiveBot
from tests.support.portfolio_bots import closed, trading_bot

pytestmark = pytest.mark.slow


def messages(bot: LiveBot) -> list[str]:
    """Return what was sent to the user, oldest first, without amounts."""
    found = re.findall(r"Sending rpc strategy_msg: Rebalancing:? (.*)", bot.records.log)
    return [re.split(r":|, the journal", text)[0] for text in found]


def announce(database: str, tag: str) -> None:
    from freqtrade.persistence import init_db

    from rebalancing.freqtrade_side.records import store

    init_db(database)
    store.save_state({**(store.load_state() or {}), "announced": tag})


def test_every_start_has_an_end_whatever_ends_the_bot(tmp_path: Path) -> None:
    with trading_bot(tmp_path, {"maker": "1m"}, kind="maker") as (ground, bot):
        bot.start()
        bot.wait_for(lambda: len(ground.trading.account.open_orders) == 2)
        bot.wait_for(lambda: messages(bot) == ["r0 initial is under way"])
        bot.kill()
        bot.start()
        bot.wait_for(lambda: messages(bot)[1:] == ["r0 initial goes on after a restart"])
        bot.kill()
        targets = {"BTC": 0.4, "ETH": 0.4, "USDT": 0.2}
        bot.configure(rebalance={**bot.config["rebalance"], "targets": targets})
        bot.start()
        dropped = "r0 initial has ended"
        bot.wait_for(lambda: messages(bot)[2:4] == [dropped, "r1 targets changed is under way"])
        ground.set_prices(BTC=99, ETH=9.9)
        closed(bot, 1)
        bot.wait_for(lambda: messages(bot)[4:] == ["r1 targets changed done"])
        bot.wait_loops(2)
        bot.kill()
        database = f"sqlite:///{bot.records.database}"
        bot.start()
        bot.wait_loops(2)
        bot.kill()
        assert len(messages(bot)) == 5, "it was told before"
        call_apart(announce, database, "r1 targets changed")
        bot.start()
        bot.wait_for(
            lambda: messages(bot)[5:] == ["r1 targets changed had ended before the restart"]
        )
