"""What orders have left of a coin, by the fees that freqtrade has written down."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from freqtrade.persistence import Order, Trade, init_db

from rebalancing.freqtrade_side.records.own_orders import coins_left

RATE = 0.01


def left(fees: Sequence[float | None], currency: str) -> float:
    """Buy 100 BTC with each of these fees, None where freqtrade knows none in BTC; the fee that
    came last was in a currency. Return what is left."""
    init_db("sqlite://")
    trade = Trade(
        pair="BTC/USDT",
        base_currency="BTC",
        stake_currency="USDT",
        exchange="binance",
        stake_amount=100.0,
        amount=100.0,
        open_rate=1.0,
        open_date=datetime(2026, 1, 1, tzinfo=UTC),
        is_open=True,
        fee_open=RATE,
        fee_close=RATE,
        fee_open_currency=currency,
    )
    for number, fee in enumerate(fees):
        trade.orders.append(
            Order(
                ft_order_side="buy",
                side="buy",
                ft_pair="BTC/USDT",
                symbol="BTC/USDT",
                order_id=str(number),
                ft_is_open=False,
                ft_amount=100.0,
                ft_price=1.0,
                status="closed",
                filled=100.0,
                ft_fee_base=fee,
            )
        )
    Trade.session.add(trade)
    Trade.commit()
    return coins_left()["BTC"]


@pytest.mark.parametrize(
    ("fees", "currency", "expected"),
    [
        pytest.param([1.0, 1.0], "BTC", 198, id="in the coin"),
        pytest.param([None, None], "BNB", 200, id="in another coin"),
        pytest.param([None, None], "BTC", 198, id="in the coin, of which the account has more"),
        pytest.param([1.0, None], "BTC", 198, id="the account has got more of the coin"),
        pytest.param([None, 1.0], "BTC", 199, id="the other coin has run out"),
        pytest.param([None, 1.0, None], "BTC", 298, id="and then the account has got more"),
        pytest.param([1.0, 0.0], "BTC", 199, id="a buy without a fee"),
    ],
)
def test_fees_in_the_coin_are_taken_off_once(
    fees: Sequence[float | None], currency: str, expected: float
) -> None:
    assert left(fees, currency) == pytest.approx(expected)
