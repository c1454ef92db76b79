"""An order that was about to be sent, and what the exchange says of it."""

from typing import Literal

import pytest

from rebalancing.account.cash_book import Booked
from rebalancing.account.in_flight import AMOUNT_TOLERANCE, InFlightOrder
from tests.support.builders import START

WITHIN, BEYOND = 1000 * (1 + AMOUNT_TOLERANCE), 1000 * (1 + 1.01 * AMOUNT_TOLERANCE)


def intended(side: Literal["buy", "sell"]) -> InFlightOrder:
    names = ("a", "b")
    return InFlightOrder(
        asset="BTC", side=side, size=1000.0, at=START, tag="r1", after=7, since=START, names=names
    )


@pytest.mark.parametrize(
    ("side", "found", "amount", "cost", "fits"),
    [
        pytest.param("buy", "buy", 3.0, 1000.0, True, id="a buy is known by what it costs"),
        pytest.param("buy", "buy", 1000.0, 3.0, False, id="and not by its coins"),
        pytest.param("sell", "sell", 1000.0, 3.0, True, id="a sell by its coins"),
        pytest.param("sell", "sell", 3.0, 1000.0, False, id="and not by what it brings"),
        pytest.param("sell", "buy", 1000.0, 1000.0, False, id="the other side"),
        pytest.param("sell", "sell", WITHIN, 1.0, True, id="a little more"),
        pytest.param("sell", "sell", BEYOND, 1.0, False, id="too much more"),
        pytest.param("sell", "sell", 2000 - BEYOND, 1.0, False, id="too much less"),
    ],
)
def test_an_order_of_the_exchange_may_be_it(
    side: Literal["buy", "sell"], found: str, amount: float, cost: float, fits: bool
) -> None:
    assert intended(side).fits(found, amount, cost) is fits


def test_it_knows_which_orders_were_there_before() -> None:
    assert intended("buy").booked == Booked(7, START, ("a", "b"))
