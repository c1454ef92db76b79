"""Order books that are given: thin, wide, one-sided, crossed; shown, and filled through."""

import urllib.error
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.ledger import recompute
from sandbox.exchange.trading import Trading
from tests.support.exchanges import Caller, control, controlled, make_exchange

ORDER, BOOK = "/api/v3/order", "/api/v3/ticker/bookTicker"
USUAL = ("100.00000000", "100.01000000")


@pytest.fixture
def call() -> Iterator[Caller]:
    trading = Trading(make_exchange(BTC=100.0), balances={"USDT": 10_000, "BTC": 10})
    with controlled(trading) as caller:
        yield caller


def give(call: Caller, bids: Any = (), asks: Any = ()) -> None:
    control(call.url, "book", pair="BTC/USDT", bids=bids, asks=asks)


def market(call: Caller, side: str, quantity: float) -> Any:
    return call("POST", ORDER, symbol="BTCUSDT", side=side, type="MARKET", quantity=quantity)


def limit(call: Caller, side: str, quantity: float, price: float, kind: str = "GTC") -> Any:
    asked = {"symbol": "BTCUSDT", "side": side, "type": "LIMIT", "timeInForce": kind}
    return call("POST", ORDER, **asked, quantity=quantity, price=price)


def best(call: Caller) -> tuple[str, str]:
    seen = call.raw("GET", BOOK, "symbol=BTCUSDT")
    return seen["bidPrice"], seen["askPrice"]


def test_a_market_order_walks_the_levels_and_what_they_do_not_hold_expires(call: Caller) -> None:
    give(call, bids=[[99, 1], [60, 2]], asks=[[300, "0.5"], [101, 1]])
    bought = market(call, "BUY", 3)
    assert (bought["status"], bought["executedQty"]) == ("EXPIRED", "1.50000000")
    assert [(fill["price"], fill["qty"]) for fill in bought["fills"]] == [
        ("101.00000000", "1.00000000"),
        ("300.00000000", "0.50000000"),
    ]
    sold = market(call, "SELL", 2)
    assert (sold["status"], sold["cummulativeQuoteQty"]) == ("FILLED", "159.00000000")
    account = call.trading.account
    assert recompute(account.ledger) == account.balances


def test_a_given_book_is_shown_and_the_last_price_is_apart_from_it(call: Caller) -> None:
    give(call, bids=[[60, 1], [50, 2]], asks=[[300, 3]])
    assert best(call) == ("60.00000000", "300.00000000")
    day = call.raw("GET", "/api/v3/ticker/24hr", "symbol=BTCUSDT")
    assert (day["lastPrice"], day["bidPrice"], day["askPrice"]) == (
        "100.00000000",
        "60.00000000",
        "300.00000000",
    )
    depth = call.raw("GET", "/api/v3/depth", "symbol=BTCUSDT")
    assert depth["bids"] == [["60.00000000", "1.00000000"], ["50.00000000", "2.00000000"]]
    assert depth["asks"] == [["300.00000000", "3.00000000"]]


def test_a_book_may_have_one_side_only(call: Caller) -> None:
    give(call, bids=[[99, 5]])
    assert best(call) == ("99.00000000", "0.00000000")
    assert call.raw("GET", "/api/v3/depth", "symbol=BTCUSDT")["asks"] == []
    nothing = market(call, "BUY", 1)
    assert (nothing["status"], nothing["executedQty"], nothing["fills"]) == (
        "EXPIRED",
        "0.00000000",
        [],
    )
    assert market(call, "SELL", 1)["status"] == "FILLED"


def test_a_crossed_book_is_filled_through(call: Caller) -> None:
    give(call, bids=[[105, 1]], asks=[[95, 1]])
    assert best(call) == ("105.00000000", "95.00000000")
    assert limit(call, "BUY", 1, 100)["fills"][0]["price"] == "95.00000000"
    assert limit(call, "SELL", 1, 100)["fills"][0]["price"] == "105.00000000"
    assert best(call) == ("0.00000000", "0.00000000")


def test_what_was_taken_from_a_given_book_stays_away_whatever_the_price_does(call: Caller) -> None:
    give(call, bids=[[99, 1]], asks=[[101, 1]])
    market(call, "BUY", 0.4)
    control(call.url, "price", pair="BTC/USDT", price=200)
    depth = call.raw("GET", "/api/v3/depth", "symbol=BTCUSDT")
    assert depth["asks"] == [["101.00000000", "0.60000000"]]
    give(call, bids=[[99, 1]], asks=[[101, 1]])
    assert market(call, "BUY", 1)["status"] == "FILLED"


def test_empty_lists_bring_the_usual_book_back(call: Caller) -> None:
    give(call, bids=[[60, 1]], asks=[[300, 1]])
    give(call)
    assert best(call) == USUAL
    assert market(call, "BUY", 5)["fills"][0]["price"] == USUAL[1]


def test_resting_orders_fill_when_a_book_comes_that_crosses_them(call: Caller) -> None:
    resting = limit(call, "BUY", 2, 90)
    assert resting["status"] == "NEW"
    give(call, bids=[[80, 1]], asks=[[90, 0.5], [91, 10]])
    found = call("GET", ORDER, symbol="BTCUSDT", orderId=resting["orderId"])
    assert (found["status"], found["executedQty"]) == ("PARTIALLY_FILLED", "0.50000000")


def test_a_fill_or_kill_order_needs_all_of_it(call: Caller) -> None:
    give(call, bids=[[99, 1]], asks=[[101, 1]])
    assert limit(call, "BUY", 2, 110, "FOK")["executedQty"] == "0.00000000"
    assert limit(call, "BUY", 2, 110, "IOC")["executedQty"] == "1.00000000"


def test_a_frozen_pair_shows_the_given_book_as_it_was(call: Caller) -> None:
    give(call, bids=[[60, 1]], asks=[[300, 1]])
    control(call.url, "freeze", pair="BTC/USDT")
    market(call, "BUY", 1)
    assert best(call) == ("60.00000000", "300.00000000")
    give(call, bids=[[70, 1]], asks=[[200, 1]])
    assert best(call) == ("60.00000000", "300.00000000")
    control(call.url, "thaw", pair="BTC/USDT")
    assert best(call) == ("70.00000000", "200.00000000")


@pytest.mark.parametrize(
    "sent",
    [
        {"pair": "NO/USDT", "bids": [], "asks": []},
        {"pair": "BTC/USDT", "bids": []},
        {"pair": "BTC/USDT", "bids": [[0, 1]], "asks": []},
        {"pair": "BTC/USDT", "bids": [[1, -1]], "asks": []},
        {"pair": "BTC/USDT", "bids": [["much", 1]], "asks": []},
        {"pair": "BTC/USDT", "bids": [[1]], "asks": []},
        {"pair": "BTC/USDT", "bids": 1, "asks": []},
        {"pair": "BTC/USDT", "bids": [["NaN", 1]], "asks": []},
    ],
)
def test_a_book_that_cannot_be_is_refused(call: Caller, sent: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        control(call.url, "book", **sent)
    assert best(call) == USUAL


def test_money_is_whole_after_fills_through_a_given_book(call: Caller) -> None:
    give(call, bids=[[99.99, 0.00003], [0.01, 1]], asks=[[100.01, "0.00001"]])
    market(call, "SELL", 0.5)
    give(call)
    account = call.trading.account
    (first, second) = account.fills
    assert (first.amount, second.amount) == (Decimal("0.00003"), Decimal("0.49997"))
    assert recompute(account.ledger) == account.balances
