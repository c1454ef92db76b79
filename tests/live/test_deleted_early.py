"""Trades that somebody deletes before the bot has taken stock of them."""

from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.exchange.book import Level
from sandbox.exchange.orders import Side
from tests.support.forked_bots import call_apart
from tests.support.live_bots import LiveBot
from tests.support.portfolio_bots import TARGETS, closed, trading_bot

pytestmark = pytest.mark.slow


def _delete(database: str, pair: str) -> None:
    from freqtrade.persistence import Trade, init_db

    init_db(database)
    for trade in Trade.get_trades([Trade.pair == pair]).all():
        trade.delete()


def delete_trade(bot: LiveBot, pair: str) -> None:
    """Delete the trade of a pair as freqtrade does; the bot must not be running."""
    assert not bot.alive
    call_apart(_delete, f"sqlite:///{bot.records.database}", pair)


@pytest.mark.parametrize("investment", [None, 1000.0])
def test_a_trade_deleted_in_its_first_round_is_neither_bought_again_nor_found_again(
    tmp_path: Path, investment: float | None
) -> None:
    """The bot waits for prices from its first orders on, and is killed while it does. What the
    trade had cost is a withdrawal all the same, be the account's cash the portfolio's or not."""
    policy, cash = {"investment": investment} if investment else {}, 3 * (investment or 0) or 1000
    with trading_bot(tmp_path, policy, balances={"USDT": cash}) as (ground, bot):
        ask = [Level(Decimal("100.1"), Decimal(100))]
        ground.exchange.set_book("BTC/USDT", [Level(Decimal(99), Decimal(100))], ask)
        bot.start()
        bot.wait_for(lambda: len(ground.trading.account.orders) == 2)
        ground.exchange.set_book("BTC/USDT", [], ask)
        bot.wait_for(lambda: bot.records.journal("waiting")[2:])
        bot.kill()
        delete_trade(bot, "ETH/USDT")
        ground.exchange.set_book("BTC/USDT", [], [])
        bot.start()
        (line,) = bot.wait_for(lambda: bot.records.journal("hands off"))
        assert line["assets"] == ["ETH"]
        assert [flow["amount"] for flow in bot.records.journal("flow")] == [
            pytest.approx(1000),
            pytest.approx(-1000 * TARGETS["ETH"], rel=0.01),
        ]
        closed(bot, 1)
        bot.wait_loops(3)
        assert bot.records.journal("found order") == []
        assert len(bot.records.journal("flow")) == 2
        buys = [o.pair for o in ground.trading.account.orders if o.side is Side.BUY]
        assert buys.count("ETH/USDT") == 1
