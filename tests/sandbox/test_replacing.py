"""Orders that are only tried, and orders put in the place of others, over HTTP."""

import json
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.binance.dialect import Binance
from sandbox.binance.fees import BNB
from sandbox.exchange.fees import Fees
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import GOOD_ORDER, Caller, freqtrade_on, make_exchange

REPLACE = "/api/v3/order/cancelReplace"
TAKES = {**GOOD_ORDER, "type": "LIMIT_MAKER", "price": "110"}
TAKES.pop("timeInForce")


@pytest.fixture
def call() -> Iterator[Caller]:
    exchange = make_exchange(BTC=100.0)
    trading = Trading(exchange, balances={"USDT": 150}, fees=Fees(discount=BNB))
    with running(trading.exchange, Binance(), trading=trading) as url:
        yield Caller(url, trading)


def replaced(call: Caller, mode: str, number: int, order: dict[str, str]) -> tuple[int, Any]:
    """Return status and answer."""
    try:
        return 200, call("POST", REPLACE, **order, cancelReplaceMode=mode, cancelOrderId=number)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def states(call: Caller) -> list[str]:
    return [order.status.value for order in call.trading.account.orders]


def test_an_order_takes_the_place_and_the_money_of_another(call: Caller) -> None:
    first = call("POST", "/api/v3/order", **GOOD_ORDER)["orderId"]
    status, told = replaced(call, "STOP_ON_FAILURE", first, {**GOOD_ORDER, "price": "91"})
    assert (status, told["cancelResult"], told["newOrderResult"]) == (200, "SUCCESS", "SUCCESS")
    assert told["cancelResponse"]["orderId"] == first
    assert told["newOrderResponse"]["price"] == "91.00000000"
    assert states(call) == ["CANCELED", "NEW"]


@pytest.mark.parametrize(
    ("mode", "known", "order", "status", "code", "results", "left"),
    [
        ("STOP_ON_FAILURE", False, GOOD_ORDER, 400, -2022, ("FAILURE", "NOT_ATTEMPTED"), ["NEW"]),
        ("STOP_ON_FAILURE", True, TAKES, 409, -2021, ("SUCCESS", "FAILURE"), ["CANCELED"]),
        ("ALLOW_FAILURE", True, TAKES, 409, -2021, ("SUCCESS", "FAILURE"), ["CANCELED"]),
        ("ALLOW_FAILURE", False, TAKES, 400, -2022, ("FAILURE", "FAILURE"), ["NEW"]),
        (
            *("ALLOW_FAILURE", False, GOOD_ORDER | {"price": "60"}),
            *(409, -2021, ("FAILURE", "SUCCESS"), ["NEW", "NEW"]),
        ),
    ],
)
def test_what_fails_is_told_with_what_did_not(
    call: Caller,
    mode: str,
    known: bool,
    order: dict[str, str],
    status: int,
    code: int,
    results: tuple[str, str],
    left: list[str],
) -> None:
    number = call("POST", "/api/v3/order", **GOOD_ORDER)["orderId"]
    got, told = replaced(call, mode, number if known else 999, order)
    assert (got, told["code"]) == (status, code)
    data = told["data"]
    assert (data["cancelResult"], data["newOrderResult"]) == results
    for result, answer in zip(results, ("cancelResponse", "newOrderResponse"), strict=True):
        assert (data[answer] is None) == (result == "NOT_ATTEMPTED")
        assert ("code" in (data[answer] or {})) == (result == "FAILURE")
    assert states(call) == left


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"quantity": "0.01"}, -1013),
        ({"cancelReplaceMode": "MAYBE"}, -1130),
        ({"cancelReplaceMode": ""}, -1102),
        ({"orderRateLimitExceededMode": "CANCEL_ONLY"}, -1106),
        ({"icebergQty": "0.1"}, -2010),
    ],
)
def test_a_new_order_that_breaks_a_rule_leaves_the_old_one(
    call: Caller, changed: dict[str, str], code: int
) -> None:
    number = call("POST", "/api/v3/order", **GOOD_ORDER)["orderId"]
    sent = {**GOOD_ORDER, "cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": number} | changed
    assert call.refusal("POST", REPLACE, **sent)[1] == code
    assert states(call) == ["NEW"]


def test_ccxt_edits_an_order(call: Caller) -> None:
    with freqtrade_on(call.url, call.trading) as freqtrade:
        api = freqtrade._api
        order = api.create_order("BTC/USDT", "limit", "buy", 1.0, 90.0)
        edited = api.edit_order(order["id"], "BTC/USDT", "limit", "buy", 1.0, 80.0)
        assert (edited["status"], edited["price"]) == ("open", 80.0)
    assert states(call) == ["CANCELED", "NEW"]


def test_an_order_that_is_only_tried_leaves_no_trace(call: Caller) -> None:
    before = call.trading.account.ledger
    assert call("POST", "/api/v3/order/test", **GOOD_ORDER) == {}
    assert call.refusal("POST", "/api/v3/order/test", **(GOOD_ORDER | {"price": "0.5"}))[1] == -1013
    assert call.refusal("POST", "/api/v3/order/test", **(GOOD_ORDER | {"side": "HOLD"}))[1] == -1117
    call.trading.exchange.halted.add("BTC/USDT")
    assert call.refusal("POST", "/api/v3/order/test", **GOOD_ORDER)[1] == -1013
    assert (call.trading.account.ledger, call.trading.account.orders) == (before, ())


def test_the_commission_told_is_the_one_that_is_taken(call: Caller) -> None:
    told = call("GET", "/api/v3/account/commission", symbol="BTCUSDT")
    tried = call("POST", "/api/v3/order/test", **GOOD_ORDER, computeCommissionRates="true")
    assert told["discount"] == tried["discount"]
    assert told["discount"]["enabledForAccount"]
    assert told["standardCommission"]["taker"] == "0.00100000"
    bought = call("POST", "/api/v3/order", **(GOOD_ORDER | {"price": "101"}))
    (fill,) = bought["fills"]  # there is no BNB to pay with
    rate = float(fill["commission"]) / float(fill["qty"])
    assert rate == float(told["standardCommission"]["taker"])
    assert rate == float(tried["standardCommissionForOrder"]["taker"])
