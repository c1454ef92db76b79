"""The signed half over real HTTP: as freqtrade's Binance class uses it, and as it refuses."""

import contextlib
import logging
import threading
import time
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import ccxt
import pytest
from freqtrade.exceptions import InsufficientFundsError, InvalidOrderException

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.book import Depth
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.keys import Keys
from sandbox.exchange.ledger import recompute
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import Caller, freqtrade_on, make_exchange, refused

ORDER = "/api/v3/order"


def make_trading() -> Trading:
    return Trading(make_exchange(BTC=100.0, ETH=10.0), balances={"USDT": 10_000, "ETH": 100})


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Trading, Any]]:
    trading = make_trading()
    with (
        running(trading.exchange, Binance(), trading=trading) as url,
        freqtrade_on(url, trading) as made,
    ):
        yield trading, made


@pytest.fixture
def trading(shared: tuple[Trading, Any]) -> Trading:
    trading, _ = shared
    trading.exchange.set_price("BTC/USDT", 100.0)
    return trading


@pytest.fixture
def freqtrade(shared: tuple[Trading, Any]) -> Any:
    return shared[1]


@pytest.fixture
def call() -> Iterator[Caller]:
    trading = make_trading()
    with running(trading.exchange, Binance(), trading=trading) as url:
        yield Caller(url, trading)


def place(freqtrade: Any, side: str, amount: float, rate: float, **more: Any) -> Any:
    kind = more.pop("kind", "limit")
    return freqtrade.create_order(
        pair="BTC/USDT",
        ordertype=kind,
        side=side,
        amount=amount,
        rate=rate,
        leverage=1,
        **more,
    )


# --- as freqtrade uses it ---------------------------------------------------------------------


def test_freqtrade_sees_the_balances(trading: Trading, freqtrade: Any) -> None:
    seen = freqtrade.get_balances()
    for asset, balance in trading.account.balances.items():
        assert seen[asset]["free"] == float(balance.free)
        assert seen[asset]["total"] == float(balance.total)


def test_freqtrade_buys_and_sells_at_the_market(freqtrade: Any) -> None:
    order = place(freqtrade, "buy", 2.0, 100.0, kind="market")
    assert (order["status"], order["filled"]) == ("closed", 2.0)
    assert order["average"] == pytest.approx(100.01)
    assert order["fee"] == {"currency": "BTC", "cost": 0.002}
    since = datetime.now(UTC)
    assert len(freqtrade.get_trades_for_order(order["id"], "BTC/USDT", since)) == 1
    order = place(freqtrade, "sell", 1.5, 100.0, kind="market")
    assert (order["status"], order["fee"]["currency"]) == ("closed", "USDT")


def test_freqtrade_follows_a_limit_order_to_its_end(trading: Trading, freqtrade: Any) -> None:
    order = place(freqtrade, "buy", 1.0, 90.0)
    assert (order["status"], order["filled"]) == ("open", 0.0)
    assert freqtrade.get_balances()["USDT"]["used"] == 90.0
    trading.exchange.set_price("BTC/USDT", 89.0)
    done = freqtrade.fetch_order(order["id"], "BTC/USDT")
    assert (done["status"], done["average"]) == ("closed", 90.0)
    (fill,) = freqtrade.get_trades_for_order(order["id"], "BTC/USDT", datetime.now(UTC))
    assert (fill["takerOrMaker"], fill["price"]) == ("maker", 90.0)
    recent = freqtrade.fetch_orders("BTC/USDT", datetime.now(UTC) - timedelta(minutes=1))
    assert order["id"] in [found["id"] for found in recent]


def test_freqtrade_cancels(trading: Trading, freqtrade: Any) -> None:
    order = place(freqtrade, "buy", 1.0, 90.0)
    found = freqtrade.cancel_order_with_result(order["id"], "BTC/USDT", 1.0)
    assert (found["status"], found["filled"]) == ("canceled", 0.0)
    assert freqtrade.check_order_canceled_empty(found)
    with pytest.raises(InvalidOrderException, match="Unknown order sent"):
        freqtrade.cancel_order(order["id"], "BTC/USDT")
    assert not trading.account.open_orders


@pytest.mark.parametrize(
    ("time_in_force", "rate", "status"),
    [
        ("IOC", 90.0, "expired"),
        ("FOK", 90.0, "expired"),
        ("FOK", 101.0, "closed"),
        ("PO", 90.0, "open"),
    ],
)
def test_freqtrades_times_in_force(
    trading: Trading, freqtrade: Any, time_in_force: str, rate: float, status: str
) -> None:
    order = place(freqtrade, "buy", 1.0, rate, time_in_force=time_in_force)
    assert order["status"] == status
    for left in trading.account.open_orders:
        trading.cancel(left.id)


def test_freqtrade_understands_the_refusals(trading: Trading, freqtrade: Any) -> None:
    with pytest.raises(InsufficientFundsError):
        place(freqtrade, "buy", 1000.0, 100.0)
    with pytest.raises(InvalidOrderException, match="immediately match"):
        place(freqtrade, "buy", 1.0, 110.0, time_in_force="PO")
    with pytest.raises(ccxt.OrderNotFound):
        freqtrade._api.fetch_order("999", "BTC/USDT")
    trading.exchange.halted.add("BTC/USDT")
    with pytest.raises(Exception, match=r"Market is closed\."):
        place(freqtrade, "buy", 1.0, 90.0)
    trading.exchange.halted.clear()


def test_freqtrade_reads_the_fees(freqtrade: Any) -> None:
    fees = freqtrade._api.fetch_trading_fees()
    assert fees["ETH/USDT"]["maker"] == fees["ETH/USDT"]["taker"] == 0.001


def test_ccxt_knows_wrong_keys(call: Caller) -> None:
    exchange = overlay(call.url, {}, Keys.generate())["exchange"]
    stranger = ccxt.binance(
        {"apiKey": exchange["key"], "secret": exchange["secret"], **exchange["ccxt_config"]}
    )
    with pytest.raises(ccxt.AuthenticationError, match="-2015"):
        stranger.fetch_balance()


# --- what it refuses ----------------------------------------------------------------------------


def now_ms(seconds: float = 0.0) -> int:
    return int((time.time() + seconds) * 1000)


@pytest.mark.parametrize("key", [None, "short", "x" * 63 + "!"])
def test_a_key_of_another_form_is_refused(call: Caller, key: str | None) -> None:
    got = refused(lambda: call.raw("GET", "/api/v3/account", "timestamp=1", key))
    assert got == (401, -2014, "API-key format invalid.")


def test_no_other_key_is_accepted(call: Caller) -> None:
    got = refused(lambda: call.raw("GET", "/api/v3/account", "timestamp=1", Keys.generate().key))
    assert got[:2] == (401, -2015)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("timestamp={now}&signature=" + "0" * 64, id="wrong"),
        pytest.param("timestamp={now}&signature=%C3%A4", id="not hexadecimal"),
    ],
)
def test_a_wrong_signature_is_refused(call: Caller, query: str) -> None:
    got = refused(lambda: call.raw("GET", "/api/v3/account", query.format(now=now_ms())))
    assert got == (400, -1022, "Signature for this request is not valid.")


def test_a_changed_parameter_breaks_the_signature(call: Caller) -> None:
    query = f"symbol=BTCUSDT&timestamp={now_ms()}"
    signature = call.keys.signature(query)
    changed = query.replace("BTC", "ETH") + f"&signature={signature}"
    assert refused(lambda: call.raw("GET", "/api/v3/allOrders", changed))[1] == -1022


def test_query_and_body_are_signed_together(call: Caller) -> None:
    query, body = f"symbol=BTCUSDT&timestamp={now_ms()}", "side=BUY&type=MARKET&quantity=1"
    body += "&signature=" + call.keys.signature(query + body)
    assert call.raw("POST", ORDER, query, body=body)["status"] == "FILLED"


@pytest.mark.parametrize(
    ("sent", "code", "text"),
    [
        pytest.param({"timestamp": now_ms(3_600)}, -1021, "1000ms ahead", id="ahead"),
        pytest.param({"timestamp": now_ms(-3_600)}, -1021, "outside of", id="behind"),
        pytest.param({"timestamp": "now"}, -1102, "timestamp", id="no number"),
        pytest.param({"timestamp": ""}, -1102, "timestamp", id="empty"),
        pytest.param({"recvWindow": 60_001}, -1131, "60000", id="window too wide"),
        pytest.param({"recvWindow": "wide"}, -1102, "recvWindow", id="window no number"),
    ],
)
def test_the_time_of_a_request_is_checked(
    call: Caller, sent: dict[str, Any], code: int, text: str
) -> None:
    _, got, message = call.refusal("GET", "/api/v3/account", **sent)
    assert got == code
    assert text in message


def test_the_window_decides_how_old_a_request_may_be(call: Caller) -> None:
    assert call("GET", "/api/v3/account", timestamp=now_ms(-8), recvWindow=10_000)
    assert call.refusal("GET", "/api/v3/account", timestamp=now_ms(-8))[1] == -1021


GOOD = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"} | {
    "quantity": "1",
    "price": "90",
}


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
    assert call.refusal("POST", ORDER, **(GOOD | changed))[:2] == (400, code)
    assert call.trading.account.ledger == before


def test_a_name_is_taken_once_and_finds_its_order(call: Caller) -> None:
    taken = call("POST", ORDER, **GOOD, newClientOrderId="mine")
    assert call.refusal("POST", ORDER, **GOOD, newClientOrderId="mine")[1:] == (
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
    taken = call("POST", ORDER, **GOOD)
    assert call.refusal("GET", ORDER, symbol="ETHUSDT", orderId=taken["orderId"])[1] == -2013


def test_open_orders_are_listed_and_cancelled_together(call: Caller) -> None:
    for price in ("90", "91"):
        call("POST", ORDER, **(GOOD | {"price": price}))
    call("POST", ORDER, **(GOOD | {"symbol": "ETHUSDT", "price": "9"}))
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
    answer = call("POST", ORDER, **GOOD, newOrderRespType=detail)
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
    assert call.refusal("POST", ORDER, **GOOD)[1:] == (-1013, "Market is closed.")


def test_the_public_book_shows_what_was_taken() -> None:
    exchange = make_exchange(Depth(level_value=Decimal(100), levels=3), BTC=100.0)
    trading = Trading(exchange, balances={"USDT": 1000})
    with running(exchange, Binance(), trading=trading) as url:
        call = Caller(url, trading)
        sent = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1.5"}
        assert call("POST", ORDER, **sent)["status"] == "FILLED"
        asks = call.raw("GET", "/api/v3/depth", "symbol=BTCUSDT")["asks"]
    assert [amount for _, amount in asks] == ["0.50000000", "1.00000000"]


def test_without_an_account_nothing_is_signed() -> None:
    trading = make_trading()
    with (
        running(trading.exchange, Binance()) as url,
        pytest.raises(urllib.error.HTTPError, match="404"),
    ):
        Caller(url, trading)("GET", "/api/v3/account")


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
        sent = GOOD | {"quantity": "0.1"}
        answers = list(pool.map(lambda _: call("POST", ORDER, **sent), range(40)))
    stop.set()
    walker.join()
    account = trading.account
    assert len({answer["orderId"] for answer in answers}) == 40
    assert recompute(account.ledger) == account.balances


# --- keys ---------------------------------------------------------------------------------------


def test_keys_are_never_printed() -> None:
    keys = Keys.generate()
    assert keys.key not in f"{keys} {keys!r}"
    assert keys.secret not in f"{keys} {keys!r}"
    assert Keys.generate() != keys


@pytest.mark.parametrize("text", ["", "x" * 64, "sandbox", "sandbox" + "!" * 57])
def test_keys_of_a_real_account_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(SandboxError, match="no keys of the sandbox") as caught:
        Keys(text, Keys.generate().secret)
    assert not text or text == "sandbox" or text not in str(caught.value)


def test_the_overlay_hands_out_the_sandboxs_keys_and_no_others() -> None:
    keys = Keys.generate()
    config = {"exchange": {"key": "theirs", "apiKey": "theirs", "secret": "theirs", "uid": "u"}}
    made = overlay("http://127.0.0.1:1", config, keys)["exchange"]
    assert {made[name] for name in ("key", "api_key", "apiKey")} == {keys.key}
    assert made["secret"] == keys.secret
    assert made["uid"] == ""
    assert "theirs" not in str(made)


@pytest.mark.parametrize("part", ["ccxt_config", "ccxt_sync_config", "ccxt_async_config"])
def test_keys_that_would_win_are_named(part: str) -> None:
    config = {"exchange": {part: {"apiKey": "theirs"}}}
    with pytest.raises(SandboxError, match=f"exchange.{part}.apiKey: keys belong into"):
        overlay("http://127.0.0.1:1", config, Keys.generate())


def test_no_key_and_no_signed_query_is_logged(
    call: Caller, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        call("GET", "/api/v3/account")
        call.refusal("POST", ORDER, **(GOOD | {"symbol": "NOPE"}))
        with contextlib.suppress(Exception):
            call("GET", "/api/v3/nothing")
        call.trading.exchange.set_price = None
        call.trading.advance = None
        with contextlib.suppress(Exception):
            call("GET", "/api/v3/account")  # an error inside the server
    written = caplog.text + "".join(capfd.readouterr())
    assert "TypeError" in written
    assert call.keys.key not in written
    assert call.keys.secret not in written
    assert "signature=" not in written
