"""Trades that never become an order: known before where they can be, told where they cannot."""

from pathlib import Path

import pytest

from rebalancing.cli.journal import event_line
from tests.portfolio_bots import closed, trading_bot

pytestmark = pytest.mark.slow
HALTED = "ETH: buy refused: binance Market is closed"


def test_a_round_that_gives_up_says_which_trade_and_why(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        assert closed(bot, 1)["reason"] is None
        ground.exchange.halted.add("ETH/USDT")
        ground.set_prices(BTC=120)
        line = closed(bot, 2)
        assert line["outcome"] == "gave up"
        assert line["reason"] == HALTED
        assert f"gave up ({HALTED})" in event_line(line)
        assert f"gave up ({HALTED})" in bot.records.log
        assert HALTED in "".join(bot.records.values().values())
