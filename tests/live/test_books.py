"""Order books that lie, seen by a real bot: what it trades on, and what it may lose at most."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.exchange.book import Level
from sandbox.exchange.orders import exact
from sandbox.serving.faults import Fault
from tests.support.live_bots import Ground
from tests.support.portfolio_bots import TARGETS, check_books, closed, trading_bot, weights

pytestmark = pytest.mark.slow
Side = Sequence[tuple[float, float]]


def give_book(ground: Ground, asset: str, bids: Side = (), asks: Side = ()) -> None:
    """Give a coin these levels; none bring the usual book back."""
    levels = [[Level(exact(p), exact(a)) for p, a in side] for side in (bids, asks)]
    ground.exchange.set_book(f"{asset}/USDT", *levels)


STRANGE = {
    "a flash gap": ([(60, 9)], [(300, 9)]),
    "a wide spread": ([(96, 9)], [(104, 9)]),
    "asks gone": ([(99.9, 9)], []),
}


def test_no_order_is_made_on_a_book_that_is_thin_wide_or_one_sided(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        for name, sides in STRANGE.items():
            give_book(ground, "BTC", *sides)
            bot.wait_loops(4)  # a round opens on balances of the loop before at the latest
            assert len(ground.trading.account.orders) == 2, name
        assert weights(ground) == pytest.approx(TARGETS, abs=0.01)
        give_book(ground, "BTC")
        ground.set_prices(BTC=120)
        assert closed(bot, 2)["outcome"] == "done"
        assert weights(ground, BTC=120) == pytest.approx(TARGETS, abs=0.003)


def test_an_order_that_would_fill_far_from_its_plan_is_not_sent(tmp_path: Path) -> None:
    """The best levels look as ever, and hold little; what comes after them is far away."""
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        give_book(ground, "BTC", [(99.99, 0.03), (60, 99)], [(100.01, 0.35), (160, 99)])
        ground.set_prices(ETH=14)
        line = closed(bot, 2)
        assert line["outcome"] == "gave up"
        assert line["reason"] == (
            "BTC: not sent: its order book holds too little near the price of the plan"
        )
        worth = sum(
            float(balance.total) * {"BTC": 100, "ETH": 14, "USDT": 1}[asset]
            for asset, balance in ground.trading.account.balances.items()
        )
        assert worth == pytest.approx(1120, abs=2), "nothing but fees and spreads is lost"
        (bought,) = [o for o in ground.trading.account.orders if o.pair == "BTC/USDT"][1:]
        assert float(bought.filled) == pytest.approx(0.3, abs=0.01), "half of it fits"
        assert bot.records.journal("not sent")
        check_books(ground, bot)


def test_a_round_goes_on_while_another_price_is_in_doubt_and_no_new_one_starts(
    tmp_path: Path,
) -> None:
    with trading_bot(tmp_path, {"limits": {"round_loss": 0.005}}) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.faults.add(Fault("late", "POST", "/api/v3/order", seconds=1.5))
        ground.set_prices(ETH=14)
        bot.wait_for(lambda: len(ground.trading.account.orders) == 3)
        give_book(ground, "ETH", [(6, 99)], [(30, 99)])
        assert closed(bot, 2)["outcome"] == "done"
        assert weights(ground, ETH=14) == pytest.approx(TARGETS, abs=0.01)
        ground.set_prices(BTC=130)
        bot.wait_loops(3)
        assert len(ground.trading.account.orders) == 4
        assert bot.records.journal("waiting")
        give_book(ground, "ETH")
        assert closed(bot, 3)["outcome"] == "done"


def test_fills_that_are_worse_than_the_book_showed_stop_the_bot(tmp_path: Path) -> None:
    """BTC's book is shown as it was while it trades elsewhere; ETH's is strange by then."""
    with trading_bot(tmp_path, {"limits": {"round_loss": 0.004}}) as (ground, bot):
        bot.start()
        closed(bot, 1)
        ground.exchange.freeze("BTC/USDT")
        ground.set_prices(BTC=110)
        ground.faults.add(Fault("late", "POST", "/api/v3/order", seconds=1.5))
        ground.set_prices(ETH=14)
        bot.wait_for(lambda: len(ground.trading.account.orders) == 3)
        give_book(ground, "ETH", [(6, 99)], [(30, 99)])
        line = bot.wait_for(lambda: bot.records.journal("stopped"))[0]
        assert "limits.round_loss" in line["text"]
        bot.wait_loops(4)
        assert len(ground.trading.account.orders) == 4
        assert set(bot.records.held()) == {"BTC", "ETH"}
