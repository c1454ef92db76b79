"""What goes wrong between a bot and its exchange, and what must not come of it."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange.orders import Side
from sandbox.serving.faults import Fault
from tests.support.live_bots import Ground
from tests.support.portfolio_bots import TARGETS, check_books, closed, trading_bot, weights

pytestmark = pytest.mark.slow
ORDER = {"method": "POST", "path": "/api/v3/order"}


def bought(ground: Ground, pair: str, side: Side) -> list[Any]:
    return [o for o in ground.trading.account.orders if o.pair == pair and o.side is side]


def check_known(ground: Ground, bot: Any) -> None:
    """Every order of the exchange is in freqtrade's database, as the exchange has it."""
    known = {order["order_id"]: order["filled"] for order in bot.records.orders()}
    found = {str(o.id): float(o.filled) for o in ground.trading.account.orders if o.filled}
    assert known == pytest.approx(found)


@pytest.mark.parametrize("kind", ["cut", "hang"])
def test_orders_whose_answer_was_lost_are_found_and_not_repeated(tmp_path: Path, kind: Any) -> None:
    """The first order of all (which opens a trade), a sell and a buy of a later round."""
    lost = Fault(kind, accepted=True, seconds=4, **ORDER)
    with trading_bot(tmp_path) as (ground, bot):
        ground.faults.add(lost)
        bot.start()
        assert closed(bot, 1)["outcome"] == "done"
        assert len(bot.records.journal("found order")) == 1
        assert len(bought(ground, "BTC/USDT", Side.BUY)) == 1
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        ground.faults.add(lost, lost)
        ground.set_prices(BTC=120)
        assert closed(bot, 2)["outcome"] == "done"
        assert len(bot.records.journal("found order")) == 3
        assert len(bought(ground, "BTC/USDT", Side.SELL)) == 1
        assert len(bought(ground, "ETH/USDT", Side.BUY)) == 2
        assert weights(ground, BTC=120) == pytest.approx(TARGETS, abs=0.003)
        check_known(ground, bot)
        assert [round(flow) for _, flow in bot.records.flows()] == [1000]


def test_an_order_that_never_arrived_is_sent_again(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        ground.faults.add(Fault("cut", accepted=False, **ORDER))
        bot.start()
        first = closed(bot, 1)
        assert first["outcome"] == "done"
        assert bot.records.journal("found order") == []
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        check_known(ground, bot)


def test_a_kill_right_after_an_order_reached_the_exchange(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        ground.faults.add(Fault("hang", accepted=True, seconds=30, **ORDER))
        bot.start()
        bot.wait_for(lambda: bought(ground, "BTC/USDT", Side.BUY))
        bot.kill()
        assert bot.records.orders() == [], "freqtrade knows nothing of it"
        bot.start()
        assert closed(bot, 1)["outcome"] == "done"
        assert len(bought(ground, "BTC/USDT", Side.BUY)) == 1
        assert weights(ground) == pytest.approx(TARGETS, abs=0.002)
        check_known(ground, bot)


def test_a_kill_between_the_sells_and_the_buys(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=120)
        bot.wait_for(lambda: bought(ground, "BTC/USDT", Side.SELL))
        bot.kill()
        bot.start()
        assert closed(bot, 2)["tag"].startswith("r1 threshold BTC")
        assert weights(ground, BTC=120) == pytest.approx(TARGETS, abs=0.003)
        check_known(ground, bot)
        whole = [line for line in bot.records.journal() if line["event"] == "start"]
        assert [line["resumed"] for line in whole] == [False, True]


def test_a_price_that_jumps_needs_the_order_book(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.faults.add(Fault("status", path="/api/v3/depth", status=503, count=None))
        ground.set_prices(BTC=60)
        line = bot.wait_for(lambda: bot.records.journal("waiting")[2:])[0]
        assert "BTC/USDT: its price 60" in line["text"]
        assert "its order book does not confirm it" in line["text"]
        assert len(bot.records.journal("round")) == 1
        ground.faults.clear()
        closed(bot, 2)
        assert weights(ground, BTC=60) == pytest.approx(TARGETS, abs=0.003)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("status", status=429, retry_after=1, count=4), id="too many requests"),
        pytest.param(Fault("status", status=503, count=6), id="maintenance"),
        pytest.param(Fault("cut", count=4), id="cut"),
        pytest.param(Fault("cut", "GET", "/api/v3/account", count=5), id="signed, cut"),
    ],
)
def test_after_trouble_the_portfolio_is_put_right(tmp_path: Path, fault: Fault) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.faults.add(fault)
        ground.set_prices(BTC=120)
        closed(bot, 2)
        assert weights(ground, BTC=120) == pytest.approx(TARGETS, abs=0.003)
        check_known(ground, bot)
        text = "".join((bot.records.log + bot.records.journal_text).split())
        for secret in (ground.trading.keys.key, ground.trading.keys.secret):
            assert secret not in text
        assert "signature=" not in text.replace("signature=***", "")
        if fault.path == "/api/v3/account":
            assert "signature=***" in text, "freqtrade logged what was signed"


def test_a_limit_stops_it_and_keeps_the_coins(tmp_path: Path) -> None:
    policy = {"limits": {"round_turnover": 0.01}}
    with trading_bot(tmp_path, policy) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.set_prices(BTC=120)
        (line,) = bot.wait_for(lambda: bot.records.journal("stopped"))
        assert "limits.round_turnover: 0.04 would be more than 0.01 a round" in line["text"]
        bot.wait_loops(5)
        assert len(bot.records.orders()) == 2
        assert bot.records.complaints == []
        check_books(ground, bot)
