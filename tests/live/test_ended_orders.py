"""An order that rests while its pair ends: nobody can ask what became of it."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.exchange.fees import Fees
from sandbox.exchange.listing import MarketStatus
from tests.support.patience import PATIENCE
from tests.support.portfolio_bots import PRICES, trading_bot
from tests.support.portfolio_bots import closed as closed_round

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
        closed_round(bot, 1)
        ground.set_prices(BTC=99, ETH=7)
        bot.wait_for(lambda: resting() == ["BTC/USDT"])
        ground.set_prices(BTC=99.5)
        bot.wait_for(lambda: resting() == ["ETH/USDT"])
        ground.exchange.set_status("ETH/USDT", MarketStatus.END)
        bot.kill()
        bot.start()
        (line,) = bot.wait_for(lambda: bot.records.journal("orders ended"))
        assert line["text"].startswith("ETH/USDT is listed no longer")
        closed_round(bot, 2)
        assert not [row for row in bot.records.orders() if row["ft_is_open"]]


def test_ended_pairs_whose_fees_are_not_known_stop_no_other(tmp_path: Path) -> None:
    fees = Fees(Decimal("0.003"), Decimal("0.003"), "quote")
    targets = {"BTC": 0.4, "ETH": 0.3, "SOL": 0.3}
    prices = {**PRICES, "SOL": 5.0}
    with trading_bot(tmp_path, {"targets": targets}, fees=fees, prices=prices) as (ground, bot):
        bot.start()
        closed_round(bot, 1)
        bot.kill()
        database = bot.records.database
        with closing(sqlite3.connect(database, timeout=PATIENCE)) as other, other:
            # As after a further buy, and as after the first one.
            other.execute("UPDATE trades SET fee_open_currency = NULL")
            other.execute("UPDATE trades SET fee_open_cost = NULL WHERE pair = 'SOL/USDT'")
        for pair in ("ETH/USDT", "SOL/USDT"):
            ground.exchange.set_status(pair, MarketStatus.END)
        bot.start()
        (line,) = bot.wait_for(lambda: bot.records.journal("left out"))
        assert line["text"].startswith("ETH is left out")
        assert "SOL is left out" in line["text"]
        rates = {trade["base_currency"]: trade["fee_open"] for trade in bot.records.trades()}
        assert (rates["ETH"], rates["SOL"]) == (0.003, 0.001), "the trade's own, or the usual one"
