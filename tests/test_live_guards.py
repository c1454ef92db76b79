"""What keeps a real bot from harm: doubtful prices, limits, files, and what it does not write."""

import re
from pathlib import Path

import pytest

from sandbox.book import Depth
from sandbox.faults import Fault
from tests.builders import PROJECT
from tests.live_bots import make_bot_config
from tests.live_scenes import PRICES, scene

HALVES = {"BTC": 0.5, "ETH": 0.5}
POLICY = {"targets": HALVES, "threshold": 0.03}
SIGNED = re.compile(r"signature=[0-9a-f]{16}")

pytestmark = pytest.mark.slow


def test_doubtful_prices_start_no_round(tmp_path: Path) -> None:
    with scene(tmp_path, {**POLICY, "max_price_age": "1m"}) as seen:
        seen.closed(0)
        exchange = seen.ground.exchange

        # Missing: the exchange quotes everything but ETH.
        seen.ground.faults.add(Fault("status", path="/api/v3/ticker/*", count=None))
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.15)
        seen.bot.wait_loops(2)
        seen.ground.faults.clear()
        seen.ground.set_prices(BTC=PRICES["BTC"])
        seen.bot.wait_loops(2)
        assert len(seen.records.journal("round")) == 1

        # Old: what is shown of ETH is two minutes late.
        exchange.freeze("ETH/USDT")
        with exchange.lock:
            moment, price = exchange._frozen["ETH/USDT"]
            exchange._frozen["ETH/USDT"] = (moment - 120_000, price)
        seen.bot.wait_for(lambda: "ETH/USDT: its price is" in seen.records.journal_text)
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.15)
        seen.bot.wait_loops(4)
        assert len(seen.records.journal("round")) == 1
        exchange.thaw("ETH/USDT")
        assert seen.closed(1)["tag"].startswith("r1 threshold")

        # Absurd: half as much again as the last candle, but the order book says the same.
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.5)
        assert seen.closed(2)["tag"].startswith("r2 threshold")
        assert seen.ground.exchange.requests["GET /api/v3/depth"] >= 1
        seen.stop()
        seen.check_books()


def test_an_absurd_price_without_a_book_starts_no_round(tmp_path: Path) -> None:
    with scene(tmp_path, POLICY) as seen:
        seen.closed(0)
        seen.ground.faults.add(Fault("status", path="/api/v3/depth", count=None))
        seen.ground.set_prices(BTC=PRICES["BTC"] * 2)
        line = seen.bot.wait_for(
            lambda: [x for x in seen.records.journal("waiting") if "order book" in x["text"]]
        )[0]
        assert line["text"].startswith("BTC/USDT: its price 40000")
        seen.bot.wait_loops(3)
        assert len(seen.records.journal("round")) == 1
        seen.ground.faults.clear()
        assert seen.closed(1)["tag"].startswith("r1 threshold")
        seen.stop()


def test_limits_stop_the_bot_and_keep_the_coins(tmp_path: Path) -> None:
    limits = {"round_turnover": 0.1}
    with scene(tmp_path, {**POLICY, "limits": limits}) as seen:
        seen.closed(0)  # the first purchase does not count
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.19)
        seen.closed(1)
        seen.ground.set_prices(BTC=PRICES["BTC"] * 2)
        line = seen.event("stopped")
        assert "limits.round_turnover" in line["text"]
        seen.bot.wait_loops(4)
        assert len(seen.orders) == 4
        seen.bot.stop()
        seen.bot.start()
        seen.bot.wait_loops(4)
        assert len(seen.orders) == 4
        assert set(seen.records.held()) == {"BTC", "ETH"}
        seen.stop()


def test_a_round_that_loses_too_much_stops_the_bot(tmp_path: Path) -> None:
    # Each level of the book holds little, and they are far apart: who buys much pays much.
    steep = {"depth": Depth(level_value=20, gap=20)}
    targets = {"BTC": 0.4, "ETH": 0.4, "USDT": 0.2}
    rebalance = {"targets": targets, "threshold": 0.03, "limits": {"round_loss": 0.01}}
    with scene(tmp_path, rebalance, ground=steep) as seen:
        assert "limits.round_loss" in seen.event("stopped")["text"]
        orders = len(seen.orders)
        seen.bot.wait_loops(4)
        assert len(seen.orders) == orders
        seen.stop()


def test_a_parameter_file_is_refused_live(tmp_path: Path) -> None:
    strategies = tmp_path / "strategies"
    strategies.mkdir()
    for name in ("SmartRebalance.py", "rebalancing"):
        (strategies / name).symlink_to(PROJECT / "strategies" / name)
    (strategies / "SmartRebalance.json").write_text(
        '{"strategy_name": "SmartRebalance", "params": {"rebalance": {"threshold": 0.2}}}'
    )
    with scene(tmp_path, POLICY, strategy_path=str(strategies)) as seen:
        seen.bot.wait_for(lambda: not seen.bot.alive)
        assert seen.bot.status == 2
        last = seen.records.log.splitlines()[-1]
        assert "SmartRebalance.json: threshold 0.2 would override rebalance.threshold 0.03" in last
        assert "Traceback" not in seen.records.log
        assert seen.orders == ()


def test_nothing_secret_is_written_however_requests_fail(tmp_path: Path) -> None:
    signed = ("/api/v3/account", "/api/v3/order", "/api/v3/allOrders")
    faults = [Fault("cut", "*", path, count=2, skip=1) for path in signed]
    faults += [Fault("hang", "GET", "/api/v3/account", seconds=2.2)]
    with scene(tmp_path, POLICY) as seen:
        for number, fault in enumerate(faults):
            seen.ground.faults.add(fault)
            factor = 1.3 if number % 2 == 0 else 1.0
            seen.ground.set_prices(BTC=PRICES["BTC"] * factor)
            seen.bot.wait_loops(6)
        assert len(seen.ground.faults.fired) >= 4
        seen.stop()
        written = dict(seen.records.written())
        assert {"log.txt", "printed.txt", "trades.sqlite"} <= written.keys()
        assert "signature=***" in written["log.txt"]  # it was there to be seen
        keys = seen.ground.trading.keys
        for text in written.values():
            assert keys.key not in text
            assert keys.secret not in text
            assert not SIGNED.search(text)


def test_several_bots_share_an_account(tmp_path: Path) -> None:
    first = {**POLICY, "investment": 400}
    second = {"targets": {"ETH": 0.5, "SOL": 0.5}, "threshold": 0.05, "investment": 500}
    with scene(tmp_path, first) as seen:
        other = seen.ground.bot(make_bot_config(second, ["ETH", "SOL"], dry_run=False), "other")
        try:
            other.start()
            assert seen.closed(0)["nav_after"] == pytest.approx(400, rel=0.01)
            ended = other.wait_for(lambda: other.records.journal("closed"))[0]
            assert ended["nav_after"] == pytest.approx(500, rel=0.01)

            seen.ground.set_prices(ETH=PRICES["ETH"] * 1.3)
            assert seen.closed(1)["nav_after"] == pytest.approx(460, rel=0.01)
            again = other.wait_for(lambda: other.records.journal("closed")[1:])[0]
            assert again["nav_after"] == pytest.approx(575, rel=0.01)
            held = {
                asset: float(seen.ground.trading.account.balance(asset).total)
                for asset in ("BTC", "ETH", "SOL")
            }
            mine, theirs = seen.records.held(), other.records.held()
            for asset, amount in held.items():
                both = mine.get(asset, 0.0) + theirs.get(asset, 0.0)
                assert both == pytest.approx(amount, rel=0.002)
            assert mine["BTC"] * PRICES["BTC"] == pytest.approx(230, rel=0.02)
            assert theirs["SOL"] * PRICES["SOL"] == pytest.approx(287.5, rel=0.02)
            assert len(seen.records.flows()) == len(other.records.flows()) == 1
            other.stop()
            seen.stop()
        finally:
            other.kill()
