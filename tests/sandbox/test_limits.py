"""The limits of requests and orders, as Binance counts, tells and enforces them."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import ccxt
import pytest

from sandbox.binance.dialect import Binance
from sandbox.binance.rate_limits import Limits
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.trading import Trading
from sandbox.serving.faults import Faults
from sandbox.serving.server import running
from tests.support.exchanges import Caller, control, freqtrade_on, make_exchange
from tests.support.patience import PATIENCE

LIMITS = Limits(weight=100, orders_10s=3, orders_day=5, ban_after=2, ban_seconds=90)
USED = "X-MBX-USED-WEIGHT-1M"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}
AWAY = {**ORDER, "price": "90"}
AT_ONCE = {**ORDER, "price": "110"}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def used(self) -> int:
        """The weight it tells."""
        return int(self.headers[USED])


@dataclass
class Desk:
    """A client of an exchange whose clock stands still until it is moved."""

    now: datetime = datetime(2026, 1, 1, 12, 0, 20, tzinfo=UTC)
    url: str = ""
    trading: Trading = field(init=False)

    def pass_seconds(self, seconds: float) -> None:
        """Move the clock."""
        self.now += timedelta(seconds=seconds)

    def get(self, path: str) -> Answer:
        """Ask without a key."""
        return sent(urllib.request.Request(self.url + path))

    def order(self, path: str = "/api/v3/order", method: str = "POST", **what: str) -> Answer:
        """Ask with a key."""
        stamped = what | {"timestamp": str(self.trading.exchange.now_ms)}
        query = urllib.parse.urlencode(stamped)
        signed = f"{self.url}{path}?{query}&signature={self.trading.keys.signature(query)}"
        headers = {"X-MBX-APIKEY": self.trading.keys.key}
        return sent(urllib.request.Request(signed, method=method, headers=headers))


def sent(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read().decode())


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    exchange = LocalExchange(["BTC/USDT"], clock=lambda: made.now)
    exchange.set_price("BTC/USDT", 100.0)
    made.trading = Trading(exchange, balances={"USDT": 100_000})
    with running(exchange, Binance(LIMITS), trading=made.trading, faults=Faults()) as made.url:
        yield made


@pytest.mark.parametrize(
    ("path", "weight"),
    [
        ("ping", 1),
        ("exchangeInfo", 20),
        ("klines?symbol=BTCUSDT&interval=1m", 2),
        ("depth?symbol=BTCUSDT", 5),
        ("depth?symbol=BTCUSDT&limit=101", 25),
        ("depth?symbol=BTCUSDT&limit=1000", 50),
        ("ticker/24hr?symbol=BTCUSDT", 2),
        ("ticker/24hr?symbols=%5B%22BTCUSDT%22%5D", 2),
        ("ticker/24hr", 80),
        ("ticker/price", 4),
        ("ticker/bookTicker?symbol=BTCUSDT", 2),
        ("trades?symbol=BTCUSDT", 25),
        ("depth?symbol=NOPE&limit=many", 5),  # what is refused weighs too
    ],
)
def test_every_answer_tells_the_weight_used(desk: Desk, path: str, weight: int) -> None:
    before = desk.get("/api/v3/ping").used
    assert desk.get(f"/api/v3/{path}").used == before + weight


@pytest.mark.parametrize(
    ("method", "path", "what", "weight"),
    [
        ("GET", "account", {}, 20),
        ("GET", "openOrders", {}, 80),
        ("GET", "openOrders", {"symbol": "BTCUSDT"}, 6),
        ("GET", "myTrades", {"symbol": "BTCUSDT"}, 20),
        ("GET", "myTrades", {"symbol": "BTCUSDT", "orderId": "1"}, 5),
        ("POST", "order", AWAY, 1),
        ("POST", "order/test", AWAY, 1),
        ("POST", "order/test", {**AWAY, "computeCommissionRates": "true"}, 20),
    ],
)
def test_signed_requests_weigh_too(
    desk: Desk, method: str, path: str, what: dict[str, str], weight: int
) -> None:
    assert desk.order(f"/api/v3/{path}", method, **what).used == weight


def test_what_is_not_of_the_spot_api_weighs_nothing(desk: Desk) -> None:
    assert USED not in desk.get("/sapi/v1/system/status").headers
    assert desk.get("/api/v3/ping").used == 1


def test_beyond_the_limit_everything_is_refused_until_the_minute_ends(desk: Desk) -> None:
    assert desk.get("/api/v3/ticker/24hr").status == 200
    assert desk.get("/api/v3/exchangeInfo").status == 200  # 100 of 100
    refused = desk.order(**AWAY)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "40")
    assert refused.used == 101
    assert '"code": -1003' in refused.body
    assert "current limit is 100 request weight per 1 MINUTE" in refused.body
    assert not desk.trading.account.orders
    desk.pass_seconds(40)
    assert desk.order(**AWAY).used == 1


def provoke(desk: Desk) -> Answer:
    """Use up a minute and go on until banned."""
    for _ in range(2):
        desk.get("/api/v3/ticker/24hr")
    return [desk.get("/api/v3/ping") for _ in range(2)][-1]


def test_who_goes_on_is_banned_and_longer_each_time(desk: Desk) -> None:
    ban = provoke(desk)
    assert (ban.status, ban.headers["Retry-After"]) == (418, "90")
    until = desk.trading.exchange.true_ms + 90_000
    assert f"IP banned until {until}." in ban.body
    desk.pass_seconds(89)  # a new minute changes nothing
    assert desk.get("/api/v3/ping").headers["Retry-After"] == "1"
    desk.pass_seconds(1)
    assert desk.get("/api/v3/ping").status == 200
    desk.pass_seconds(60)
    assert provoke(desk).headers["Retry-After"] == "180"


def test_who_waits_is_not_banned(desk: Desk) -> None:
    for _ in range(4):
        desk.get("/api/v3/ticker/24hr")
        assert desk.get("/api/v3/ticker/24hr").status == 429
        desk.pass_seconds(120)


def test_the_control_endpoint_is_never_refused(desk: Desk) -> None:
    provoke(desk)
    assert control(desk.url, "requests", "GET")["GET /api/v3/ping"] == 2


# --- orders -------------------------------------------------------------------------------------


def counted(answer: Answer) -> tuple[int, int]:
    return tuple(int(answer.headers[f"X-MBX-ORDER-COUNT-{time}"]) for time in ("10S", "1D"))


def test_orders_count_until_they_fill(desk: Desk) -> None:
    assert counted(desk.order(**AWAY)) == (1, 1)
    assert counted(desk.order(**AT_ONCE)) == (1, 1)
    assert counted(desk.order(**AWAY)) == (2, 2)
    desk.trading.exchange.set_price("BTC/USDT", 89.0)  # both fill
    assert counted(desk.order(**(AWAY | {"price": "80"}))) == (1, 1)


def test_too_many_unfilled_orders_are_refused_until_the_time_is_over(desk: Desk) -> None:
    for _ in range(3):
        assert desk.order(**AWAY).status == 200
    refused = desk.order(**AWAY)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "10")
    assert '"code": -1015' in refused.body
    assert "current limit is 3 orders per 10 SECOND." in refused.body
    assert desk.order("/api/v3/order/test", **AWAY).status == 200
    assert desk.order(method="DELETE", symbol="BTCUSDT", orderId="1").status == 200
    desk.pass_seconds(10)
    for _ in range(2):
        assert desk.order(**AWAY).status == 200
    desk.pass_seconds(10)
    assert "5 orders per 1 DAY" in desk.order(**AWAY).body


def test_the_counts_of_orders_can_be_asked_for(desk: Desk) -> None:
    desk.order(**AWAY)
    answer = desk.order("/api/v3/rateLimit/order", "GET").body
    assert '"intervalNum": 10, "limit": 3, "count": 1' in answer
    assert '"intervalNum": 1, "limit": 5, "count": 1' in answer


# --- settings -----------------------------------------------------------------------------------


def test_limits_are_set_while_it_runs_and_told(desk: Desk) -> None:
    control(desk.url, "limits", weight=25, orders_10s=7)
    told = desk.get("/api/v3/exchangeInfo").body
    assert '"interval": "MINUTE", "intervalNum": 1, "limit": 25' in told
    assert '"interval": "SECOND", "intervalNum": 10, "limit": 7' in told
    assert '"interval": "DAY", "intervalNum": 1, "limit": 200000' in told  # the usual one
    assert desk.get("/api/v3/depth?symbol=BTCUSDT").status == 200
    assert desk.get("/api/v3/ping").status == 429


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "10", None])
def test_a_limit_is_a_whole_number(wrong: Any) -> None:
    with pytest.raises(SandboxError, match=r"weight .* whole number above zero"):
        Limits(weight=wrong)


# --- as freqtrade meets them --------------------------------------------------------------------


def test_ccxt_takes_both_for_a_call_to_slow_down() -> None:
    exchange = make_exchange(BTC=100.0)
    trading = Trading(exchange, balances={"USDT": 100})
    with (
        running(exchange, Binance(), trading=trading, faults=Faults()) as url,
        freqtrade_on(url, trading) as freqtrade,
    ):
        control(url, "limits", weight=1, ban_after=1)
        for status in ("429", "418"):
            with pytest.raises(ccxt.DDoSProtection, match=status):
                freqtrade._api.fetch_ticker("BTC/USDT")
        control(url, "limits")
        assert Caller(url, trading).refusal("GET", "/api/v3/account")[0] == 418
