"""An order that rests while its pair ends: nobody can ask what became of it."""

from pathlib import Path

import pytest

from sandbox.listing import MarketStatus
from tests.portfolio_bots import closed, trading_bot

pytestmark = pytest.mark.slow
PATIENT = {"entry": 30, "exit": 30, "unit": "minutes"}


def test_a_round_waits_no_longer_for_an_order_of_a_pair_that_has_ended(tmp_path: Path) -> None:
    config = {"unfilledtimeout": PATIENT}
    with trading_bot(tmp_path, {"maker": "1h"}, kind="maker", config=config) as (ground, bot):
        account = ground.trading.account

        def resting() -> list[str]:
            return [order.pair for order in account.open_orders]

        bot.start()
        bot.wait_for(lambda: len(account.open_orders) == 2)
        ground.set_prices(BTC=99, ETH=9.9)
        closed(bot, 1)
        ground.set_prices(BTC=99, ETH=7)
        bot.wait_for(lambda: resting() == ["BTC/USDT"])
        ground.set_prices(BTC=99.5)
        bot.wait_for(lambda: resting() == ["ETH/USDT"])
        ground.exchange.set_status("ETH/USDT", MarketStatus.END)
        bot.kill()
        bot.start()
        (line,) = bot.wait_for(lambda: bot.records.journal("orders ended"))
        assert line["text"].startswith("ETH/USDT is listed no longer")
        closed(bot, 2)
        assert not [row for row in bot.records.orders() if row["ft_is_open"]]
