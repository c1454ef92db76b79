"""Pairs that halt, end and are renamed; fees that are not the configured ones."""

import urllib.error
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.fees import Fees
from sandbox.exchange.ledger import recompute
from sandbox.exchange.ledger_file import LedgerFile
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from tests.support.exchanges import Caller, control, controlled, refused

ORDER, TICKER = "/api/v3/order", "/api/v3/ticker/24hr"
D = Decimal


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Caller]:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for coin, price in (("BTC", 100.0), ("OLD", 0.5)):
        write_candles(tmp_path, f"{coin}/USDT", "1h", [price] * 48, start)
    exchange = LocalExchange(["BTC/USDT", "OLD/USDT"], CandleFolder.open(tmp_path))
    exchange.set_price("BTC/USDT", 100.0)
    exchange.set_price("OLD/USDT", 0.4321)
    balances = {"USDT": 10_000, "BTC": 10, "OLD": "12345.678"}
    trading = Trading(exchange, balances=balances, file=tmp_path / "ledger.jsonl")
    with controlled(trading) as caller:
        yield caller


def buy(call: Caller, symbol: str = "OLDUSDT", quantity: float = 100) -> Any:
    return call("POST", ORDER, symbol=symbol, side="BUY", type="MARKET", quantity=quantity)


def rest(call: Caller, side: str, price: float) -> Any:
    asked = {"symbol": "OLDUSDT", "side": side, "type": "LIMIT", "timeInForce": "GTC"}
    return call("POST", ORDER, **asked, quantity=100, price=price)


def listed(call: Caller) -> dict[str, str]:
    info = call.raw("GET", "/api/v3/exchangeInfo", "")
    return {symbol["symbol"]: symbol["status"] for symbol in info["symbols"]}


# --- status --------------------------------------------------------------------------------------


def test_a_pair_on_a_break_is_listed_and_takes_no_order(call: Caller) -> None:
    resting = rest(call, "BUY", 0.3)
    control(call.url, "market", pair="OLD/USDT", status="BREAK")
    assert listed(call) == {"BTCUSDT": "TRADING", "OLDUSDT": "BREAK"}
    asked = {"symbol": "OLDUSDT", "side": "BUY", "type": "MARKET", "quantity": 100}
    assert call.refusal("POST", ORDER, **asked) == (400, -1013, "Market is closed.")
    control(call.url, "price", pair="OLD/USDT", price=0.2)
    assert call("GET", ORDER, symbol="OLDUSDT", orderId=resting["orderId"])["status"] == "NEW"
    control(call.url, "market", pair="OLD/USDT", status="TRADING")
    assert call("GET", ORDER, symbol="OLDUSDT", orderId=resting["orderId"])["status"] == "FILLED"
    assert buy(call)["status"] == "FILLED"


def test_a_pair_that_ends_leaves_everything_and_its_orders_are_cancelled(call: Caller) -> None:
    rest(call, "BUY", 0.3)
    rest(call, "SELL", 0.9)
    control(call.url, "market", pair="OLD/USDT", status="END")
    assert listed(call) == {"BTCUSDT": "TRADING"}
    assert [one["symbol"] for one in call.raw("GET", TICKER, "")] == ["BTCUSDT"]
    invalid = (400, -1121, "Invalid symbol.")
    for path in (TICKER, "/api/v3/depth", "/api/v3/klines", "/api/v3/ticker/bookTicker"):
        assert refused(lambda p=path: call.raw("GET", p, "symbol=OLDUSDT&interval=1h")) == invalid
    asked = {"symbol": "OLDUSDT", "side": "BUY", "type": "MARKET", "quantity": 100}
    assert call.refusal("POST", ORDER, **asked) == invalid
    assert call("GET", "/api/v3/openOrders") == []
    account = call.trading.account
    assert [order.status.value for order in account.orders] == ["CANCELED", "CANCELED"]
    assert all(balance.locked == 0 for balance in account.balances.values())
    assert account.balance("OLD").free == D("12345.678")  # the coins are still there


def test_a_pair_that_ended_may_come_back(call: Caller) -> None:
    for status in ("END", "BREAK", "TRADING"):
        control(call.url, "market", pair="OLD/USDT", status=status)
    assert listed(call)["OLDUSDT"] == "TRADING"
    assert buy(call)["status"] == "FILLED"


def test_halt_and_resume_are_the_same_as_break_and_trading(call: Caller) -> None:
    control(call.url, "halt", pair="OLD/USDT")
    assert listed(call)["OLDUSDT"] == "BREAK"
    control(call.url, "resume", pair="OLD/USDT")
    assert listed(call)["OLDUSDT"] == "TRADING"


# --- another name ------------------------------------------------------------------------------


@pytest.mark.parametrize(("ratio", "amount"), [(1, "12345.678"), (1000, "12.34567800")])
def test_balances_prices_and_candles_follow_a_new_name(
    call: Caller, tmp_path: Path, ratio: int, amount: str
) -> None:
    rest(call, "SELL", 0.9)
    control(call.url, "rename", **{"from": "OLD", "to": "NEW", "ratio": ratio})
    assert listed(call) == {"BTCUSDT": "TRADING", "NEWUSDT": "TRADING"}
    account = call.trading.account
    assert account.balance("OLD").total == 0
    assert account.balance("NEW").free == D(amount)
    assert recompute(account.ledger) == account.balances
    seen = call.raw("GET", TICKER, "symbol=NEWUSDT")
    assert float(seen["lastPrice"]) == pytest.approx(0.4321 * ratio)
    candles = call.raw("GET", "/api/v3/klines", "symbol=NEWUSDT&interval=1h&limit=3")
    assert [float(row[4]) for row in candles] == [0.5 * ratio] * 3
    assert float(candles[0][5]) == pytest.approx(1000 / ratio)
    sold = {"symbol": "NEWUSDT", "side": "SELL", "type": "MARKET", "quantity": 12}
    assert call("POST", ORDER, **sold)["status"] == "FILLED"
    kept = LedgerFile(tmp_path / "ledger.jsonl").read()
    assert recompute(kept.entries) == account.balances


def test_a_lot_is_worth_the_same_after_a_redenomination(call: Caller) -> None:
    before = call.trading.exchange.listing.of("OLD/USDT")
    control(call.url, "rename", **{"from": "OLD", "to": "NEW", "ratio": "1000"})
    after = call.trading.exchange.listing.of("NEW/USDT")
    assert after.step == before.step / 1000
    assert after.tick == before.tick * 1000
    assert after.min_notional == before.min_notional


@pytest.mark.parametrize(
    "sent",
    [
        {"from": "NO", "to": "NEW"},
        {"from": "USDT", "to": "NEW"},
        {"from": "OLD", "to": "BTC"},
        {"from": "OLD", "to": "OLD"},
        {"from": "OLD", "to": ""},
        {"from": "OLD", "to": "NEW", "ratio": 0},
        {"from": "OLD", "to": "NEW", "ratio": "NaN"},
        {"from": "OLD", "to": "NEW", "ratio": "many"},
        {"from": "OLD"},
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_changes(
    call: Caller, sent: dict[str, Any]
) -> None:
    before = call.trading.account.ledger
    with pytest.raises(urllib.error.HTTPError, match="400"):
        control(call.url, "rename", **sent)
    assert listed(call) == {"BTCUSDT": "TRADING", "OLDUSDT": "TRADING"}
    assert call.trading.account.ledger == before


# --- fees --------------------------------------------------------------------------------------


def test_a_pair_may_have_fees_of_its_own(call: Caller) -> None:
    control(call.url, "fees", pair="OLD/USDT", taker="0.012")
    assert buy(call)["fills"][0]["commission"] == "1.20000000"
    assert buy(call, "BTCUSDT", 1)["fills"][0]["commission"] == "0.00100000"
    (fees,) = call("GET", "/sapi/v1/asset/tradeFee", symbol="OLDUSDT")
    assert (fees["makerCommission"], fees["takerCommission"]) == ("0.001", "0.012")
    control(call.url, "fees", maker=0, taker=0.002)
    assert buy(call, "BTCUSDT", 1)["fills"][0]["commission"] == "0.00200000"
    assert buy(call)["fills"][0]["commission"] == "1.20000000"
    rates = call("GET", "/api/v3/account")["commissionRates"]
    assert (rates["maker"], rates["taker"]) == ("0.00000000", "0.00200000")


@pytest.mark.parametrize(
    "sent", [{"taker": 1}, {"taker": "dear"}, {"maker": -1}, {"pair": "NO/USDT", "taker": 0.1}]
)
def test_a_fee_that_cannot_be_is_refused(call: Caller, sent: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        control(call.url, "fees", **sent)
    assert call.trading.account.fees == Fees()


def test_a_fee_that_resting_buys_have_not_set_aside_is_refused(call: Caller) -> None:
    call.trading.account.set_fees(Fees(asset="quote"))
    rest(call, "BUY", 0.3)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        control(call.url, "fees", pair="OLD/USDT", taker=0.01)
    control(call.url, "fees", pair="BTC/USDT", taker=0.01)
    control(call.url, "fees", pair="OLD/USDT", taker=0.0005, maker=0.0005)
    control(call.url, "price", pair="OLD/USDT", price=0.2)
    account = call.trading.account
    assert account.fills[0].fee == D("0.3") * 100 * D("0.0005")
    assert recompute(account.ledger) == account.balances
