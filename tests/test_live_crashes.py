"""A real bot that is killed, or never hears of its order: nothing is lost, nothing repeated."""

import json
from pathlib import Path

import pytest

from sandbox.faults import Fault
from sandbox.orders import Side
from tests.live_scenes import PRICES, Scene, scene

HALVES = {"BTC": 0.5, "ETH": 0.5}
POLICY = {"targets": HALVES, "threshold": 0.05}
ORDER = "/api/v3/order"
LOST = Fault("cut", "POST", ORDER, accepted=True)

pytestmark = pytest.mark.slow


def check_once(seen: Scene, number: int, *sides: Side) -> None:
    """A round has executed one order of each asset, these sides, and all books agree."""
    line = seen.closed(number)
    assert line["outcome"] == "done"
    kept = [row for row in seen.records.orders() if row["ft_order_tag"] == line["tag"]]
    assert len({row["ft_pair"] for row in kept}) == len(kept) == len(sides)
    assert sorted(row["ft_order_side"].upper() for row in kept) == sorted(sides)
    assert seen.weights() == pytest.approx({**HALVES, "USDT": 0.0}, abs=0.008)
    seen.check_books()


def test_an_order_whose_answer_was_lost_is_found_and_not_repeated(tmp_path: Path) -> None:
    with scene(tmp_path, POLICY, start=False) as seen:
        seen.ground.faults.add(LOST)
        seen.bot.start()
        assert "buy BTC" in seen.event("found order")["text"]
        check_once(seen, 0, Side.BUY, Side.BUY)

        seen.ground.faults.add(LOST)  # of the sell, which comes first
        seen.ground.set_prices(ETH=PRICES["ETH"] * 1.3)
        assert "sell ETH" in seen.event("found order", 2)["text"]
        check_once(seen, 1, Side.SELL, Side.BUY)

        seen.ground.faults.add(Fault("cut", "POST", ORDER, accepted=True, skip=1))
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.3, ETH=PRICES["ETH"])
        assert "buy ETH" in seen.event("found order", 3)["text"]
        check_once(seen, 2, Side.SELL, Side.BUY)
        seen.stop()
        assert len(seen.orders) == 6


def test_an_order_that_never_arrived_is_sent_again(tmp_path: Path) -> None:
    with scene(tmp_path, POLICY, start=False) as seen:
        seen.ground.faults.add(Fault("cut", "POST", ORDER))
        seen.bot.start()
        check_once(seen, 0, Side.BUY, Side.BUY)
        seen.stop()
        assert len(seen.orders) == 2
        assert seen.records.journal("found order") == []


@pytest.mark.parametrize("taken", [0, 1], ids=["at the first order", "at the second"])
def test_a_bot_killed_before_it_hears_of_its_order_finishes_the_round(
    tmp_path: Path, taken: int
) -> None:
    hang = Fault("hang", "POST", ORDER, accepted=True, seconds=1, skip=taken)
    with scene(tmp_path, POLICY, start=False) as seen:
        seen.ground.faults.add(hang)
        seen.bot.start()
        seen.bot.wait_for(lambda: len(seen.orders) == 1 + taken)
        seen.bot.kill()
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.01)
        seen.bot.start()
        check_once(seen, 0, Side.BUY, Side.BUY)

        seen.ground.faults.add(hang)
        seen.ground.set_prices(BTC=PRICES["BTC"] * 1.3)
        seen.bot.wait_for(lambda: len(seen.orders) == 3 + taken)
        seen.bot.kill()
        seen.bot.start()
        check_once(seen, 1, Side.SELL, Side.BUY)
        seen.stop()
        assert len(seen.orders) == 4


def test_the_journal_survives_kills(tmp_path: Path) -> None:
    with scene(tmp_path, POLICY) as seen:
        for _ in range(3):
            seen.bot.wait_for(lambda: seen.records.journal_text, 10)
            seen.bot.kill()
            seen.bot.start()
        seen.closed(0)
        seen.bot.kill()
        lines = [json.loads(line) for line in seen.records.journal_text.splitlines()]
        assert len([line for line in lines if line["event"] == "start"]) >= 2
        assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
        assert all({"time", "event"} <= line.keys() for line in lines)


def test_a_buy_cancelled_on_the_exchange_while_the_bot_is_away_is_made_again(
    tmp_path: Path,
) -> None:
    with scene(tmp_path, {**POLICY, "maker": "1m"}, kind="maker") as seen:
        btc, _ = seen.bot.wait_for(lambda: len(seen.orders) == 2 and seen.orders)
        seen.bot.stop()
        seen.ground.trading.cancel(btc.id)
        seen.bot.start()
        seen.bot.wait_for(lambda: [o for o in seen.orders[2:] if o.pair == btc.pair])
        seen.ground.set_prices(BTC=PRICES["BTC"] * 0.99, ETH=PRICES["ETH"] * 0.99)
        check_once(seen, 0, Side.BUY, Side.BUY)
        seen.stop()
