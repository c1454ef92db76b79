"""Rounds of a real ``freqtrade trade`` on the local exchange, live and dry-run."""

from pathlib import Path

import pytest

from sandbox.book import Depth
from sandbox.orders import OrderType, Side, Status
from tests.bot_clock import let_time_pass
from tests.live_scenes import PRICES, scene

HALVES = {"BTC": 0.5, "ETH": 0.5}
HOUR = 3_600.0  # seconds

pytestmark = pytest.mark.slow


def test_a_live_bot_buys_its_targets_and_brings_them_back(tmp_path: Path) -> None:
    targets = {"BTC": 0.5, "ETH": 0.3, "USDT": 0.2}
    with scene(tmp_path, {"targets": targets, "threshold": 0.05}) as seen:
        first = seen.closed(0)
        assert (first["tag"], first["outcome"]) == ("r0 initial", "done")
        assert seen.weights() == pytest.approx(targets, abs=0.006)

        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.5)
        second = seen.closed(1)
        assert second["tag"] == "r1 threshold BTC +10.0pp"
        assert seen.weights() == pytest.approx(targets, abs=0.006)
        tags = {row["ft_order_tag"] for row in seen.records.orders()}
        assert tags == {"r0 initial", "r1 threshold BTC +10.0pp"}

        seen.ground.trading.deposit("USDT", 500)
        third = seen.closed(2)
        assert third["tag"].startswith("r2 threshold USDT +")
        assert {trade["asset"] for trade in seen.records.journal("round")[2]["trades"]} == {
            "BTC",
            "ETH",
        }
        assert seen.weights() == pytest.approx(targets, abs=0.006)
        seen.ground.trading.withdraw("USDT", 250)
        fourth = seen.closed(3)
        assert fourth["tag"].startswith("r3 threshold USDT -")
        assert seen.weights() == pytest.approx(targets, abs=0.006)
        assert [amount for _, amount in seen.records.flows()] == [1000, 500, -250]
        seen.stop(clean=True)
        seen.check_books()


def test_a_dry_run_buys_and_brings_back_without_an_order(tmp_path: Path) -> None:
    with scene(tmp_path, {"targets": HALVES, "threshold": 0.05}, dry_run=True) as seen:
        assert seen.closed(0)["outcome"] == "done"
        seen.ground.set_prices(ETH=PRICES["ETH"] * 1.4)
        line = seen.closed(1)
        assert line["tag"] in ("r1 threshold ETH +8.3pp", "r1 threshold BTC -8.3pp")
        assert line["weights_after"]["BTC"] == pytest.approx(0.5, abs=0.006)
        held = seen.records.held()
        value = {asset: held[asset] * seen.ground.exchange.price(f"{asset}/USDT") for asset in held}
        assert value["BTC"] == pytest.approx(value["ETH"], rel=0.02)
        assert seen.orders == ()
        seen.stop(clean=True)


def test_a_period_is_served_once_however_long_the_bot_was_away(tmp_path: Path) -> None:
    with scene(tmp_path, {"targets": HALVES, "period": "1h"}) as seen:
        seen.closed(0)
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.1)
        seen.bot.wait_loops(3)
        assert len(seen.records.journal("round")) == 1  # the boundary is an hour away
        seen.bot.stop()
        let_time_pass(seen.bot, 5.5 * HOUR)
        seen.bot.start()
        assert seen.closed(1)["tag"] == "r1 period"
        assert seen.weights()["BTC"] == pytest.approx(0.5, abs=0.006)
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.2)
        seen.bot.wait_loops(4)
        assert len(seen.records.journal("round")) == 2
        seen.stop()
        seen.check_books()


def test_limit_orders_fill_in_part_expire_and_are_planned_again(tmp_path: Path) -> None:
    thin = {"depth": Depth(level_value=60)}
    with scene(tmp_path, {"targets": HALVES, "threshold": 0.05}, kind="limit", ground=thin) as seen:
        part = seen.bot.wait_for(
            lambda: [order for order in seen.orders if order.status is Status.PARTIALLY_FILLED]
        )[0]
        assert part.type is OrderType.LIMIT
        # Nobody else trades: what is left expires and is planned again.
        again = seen.bot.wait_for(lambda: seen.records.journal("plan"))[0]
        assert (again["round"], again["try"]) == (0, 2)

        def traders_come() -> bool:
            for asset, price in PRICES.items():
                seen.ground.set_prices(**{asset: price})
            return bool(seen.records.journal("closed"))

        seen.bot.wait_for(traders_come)
        assert seen.closed(0)["outcome"] == "done"
        assert seen.weights()["BTC"] == pytest.approx(0.5, abs=0.01)
        assert max(float(order.filled * order.price) for order in seen.orders) < 500
        seen.stop()
        seen.check_books()


def test_a_maker_waits_at_the_best_price_and_takes_in_the_end(tmp_path: Path) -> None:
    rebalance = {"targets": HALVES, "threshold": 0.05, "maker": "1m"}
    with scene(tmp_path, rebalance, kind="maker") as seen:
        waiting = seen.bot.wait_for(lambda: len(seen.orders) == 2 and seen.orders)
        assert {order.type for order in waiting} == {OrderType.LIMIT_MAKER}
        assert {order.status for order in waiting} == {Status.NEW}
        seen.ground.set_prices(ETH=PRICES["ETH"] * 0.999)
        seen.bot.wait_for(lambda: [o for o in seen.filled(Side.BUY) if o.pair == "ETH/USDT"])
        seen.bot.stop()
        let_time_pass(seen.bot, 60)
        seen.bot.start()
        line = seen.closed(0)
        assert line["outcome"] == "done"
        btc = [order for order in seen.filled(Side.BUY) if order.pair == "BTC/USDT"]
        assert [order.type for order in btc] == [OrderType.MARKET]
        assert seen.weights()["BTC"] == pytest.approx(0.5, abs=0.01)
        seen.stop()
        seen.check_books()
