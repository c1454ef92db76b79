"""Trades that never become an order: known before where they can be, told where they cannot."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancing.cli.journal import event_line
from sandbox.exchange.fees import Fees
from sandbox.exchange.market_rules import checked_rules
from sandbox.exchange.orders import OrderType, Side
from tests.support.bot_clock import let_time_pass
from tests.support.bot_configs import with_api
from tests.support.live_bots import LiveBot
from tests.support.portfolio_bots import TARGETS, closed, trading_bot, weights

pytestmark = pytest.mark.slow
HALTED = "ETH: buy refused: binance Market is closed"


def test_an_asset_whose_orders_are_refused_is_left_out_for_a_while(tmp_path: Path) -> None:
    """The round says which trade failed and why, the others take up the cash, and after a pause
    the asset is traded again."""
    targets = {"BTC": 0.4, "ETH": 0.3, "SOL": 0.2, "USDT": 0.1}
    prices = {"BTC": 100.0, "ETH": 10.0, "SOL": 5.0}
    with trading_bot(tmp_path, {"targets": targets}, prices=prices) as (ground, bot):
        bot.start()
        assert closed(bot, 1)["reason"] is None
        ground.exchange.halted.add("ETH/USDT")
        ground.set_prices(BTC=130)
        line = closed(bot, 2)
        assert (line["outcome"], line["reason"]) == ("gave up", HALTED)
        assert f"gave up ({HALTED})" in event_line(line)
        # The journal's line comes first, the message and the state after it.
        bot.wait_for(lambda: f"gave up ({HALTED})" in bot.records.log)
        bot.wait_for(lambda: HALTED in "".join(bot.records.values().values()))
        assert closed(bot, 3)["outcome"] == "done"
        now = weights(ground, BTC=130, SOL=5)
        kept = 0.3 / 1.12
        assert now["ETH"] == pytest.approx(kept, abs=0.003)
        for asset in ("BTC", "SOL", "USDT"):
            assert now[asset] == pytest.approx(targets[asset] / 0.7 * (1 - kept), abs=0.01)
        orders = len(ground.trading.account.orders)
        bot.wait_loops(4)
        assert len(ground.trading.account.orders) == orders
        (told,) = bot.records.journal("left out")
        assert "ETH is left out: 3 orders in a row failed" in told["text"]
        bot.stop()
        ground.exchange.halted.clear()
        let_time_pass(bot, 61)
        bot.start()
        assert closed(bot, 4)["outcome"] == "done"
        assert weights(ground, BTC=130, SOL=5) == pytest.approx(targets, abs=0.01)


DEAR = Decimal("0.012")
QUOTE = Fees(maker=DEAR, taker=DEAR, asset="quote")


@pytest.mark.parametrize(
    "targets",
    [
        pytest.param({"BTC": 0.5, "ETH": 0.5}, id="the first fill tells the rate"),
        pytest.param({"BTC": 0.995, "USDT": 0.005}, id="the first order is refused"),
    ],
)
def test_a_fee_above_the_configured_one_keeps_nothing_from_being_bought(
    tmp_path: Path, targets: dict[str, float]
) -> None:
    prices = {asset: 100.0 for asset in targets if asset != "USDT"}
    policy = {"targets": targets}
    config = {"fee": 0.001}
    with trading_bot(tmp_path, policy, prices=prices, fees=QUOTE, config=config) as (_, bot):
        bot.start()
        line = closed(bot, 1)
        assert line["outcome"] == "done"
        for asset in prices:
            assert line["weights_after"][asset] == pytest.approx(targets[asset], abs=0.035)
        bot.wait_loops(2)
        (told,) = bot.records.journal("fee")
        assert "charges a fee of 1.200 %, 0.100 % is configured" in told["text"]
        bot.restart()
        bot.wait_loops(2)
        assert len(bot.records.journal("fee")) == 1


def test_what_is_larger_than_the_largest_order_is_bought_and_sold_in_several(
    tmp_path: Path,
) -> None:
    """Buys that open a trade and add to it, and sells, each in more orders than a round has
    tries."""
    largest = {"BTC": "2", "ETH": "5"}
    with trading_bot(tmp_path) as (ground, bot):
        for asset, most in largest.items():
            pair = f"{asset}/USDT"
            rules = checked_rules(pair, {"max_market_qty": most})
            ground.exchange.listing.set_rules(pair, rules)
        bot.start()
        assert closed(bot, 1)["outcome"] == "done"
        assert weights(ground) == pytest.approx(TARGETS, abs=0.01)
        ground.set_prices(ETH=100)
        assert closed(bot, 2)["outcome"] == "done"
        assert weights(ground, ETH=100) == pytest.approx(TARGETS, abs=0.01)
        orders = ground.trading.account.orders
        assert len(orders) > 15
        assert all(float(o.amount) <= float(largest[o.pair.split("/")[0]]) for o in orders)
        assert bot.records.complaints == []


def lock(bot: LiveBot, pair: str) -> None:
    """Lock a pair in freqtrade's database, as its API does."""
    now = datetime.now(UTC)
    row = (pair, "*", "by hand", f"{now:%F %T}", f"{now + timedelta(days=1):%F %T}", True)
    columns = "pair, side, reason, lock_time, lock_end_time, active"
    with closing(sqlite3.connect(bot.records.database)) as connection, connection:
        connection.execute(f"INSERT INTO pairlocks ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)


def test_nothing_is_sold_for_a_pair_that_is_locked(tmp_path: Path) -> None:
    """A target that is added while its pair is locked is bought once the lock is gone."""
    before, after = {"BTC": 0.9, "USDT": 0.1}, {"BTC": 0.45, "ETH": 0.45, "USDT": 0.1}
    with trading_bot(tmp_path, {"targets": before}, config=with_api({})) as (ground, bot):
        pairs = bot.config["exchange"]["pair_whitelist"]
        bot.configure(exchange={**bot.config["exchange"], "pair_whitelist": pairs[:1]})
        bot.start()
        closed(bot, 1)
        bot.stop()
        lock(bot, "ETH/USDT")
        bot.configure(
            exchange={**bot.config["exchange"], "pair_whitelist": pairs},
            rebalance={**bot.config["rebalance"], "targets": after},
        )
        bot.start()
        (line,) = bot.wait_for(lambda: bot.records.journal("no round"))
        assert "ETH: cannot be traded now" in line["text"]
        bot.wait_loops(3)
        assert len(ground.trading.account.orders) == 1
        bot.ask("DELETE", "locks/1")
        assert closed(bot, 2)["outcome"] == "done"
        assert weights(ground) == pytest.approx(after, abs=0.01)


def test_an_emergency_exit_counts_in_its_round(tmp_path: Path) -> None:
    """The sell rests at its own side of the book, freqtrade cancels it and sells at market."""
    config = {
        "unfilledtimeout": {"entry": 2, "exit": 1, "exit_timeout_count": 1, "unit": "seconds"},
        "exit_pricing": {"price_side": "same"},
    }
    with trading_bot(tmp_path, config=config) as (ground, bot):
        bot.configure(order_types={**bot.config["order_types"], "exit": "limit"})
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=120)
        line = closed(bot, 2)
        (sold,) = [o for o in ground.trading.account.orders if o.side is Side.SELL and o.filled]
        assert sold.type is OrderType.MARKET
        assert line["achieved"]["BTC"] == pytest.approx(-float(sold.filled) * 120, rel=0.01)
        assert {o["ft_order_tag"] for o in bot.records.orders()[2:]} == {line["tag"]}
        assert line["outcome"] == "done"
