"""Faults on demand: what a client sees, and what the exchange has done meanwhile."""

import contextlib
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest

from sandbox.binance.dialect import Binance
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.trading import Trading
from sandbox.serving.faults import Fault, Faults
from sandbox.serving.server import running
from tests.support.exchanges import Caller, control, freqtrade_on, make_exchange

ACCOUNT, ORDER = "/api/v3/account", "/api/v3/order"
BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}


class Shop(Caller):
    """Signed requests to an exchange with faults."""

    faults: Faults


@pytest.fixture
def call() -> Iterator[Shop]:
    trading = Trading(make_exchange(BTC=100.0, ETH=10.0), balances={"USDT": 10_000})
    faults = Faults(seed=7)
    with running(trading.exchange, Binance(), trading=trading, faults=faults) as url:
        shop = Shop(url, trading)
        shop.faults = faults
        yield shop


@pytest.fixture(scope="module")
def binance() -> Iterator[tuple[Any, Trading, Faults]]:
    trading = Trading(make_exchange(BTC=100.0), balances={"USDT": 10_000, "BTC": 1})
    faults = Faults()
    with (
        running(trading.exchange, Binance(), trading=trading, faults=faults) as url,
        freqtrade_on(url, trading) as made,
    ):
        yield made._api, trading, faults


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault("status", status=429), ccxt.DDoSProtection, id="too many requests"),
        pytest.param(Fault("status", status=418), ccxt.DDoSProtection, id="banned"),
        pytest.param(Fault("status", status=500), ccxt.OperationFailed, id="server error"),
        pytest.param(Fault("status", status=503), ccxt.OnMaintenance, id="maintenance"),
        pytest.param(Fault("status", status=504), ccxt.RequestTimeout, id="execution unknown"),
        pytest.param(Fault("cut"), ccxt.NetworkError, id="cut"),
        pytest.param(Fault("hang", seconds=1.0), ccxt.RequestTimeout, id="hangs"),
        pytest.param(Fault("late", seconds=1.0), ccxt.RequestTimeout, id="too late"),
    ],
)
@pytest.mark.parametrize("accepted", [False, True], ids=["before", "after"])
def test_ccxt_meets_a_fault_before_or_after_an_order_was_taken(
    binance: tuple[Any, Trading, Faults], fault: Fault, error: type[Exception], accepted: bool
) -> None:
    api, trading, faults = binance
    faults.add(Fault(**{**vars(fault), "accepted": accepted, "method": "POST"}))
    before, patience = len(trading.account.orders), api.timeout
    api.timeout = 400  # milliseconds
    with pytest.raises(error):
        api.create_order("BTC/USDT", "market", "buy", 1)
    api.timeout = patience
    taken = len(trading.account.orders) - before
    assert taken == (accepted or fault.kind == "late")
    assert not faults.pending
    assert api.fetch_balance()["BTC"]["free"] == pytest.approx(
        float(trading.account.balance("BTC").free)
    )


def test_the_answer_says_when_to_come_back(call: Shop) -> None:
    call.faults.add(Fault("status", status=429, retry_after=3))
    with pytest.raises(urllib.error.HTTPError) as caught:
        call("GET", ACCOUNT)
    with caught.value as answer:
        assert (answer.code, answer.headers["Retry-After"]) == (429, "3")


def test_a_late_answer_is_the_right_one(call: Shop) -> None:
    call.faults.add(Fault("late", seconds=0.3))
    began = time.monotonic()
    assert call("POST", ORDER, **BUY)["status"] == "FILLED"
    assert time.monotonic() - began >= 0.3


def test_other_requests_are_answered_while_one_hangs(call: Shop) -> None:
    call.faults.add(Fault("hang", path=ORDER, seconds=30))

    def hang() -> None:
        with contextlib.suppress(OSError):  # cut when the server stops
            call("POST", ORDER, **BUY)

    threading.Thread(target=hang, daemon=True).start()
    while not call.faults.fired:
        time.sleep(0.01)
    assert call("GET", ACCOUNT)


def test_a_fault_meets_its_endpoint_only_and_as_often_as_asked(call: Shop) -> None:
    call.faults.add(Fault("status", method="GET", path="/api/v3/my*", skip=1, count=2))

    def fine(method: str, path: str, **sent: Any) -> bool:
        try:
            return call(method, path, **sent) is not None
        except urllib.error.HTTPError as error:
            error.close()
            return False

    assert fine("GET", ACCOUNT)
    assert fine("POST", ORDER, **BUY)
    trades = [fine("GET", "/api/v3/myTrades", symbol="BTCUSDT") for _ in range(4)]
    assert trades == [True, False, False, True]
    assert [path for _, _, path in call.faults.fired] == ["/api/v3/myTrades"] * 2


def test_chance_is_drawn_from_the_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault("cut", count=None, probability=0.5))
        return [faults.next("GET", ACCOUNT) is not None for _ in range(50)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 10 < sum(drawn(1)) < 40


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"kind": "cut", "probability": float("nan")},
        {"kind": "cut", "probability": 1.1},
        {"kind": "late", "seconds": -1},
        {"kind": "status", "status": 200},
        {"kind": "cut", "count": 0},
        {"kind": "cut", "skip": -1},
    ],
    ids=str,
)
def test_impossible_faults_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SandboxError):
        Fault(**wrong)


def test_a_wrong_clock_refuses_signed_requests(call: Shop) -> None:
    for offset in (-3_600_000, 3_600_000):
        call.trading.exchange.offset_ms = offset
        assert call.refusal("GET", ACCOUNT)[1] == -1021
        said = call.raw("GET", "/api/v3/time", "")["serverTime"]
        assert abs(said - offset - time.time() * 1000) < 5_000
    call.trading.exchange.offset_ms = 0
    assert call("GET", ACCOUNT)


def test_stale_prices_are_shown_while_orders_meet_the_true_ones(call: Shop) -> None:
    exchange = call.trading.exchange
    exchange.freeze("BTC/USDT")
    exchange.set_price("BTC/USDT", 200.0)
    shown = call.raw("GET", "/api/v3/ticker/24hr", "symbol=BTCUSDT")
    assert (shown["lastPrice"], shown["bidPrice"]) == ("100.00000000", "100.00000000")
    time.sleep(0.02)
    assert shown["closeTime"] < time.time() * 1000
    assert (
        call.raw("GET", "/api/v3/ticker/24hr", "symbol=BTCUSDT")["closeTime"]
        == (shown["closeTime"])
    )
    answer = call("POST", ORDER, **BUY)
    assert float(answer["fills"][0]["price"]) == pytest.approx(200.01)
    exchange.thaw("BTC/USDT")
    price = call.raw("GET", "/api/v3/ticker/price", "symbol=BTCUSDT")["price"]
    assert price == "200.00000000"


def test_a_halted_pair_keeps_its_orders_and_fills_none(call: Shop) -> None:
    exchange = call.trading.exchange
    limit = BUY | {"type": "LIMIT", "timeInForce": "GTC", "price": "90"}
    call("POST", ORDER, **limit)
    exchange.halted.add("BTC/USDT")
    exchange.set_price("BTC/USDT", 80.0)
    assert call.refusal("POST", ORDER, **BUY)[1] == -1013
    assert [order["status"] for order in call("GET", "/api/v3/openOrders")] == ["NEW"]
    exchange.halted.clear()
    assert call("GET", "/api/v3/openOrders") == []


# --- from another process -----------------------------------------------------------------------


def test_everything_can_be_done_over_the_control_endpoint(call: Shop) -> None:
    control(call.url, "price", pair="BTC/USDT", price=50.0)
    control(call.url, "deposit", asset="USDT", amount="5")
    control(call.url, "withdraw", asset="USDT", amount=1)
    assert call.trading.account.balance("USDT").free == 10_004
    assert call.trading.exchange.price("BTC/USDT") == 50.0
    control(call.url, "halt", pair="BTC/USDT")
    assert call.refusal("POST", ORDER, **BUY)[1] == -1013
    control(call.url, "resume", pair="BTC/USDT")
    control(call.url, "freeze", pair="BTC/USDT")
    control(call.url, "price", pair="BTC/USDT", price=60.0)
    assert call.trading.exchange.price("BTC/USDT") == 50.0
    control(call.url, "thaw", pair="BTC/USDT")
    control(call.url, "clock", offset_ms=60_000)
    assert call.refusal("GET", ACCOUNT)[1] == -1021
    control(call.url, "clock", offset_ms=0)
    assert len(control(call.url, "ledger", "GET")) == 3
    assert control(call.url, "requests", "GET")[f"GET {ACCOUNT}"] == 1


def test_faults_are_added_listed_and_cleared_from_outside(call: Shop) -> None:
    control(call.url, "faults", kind="status", status=418, count=None, path="/*")
    assert call.refusal("GET", ACCOUNT)[:2] == (418, -1003)
    assert control(call.url, "faults", "GET")[0]["status"] == 418
    control(call.url, "faults", "DELETE")
    assert call("GET", ACCOUNT)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("price", {"pair": "BTC/USDT"}),
        ("price", {"pair": "NOPE/USDT", "price": 1}),
        ("price", {"pair": "BTC/USDT", "price": "dear"}),
        ("halt", {"pair": "NOPE/USDT"}),
        ("clock", {"offset_ms": "x"}),
        ("faults", {"kind": "explode"}),
        ("faults", {"kind": "cut", "colour": "red"}),
        ("withdraw", {"asset": "USDT", "amount": 10**9}),
        ("deposit", {"asset": "USDT", "amount": "much"}),
    ],
)
def test_a_wrong_wish_is_refused(call: Shop, name: str, sent: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        control(call.url, name, **sent)


@pytest.mark.parametrize(
    "header", [("Origin", "https://example.org"), ("Host", "rebound.example.org")]
)
def test_a_web_page_cannot_use_the_control_endpoint(call: Shop, header: tuple[str, str]) -> None:
    request = urllib.request.Request(f"{call.url}/control/faults", headers=dict([header]))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=5)


def test_without_faults_there_is_no_control_endpoint() -> None:
    with (
        running(make_exchange(BTC=1.0), Binance()) as url,
        pytest.raises(urllib.error.HTTPError, match="404"),
    ):
        control(url, "price", pair="BTC/USDT", price=2.0)
