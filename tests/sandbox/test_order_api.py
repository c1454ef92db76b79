"""Orders and their history over real HTTP: what is answered, and what is refused."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from sandbox.binance.dialect import Binance
from sandbox.exchange.book import Depth
from sandbox.exchange.ledger import recompute
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import GOOD_ORDER, ORDER, Caller, make_exchange, now_ms


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"symbol": "NOPE"}, -1121, id="symbol"),
        pytest.param({"symbol": ""}, -1102, id="no symbol"),
        pytest.param({"side": "HOLD"}, -1117, id="side"),
        pytest.param({"type": "STOP_LOSS"}, -1116, id="type"),
        pytest.param({"timeInForce": "GTX"}, -1115, id="time in force"),
        pytest.param({"timeInForce": ""}, -1102, id="no time in force"),
        pytest.param({"quantity": ""}, -1102, id="no quantity"),
        pytest.param({"price": ""}, -1102, id="no price"),
        pytest.param({"quantity": "-1"}, -1100, id="negative"),
        pytest.param({"quantity": "1e3"}, -1100, id="exponent"),
        pytest.param({"quantity": "0"}, -1013, id="nothing"),
        pytest.param({"quantity": "1.000000001"}, -1111, id="precision"),
        pytest.param({"quantity": "0.00000001"}, -1013, id="notional"),
        pytest.param({"type": "MARKET"}, -1106, id="market with a price"),
        pytest.param({"quoteOrderQty": "5"}, -1106, id="limit by value"),
        pytest.param({"quantity": "1000"}, -2010, id="balance"),
        pytest.param({"newClientOrderId": "a b"}, -1100, id="name"),
        pytest.param({"newOrderRespType": "MUCH"}, -1130, id="detail"),
    ],
)
def test_a_wrong_order_is_refused_with_the_exchanges_code(
    call: Caller, changed: dict[str, str], code: int
) -> None:
    before = call.trading.account.ledger
    assert call.refusal("POST", ORDER, **(GOOD_ORDER | changed))[:2] == (400, code)
    assert call.trading.account.ledger == before


def test_a_name_is_taken_once_and_finds_its_order(call: Caller) -> None:
    taken = call("POST", ORDER, **GOOD_ORDER, newClientOrderId="mine")
    assert call.refusal("POST", ORDER, **GOOD_ORDER, newClientOrderId="mine")[1:] == (
        -2010,
        "Duplicate order sent.",
    )
    found = call("GET", ORDER, symbol="BTCUSDT", origClientOrderId="mine")
    assert found["orderId"] == taken["orderId"]


def test_an_unknown_order_is_neither_found_nor_cancelled(call: Caller) -> None:
    assert call.refusal("GET", ORDER, symbol="BTCUSDT", orderId=9)[1] == -2013
    assert call.refusal("DELETE", ORDER, symbol="BTCUSDT", orderId=9)[1] == -2011
    assert call.refusal("GET", ORDER, symbol="BTCUSDT")[1] == -1102
    assert call.refusal("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")[1] == -2011
    taken = call("POST", ORDER, **GOOD_ORDER)
    assert call.refusal("GET", ORDER, symbol="ETHUSDT", orderId=taken["orderId"])[1] == -2013


def test_open_orders_are_listed_and_cancelled_together(call: Caller) -> None:
    for price in ("90", "91"):
        call("POST", ORDER, **(GOOD_ORDER | {"price": price}))
    call("POST", ORDER, **(GOOD_ORDER | {"symbol": "ETHUSDT", "price": "9"}))
    assert len(call("GET", "/api/v3/openOrders")) == 3
    assert len(call("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")) == 2
    assert [order["symbol"] for order in call("GET", "/api/v3/openOrders")] == ["ETHUSDT"]
    states = [order["status"] for order in call("GET", "/api/v3/allOrders", symbol="BTCUSDT")]
    assert states == ["CANCELED", "CANCELED"]


def test_history_is_paged_by_number_time_and_limit(call: Caller) -> None:
    for _ in range(4):
        sent = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "10"}
        call("POST", ORDER, **sent)

    def numbers(path: str, name: str, **sent: Any) -> list[int]:
        return [row[name] for row in call("GET", path, symbol="BTCUSDT", **sent)]

    assert numbers("/api/v3/allOrders", "orderId", limit=2) == [3, 4]
    assert numbers("/api/v3/allOrders", "orderId", orderId=2, limit=2) == [2, 3]
    assert numbers("/api/v3/allOrders", "orderId", startTime=now_ms(60)) == []
    assert numbers("/api/v3/myTrades", "id", fromId=3) == [3, 4]
    assert numbers("/api/v3/myTrades", "orderId", orderId=2) == [2]
    day = {"startTime": 0, "endTime": 90_000_000}
    assert call.refusal("GET", "/api/v3/myTrades", symbol="BTCUSDT", **day)[1] == -1127


@pytest.mark.parametrize(
    ("detail", "key"), [("ACK", None), ("RESULT", "status"), ("FULL", "fills")]
)
def test_a_new_order_is_answered_as_asked(call: Caller, detail: str, key: str | None) -> None:
    answer = call("POST", ORDER, **GOOD_ORDER, newOrderRespType=detail)
    assert ("fills" in answer) == (detail == "FULL")
    assert key is None or key in answer


def test_empty_balances_may_be_left_out(call: Caller) -> None:
    call.trading.withdraw("ETH", 100)
    rows = call("GET", "/api/v3/account")["balances"]
    assert [row["asset"] for row in rows] == ["BTC", "ETH", "USDT"]
    rows = call("GET", "/api/v3/account", omitZeroBalances="true")["balances"]
    assert [row["asset"] for row in rows] == ["USDT"]


def test_a_halted_pair_shows_and_an_empty_one_has_no_book(call: Caller) -> None:
    call.trading.exchange.halted.add("BTC/USDT")
    info = call.raw("GET", "/api/v3/exchangeInfo", "symbol=BTCUSDT")
    assert info["symbols"][0]["status"] == "BREAK"
    assert call.refusal("POST", ORDER, **GOOD_ORDER)[1:] == (-1013, "Market is closed.")


def test_the_public_book_shows_what_was_taken() -> None:
    exchange = make_exchange(Depth(level_value=Decimal(100), levels=3), BTC=100.0)
    trading = Trading(exchange, balances={"USDT": 1000})
    with running(exchange, Binance(), trading=trading) as url:
        call = Caller(url, trading)
        sent = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1.5"}
        assert call("POST", ORDER, **sent)["status"] == "FILLED"
        asks = call.raw("GET", "/api/v3/depth", "symbol=BTCUSDT")["asks"]
    assert [amount for _, amount in asks] == ["0.50000000", "1.00000000"]


def test_clients_and_tests_may_act_at_once(call: Caller) -> None:
    trading = call.trading
    stop = threading.Event()

    def wander() -> None:
        for price in (100.0, 89.0) * 200:
            if stop.is_set():
                return
            trading.exchange.set_price("BTC/USDT", price)

    walker = threading.Thread(target=wander)
    walker.start()
    with ThreadPoolExecutor(4) as pool:
        sent = GOOD_ORDER | {"quantity": "0.1"}
        answers = list(pool.map(lambda _: call("POST", ORDER, **sent), range(40)))
    stop.set()
    walker.join()
    account = trading.account
    assert len({answer["orderId"] for answer in answers}) == 40
    assert recompute(account.ledger) == account.balances
