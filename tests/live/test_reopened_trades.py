"""Which closed trades are opened again, asked of freqtrade's database."""

from datetime import timedelta

import pytest
from freqtrade.persistence import Trade

from rebalancing.freqtrade_side.live.ended_trades import known_trades, reopened
from tests.live.test_lost_orders import NOW, place

PAIR = "BTC/USDT"
OWN, LOTS = Trade.pair == PAIR, {"BTC": 1e-5}


@pytest.mark.parametrize("is_new", [True, False], ids=["not known yet", "known"])
@pytest.mark.parametrize(
    ("sold", "left"),
    [
        pytest.param((2.0,), 2.0, id="half, and freqtrade takes it for all of the rest"),
        pytest.param((1.0, 1.5), 1.5, id="in two orders"),
        pytest.param((3.0, 0.9), 0.1, id="a tenth of what was left then"),
        pytest.param((4.0,), None, id="all"),
        pytest.param((3.96,), None, id="all but what a fee may be"),
        pytest.param((3.0, 0.99), None, id="all that was left, but for a fee"),
    ],
)
def test_a_closed_trade_is_opened_again_if_its_orders_leave_coins(
    sold: tuple[float, ...], left: float | None, is_new: bool
) -> None:
    with place() as (_, lost):
        writer = lost._trade_writer
        writer.adopt(PAIR, 4.0, 100.0, NOW)
        known = known_trades(OWN)
        for second, amount in enumerate(sold):
            writer.release(PAIR, amount, 100.0, NOW + timedelta(seconds=second))
        (trade,) = Trade.get_trades([Trade.pair == PAIR])
        if trade.is_open:
            trade.close(100.0)
            Trade.commit()
        assert reopened(Trade.pair != PAIR, known, (), LOTS) == [], "somebody else's"
        assert reopened(OWN, known, {"BTC"}, LOTS) == [], "another trade of it is open"
        later = NOW + timedelta(seconds=1)
        assert reopened(OWN, (), (), LOTS, since=later) == [], "it is older"
        found = reopened(OWN, () if is_new else known, (), LOTS, since=NOW if is_new else None)
        assert found == ([] if left is None else [("BTC", pytest.approx(left))])
        assert (trade.is_open, trade.close_date is None) == (left is not None,) * 2
        assert reopened(OWN, known_trades(OWN), (), LOTS, since=NOW) == [], "asked once"


@pytest.mark.parametrize(
    ("bought", "fee", "sold", "lot", "left"),
    [
        pytest.param(4e-5, 0.5e-5, 3e-5, 1e-5, None, id="the fee was taken in coins"),
        pytest.param(4e-5, 0.0, 2e-5, 1e-5, 2e-5, id="two lots"),
        pytest.param(5.47, 0.0, 5.0, 1.0, None, id="the lot is larger now"),
        pytest.param(5.47, 0.0, 4.0, 1.0, 1.47, id="more than such a lot"),
    ],
)
def test_coins_below_a_lot_stay_where_they_are(
    bought: float, fee: float, sold: float, lot: float, left: float | None
) -> None:
    """Nobody can sell them."""
    with place() as (_, lost):
        writer = lost._trade_writer
        writer.adopt(PAIR, bought, 100.0, NOW)
        known = known_trades(OWN)
        (trade,) = Trade.get_open_trades()
        assert trade.amount_precision == 1e-5, "the lot when it was bought"
        trade.orders[0].ft_fee_base = fee
        trade.recalc_trade_from_orders()
        writer.release(PAIR, sold, 100.0, NOW)
        if trade.is_open:
            trade.close(100.0)
            Trade.commit()
        found = reopened(OWN, known, (), {"BTC": lot})
        assert found == ([] if left is None else [("BTC", pytest.approx(left))])
        assert trade.is_open == (left is not None)
