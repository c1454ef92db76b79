"""Binance's own SDK over every operation the local exchange serves, normal and refused.

The SDK builds each request, signs it, and reads each answer into its strict models: a text where
Binance sends a number is an error. What it finds absent is listed in a file, so that a field which
appears or goes is seen.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from binance_common.configuration import ConfigurationRestAPI
from binance_common.errors import ClientError, Error
from pydantic import BaseModel

from sandbox.binance.dialect import Binance
from sandbox.binance.weights import weight_of
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running

GOLDEN = Path(__file__).parent / "binance_sdk_absent_fields.json"
BTC = {"symbol": "BTCUSDT"}
NOWHERE = {"symbol": "NOPE"}
LIMIT = {**BTC, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 1}
AWAY = {**LIMIT, "price": 90}
STOP = {**AWAY, "side": "SELL", "type": "STOP_LOSS_LIMIT", "stop_price": 91, "quantity": 0.1}


class Client:
    """The SDK's client and an account it trades for."""

    def __init__(self, url: str, trading: Trading) -> None:
        from binance_sdk_spot.spot import Spot  # seconds, which only these tests need

        keys = trading.keys
        settings = ConfigurationRestAPI(
            api_key=keys.key, api_secret=keys.secret, base_path=url, timeout=10_000, retries=0
        )
        self.trading = trading
        self.rest = Spot(config_rest_api=settings).rest_api

    def order(self, **changed: Any) -> int:
        """Leave an order on the book and return its number."""
        return int(self.rest.new_order(**(AWAY | changed)).data().order_id)


@dataclass(frozen=True)
class Call:
    """An operation of the SDK and what is sent, in part made just before."""

    operation: str
    sent: Mapping[str, Any]
    before: Callable[[Client], Mapping[str, Any]] = lambda _: {}

    def __call__(self, client: Client) -> Any:
        """Send it and return the SDK's answer."""
        made = self.before(client)
        return getattr(client.rest, self.operation)(**self.sent, **made)


def asked(operation: str, **sent: Any) -> Call:
    return Call(operation, sent)


def of_order(operation: str, name: str = "order_id", **sent: Any) -> Call:
    return Call(operation, sent, lambda client: {name: client.order()})


def of_open_orders(operation: str, **sent: Any) -> Call:
    def place(client: Client) -> Mapping[str, Any]:
        client.order()
        client.order(**STOP)
        return {}

    return Call(operation, sent, place)


def of_fills(operation: str, **sent: Any) -> Call:
    def trade(client: Client) -> Mapping[str, Any]:
        client.order(price=101)
        return {}

    return Call(operation, sent, trade)


REPLACE = {**AWAY, "cancel_replace_mode": "STOP_ON_FAILURE"}
NORMAL: dict[str, list[Call]] = {
    "GET /api/v3/ping": [asked("ping")],
    "GET /api/v3/time": [asked("time")],
    "GET /api/v3/exchangeInfo": [
        asked("exchange_info"),
        asked("exchange_info", **BTC),
        asked("exchange_info", symbols=["BTCUSDT", "ETHUSDT"]),
    ],
    "GET /api/v3/depth": [asked("depth", **BTC, limit=5)],
    "GET /api/v3/trades": [asked("get_trades", **BTC)],
    "GET /api/v3/aggTrades": [asked("agg_trades", **BTC), asked("agg_trades", **BTC, from_id=1)],
    "GET /api/v3/avgPrice": [asked("avg_price", **BTC)],
    "GET /api/v3/klines": [asked("klines", **BTC, interval="1m")],
    "GET /api/v3/ticker/24hr": [
        asked("ticker24hr", **BTC),
        asked("ticker24hr", symbols=["BTCUSDT", "ETHUSDT"]),
        asked("ticker24hr"),
    ],
    "GET /api/v3/ticker/price": [asked("ticker_price", **BTC), asked("ticker_price")],
    "GET /api/v3/ticker/bookTicker": [
        asked("ticker_book_ticker", **BTC),
        asked("ticker_book_ticker"),
    ],
    "GET /api/v3/account": [
        asked("get_account"),
        asked("get_account", omit_zero_balances=True, recv_window=6000.346),
    ],
    "GET /api/v3/account/commission": [asked("account_commission", **BTC)],
    "GET /api/v3/rateLimit/order": [asked("rate_limit_order")],
    "POST /api/v3/order": [
        asked("new_order", **AWAY),
        asked("new_order", **BTC, side="BUY", type="MARKET", quantity=1),
        asked("new_order", **BTC, side="SELL", type="MARKET", quote_order_qty=10),
        asked("new_order", **BTC, side="BUY", type="LIMIT_MAKER", quantity=1, price=90),
        asked("new_order", **(AWAY | {"time_in_force": "IOC"})),
        asked("new_order", **STOP),
        asked("new_order", **STOP, new_order_resp_type="FULL"),
    ],
    "POST /api/v3/order/test": [
        asked("order_test", **AWAY),
        asked("order_test", **AWAY, compute_commission_rates=True),
    ],
    "POST /api/v3/order/cancelReplace": [
        of_order("order_cancel_replace", "cancel_order_id", **REPLACE),
    ],
    "GET /api/v3/order": [of_order("get_order", **BTC)],
    "DELETE /api/v3/order": [of_order("delete_order", **BTC)],
    "GET /api/v3/openOrders": [
        of_open_orders("get_open_orders"),
        of_open_orders("get_open_orders", **BTC),
    ],
    "DELETE /api/v3/openOrders": [of_open_orders("delete_open_orders", **BTC)],
    "GET /api/v3/allOrders": [of_open_orders("all_orders", **BTC)],
    "GET /api/v3/myTrades": [of_fills("my_trades", **BTC)],
}
REFUSED: dict[str, list[tuple[Call, int]]] = {
    "GET /api/v3/exchangeInfo": [(asked("exchange_info", **NOWHERE), -1121)],
    "GET /api/v3/depth": [(asked("depth", **NOWHERE), -1121)],
    "GET /api/v3/trades": [(asked("get_trades", **BTC, limit=0), -1130)],
    "GET /api/v3/aggTrades": [(asked("agg_trades", **BTC, from_id=1, start_time=1), -1128)],
    "GET /api/v3/avgPrice": [(asked("avg_price", **NOWHERE), -1121)],
    "GET /api/v3/klines": [(asked("klines", **BTC, interval="7m"), -1120)],
    "GET /api/v3/ticker/24hr": [(asked("ticker24hr", **NOWHERE), -1121)],
    "GET /api/v3/ticker/price": [(asked("ticker_price", symbols=["NOPE"]), -1121)],
    "GET /api/v3/ticker/bookTicker": [(asked("ticker_book_ticker", **NOWHERE), -1121)],
    "GET /api/v3/account": [(asked("get_account", recv_window=70_000), -1131)],
    "GET /api/v3/account/commission": [(asked("account_commission", **NOWHERE), -1121)],
    "GET /api/v3/rateLimit/order": [(asked("rate_limit_order", recv_window=70_000), -1131)],
    "POST /api/v3/order": [
        (asked("new_order", **LIMIT), -1102),
        (asked("new_order", **(AWAY | {"quantity": 8_000})), -2010),
        (asked("new_order", **(STOP | {"stop_price": 101})), -2010),
        (asked("new_order", **AWAY, iceberg_qty=1), -2010),
        (asked("new_order", **AWAY, stop_price=91), -1106),
    ],
    "POST /api/v3/order/test": [(asked("order_test", **(AWAY | {"quantity": 0.01})), -1013)],
    "POST /api/v3/order/cancelReplace": [
        (asked("order_cancel_replace", **REPLACE, cancel_order_id=999), -2022),
    ],
    "GET /api/v3/order": [(asked("get_order", **BTC, order_id=999), -2013)],
    "DELETE /api/v3/order": [(asked("delete_order", **BTC, order_id=999), -2011)],
    "GET /api/v3/openOrders": [(asked("get_open_orders", **NOWHERE), -1121)],
    "DELETE /api/v3/openOrders": [(asked("delete_open_orders", **BTC), -2011)],
    "GET /api/v3/allOrders": [(asked("all_orders", **NOWHERE), -1121)],
    "GET /api/v3/myTrades": [(asked("my_trades", **BTC, start_time=1, end_time=90_000_001), -1127)],
}
CANNOT_BE_REFUSED = {"GET /api/v3/ping", "GET /api/v3/time"}


@pytest.fixture(scope="module")
def url_and_trading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Trading]]:
    folder = tmp_path_factory.mktemp("candles")
    write_candles(
        folder, "BTC/USDT", "1m", [99.0, 100.01, 100.0], datetime.now(UTC) - timedelta(hours=1)
    )
    pairs = ["BTC/USDT", "ETH/USDT"]
    exchange = LocalExchange(pairs, CandleFolder.open(folder))
    trading = Trading(exchange, balances={"USDT": 100_000, "BTC": 10})
    for pair, price in zip(pairs, (100.0, 10.0), strict=True):
        exchange.set_price(pair, price)
    with running(trading.exchange, Binance(), trading=trading) as url:
        yield url, trading


@pytest.fixture
def client(url_and_trading: tuple[str, Trading]) -> Iterator[Client]:
    url, trading = url_and_trading
    yield Client(url, trading)
    for left in trading.account.open_orders:
        trading.cancel(left.id)


def absent(value: Any, path: str = "") -> set[str]:
    """Return the fields of the SDK's model of an answer that the answer lacks."""
    if isinstance(value, list):
        return {name for item in value for name in absent(item, f"{path}[]")}
    value = getattr(value, "actual_instance", None) or value
    if not isinstance(value, BaseModel):
        return absent(value, path) if isinstance(value, list) else set()
    found = set()
    for name, field in type(value).model_fields.items():
        here = f"{path}.{field.alias or name}".removeprefix(".")
        inner = getattr(value, name)
        if name != "additional_properties":
            found |= {here} if inner is None else absent(inner, here)
    return found


def served() -> set[str]:
    trading = Trading(LocalExchange([]))
    routes = Binance().routes(trading.exchange, trading)
    names = {f"{route.method} {route.path}" for route in routes}
    return {name for name in names if "/api/v3/" in name}  # the SDK of spot knows no other


def test_every_operation_served_is_judged() -> None:
    assert NORMAL.keys() == served()
    assert REFUSED.keys() == served() - CANNOT_BE_REFUSED


def test_the_sdk_reads_every_answer_and_finds_absent_what_is_listed(client: Client) -> None:
    found = {
        operation: [sorted(absent(call(client).data())) for call in calls]
        for operation, calls in NORMAL.items()
    }
    assert found == json.loads(GOLDEN.read_text())


@pytest.mark.parametrize("operation", REFUSED)
def test_the_sdk_understands_the_refusals(client: Client, operation: str) -> None:
    for call, code in REFUSED[operation]:
        with pytest.raises((ClientError, Error)) as refusal:
            call(client)
        assert getattr(refusal.value, "status_code", None) == code


def test_the_sdk_understands_an_order_replaced_by_half(client: Client) -> None:
    sent = REPLACE | {"cancel_replace_mode": "ALLOW_FAILURE", "cancel_order_id": 999}
    with pytest.raises(ClientError, match="partially failed"):  # it reads no code beside HTTP 409
        client.rest.order_cancel_replace(**sent)
    assert len(client.rest.get_open_orders(**BTC).data()) == 1


def test_the_sdk_sees_what_is_used_of_the_limits(client: Client) -> None:
    told = client.rest.new_order(**AWAY).rate_limits
    assert {(limit.rateLimitType, limit.intervalNum, limit.interval) for limit in told} == {
        ("REQUEST_WEIGHT", 1, "MINUTE"),
        ("ORDERS", 10, "SECOND"),
        ("ORDERS", 1, "DAY"),
    }
    assert all(limit.count > 0 for limit in told)


def test_the_weights_are_those_that_the_sdk_names() -> None:
    from binance_sdk_spot.rest_api.rest_api import SpotRestAPI

    named: dict[tuple[str, str], int] = {}
    for name, calls in NORMAL.items():
        text = getattr(SpotRestAPI, calls[0].operation).__doc__
        if weight := re.search(r"Weight\(IP\): (\d+)$", text, re.MULTILINE):
            method, path = name.split(" ")
            named[method, path] = int(weight[1])
    assert len(named) >= 15  # of the others it says more than a number
    assert {name: weight_of(*name, {}) for name in named} == named
