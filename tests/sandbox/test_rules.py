"""The rules of a market: real ones, given ones, changed ones; shown and enforced."""

import json
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.market_rules import REAL, read_rules, with_real
from sandbox.exchange.trading import Trading
from tests.support.builders import PROJECT
from tests.support.exchanges import Caller, control, controlled, freqtrade_on, make_exchange
from tests.support.patience import PATIENCE

ORDER = "/api/v3/order"
TEN_MAJORS = ("BTC", "ETH", "BNB", "SOL", "XRP", "ADA", "DOGE", "LTC", "DOT", "LINK")
BALANCES = {"USDT": 10_000_000, "BTC": 1_000, "DOGE": 10_000_000}


@pytest.fixture
def call() -> Iterator[Caller]:
    trading = Trading(make_exchange(BTC=40_000.0, DOGE=0.2), balances=BALANCES)
    with controlled(trading) as caller:
        yield caller


def filters(call: Caller, symbol: str) -> dict[str, dict[str, str]]:
    info = call.raw("GET", "/api/v3/exchangeInfo", f"symbol={symbol}")
    return {rule["filterType"]: rule for rule in info["symbols"][0]["filters"]}


def order(kind: str, quantity: str, symbol: str = "BTCUSDT", **more: str) -> dict[str, str]:
    asked = {"symbol": symbol, "side": "BUY", "type": kind, "quantity": quantity}
    return asked | ({"timeInForce": "GTC"} if kind == "LIMIT" else {}) | more


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        pytest.param(order("MARKET", "0.000005"), "LOT_SIZE", id="less than a lot"),
        pytest.param(order("MARKET", "0.001005"), "LOT_SIZE", id="no whole lots"),
        pytest.param(order("MARKET", "1.5", "DOGEUSDT"), "LOT_SIZE", id="a lot of one coin"),
        pytest.param(order("LIMIT", "9001", price="100"), "LOT_SIZE", id="above the largest"),
        pytest.param(order("MARKET", "101"), "MARKET_LOT_SIZE", id="above the largest at market"),
        pytest.param(
            {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "5000000"},
            "MARKET_LOT_SIZE",
            id="the same by value",
        ),
        pytest.param(order("LIMIT", "1", price="100.005"), "PRICE_FILTER", id="between ticks"),
        pytest.param(order("MARKET", "0.0001"), "NOTIONAL", id="too small a value"),
        pytest.param(order("LIMIT", "0.001", price="100"), "NOTIONAL", id="too small at its limit"),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused_by_name(
    call: Caller, asked: dict[str, str], refusal: str
) -> None:
    assert call.refusal("POST", ORDER, **asked) == (400, -1013, f"Filter failure: {refusal}")
    assert call.trading.account.orders == ()


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(order("MARKET", "0.00013"), id="the least above the smallest value"),
        pytest.param(order("MARKET", "100"), id="the largest at the market"),
        pytest.param(order("LIMIT", "9000", price="0.01"), id="the largest and the lowest price"),
        pytest.param(order("MARKET", "26", "DOGEUSDT"), id="whole coins"),
    ],
)
def test_an_order_at_the_edge_of_the_rules_is_taken(call: Caller, asked: dict[str, str]) -> None:
    assert call("POST", ORDER, **asked)["orderId"] == 1


def test_the_rules_are_shown_as_the_real_exchange_shows_them(call: Caller) -> None:
    seen = filters(call, "BTCUSDT")
    assert seen["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert seen["LOT_SIZE"] == {
        "filterType": "LOT_SIZE",
        "minQty": "0.00001000",
        "maxQty": "9000.00000000",
        "stepSize": "0.00001000",
    }
    assert seen["MARKET_LOT_SIZE"] == {
        "filterType": "MARKET_LOT_SIZE",
        "minQty": "0.00000000",
        "maxQty": "100.00000000",
        "stepSize": "0.00000000",
    }
    assert seen["NOTIONAL"]["minNotional"] == "5.00000000"
    with freqtrade_on(call.url, call.trading) as made:
        market = made.markets["DOGE/USDT"]
    assert market["precision"] == market["precision"] | {"amount": 1.0, "price": 0.00001}
    assert market["limits"]["amount"]["min"] == 1.0


def test_the_majors_have_the_lots_of_a_real_exchange_and_others_fitted_ones() -> None:
    exchange = make_exchange(**dict.fromkeys((*TEN_MAJORS, "OTHER"), 10.0))
    for coin in TEN_MAJORS:
        market = exchange.listing.of(f"{coin}/USDT")
        assert market.step == REAL[market.pair]["step"] == market.smallest_amount
        assert market.max_market_qty <= market.max_qty
    assert exchange.listing.of("OTHER/USDT").step == Decimal("1e-8")


def test_rules_change_while_it_runs(call: Caller) -> None:
    resting = call("POST", ORDER, **order("LIMIT", "0.00123", price="39000"))
    control(call.url, "rules", pair="BTC/USDT", step="0.01", max_market_qty="2", tick="10")
    seen = filters(call, "BTCUSDT")
    assert (seen["LOT_SIZE"]["stepSize"], seen["LOT_SIZE"]["minQty"]) == (
        "0.01000000",
        "0.01000000",
    )
    assert seen["PRICE_FILTER"]["tickSize"] == "10.00000000"
    assert call.refusal("POST", ORDER, **order("MARKET", "0.005"))[2].endswith(": LOT_SIZE")
    assert call.refusal("POST", ORDER, **order("MARKET", "2.01"))[2].endswith("MARKET_LOT_SIZE")
    assert call("POST", ORDER, **order("MARKET", "0.01"))["fills"][0]["price"] == "40010.00000000"
    control(call.url, "price", pair="BTC/USDT", price=38_000)
    found = call("GET", ORDER, symbol="BTCUSDT", orderId=resting["orderId"])
    assert found["status"] == "FILLED"  # an order keeps the lots with which it came
    assert control(call.url, "rules", "GET")["BTC/USDT"]["step"] == "0.01"
    assert set(control(call.url, "rules", "GET")) == {"BTC/USDT", "DOGE/USDT"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"stap": "1"}, 'did you mean "step"?'),
        ({"pair": "X/USDT", "step": "1"}, "X/USDT is not listed here"),
        ({"step": "0"}, "BTC/USDT: step: is 0, must be above 0"),
        ({"step": "0.000000001"}, "must be a multiple of 0.00000001"),
        ({"tick": "small"}, "tick: is 'small', must be a number"),
        ({"max_qty": True}, "max_qty: is True, must be a number"),
        ({"min_notional": -1}, "min_notional: is -1, must be a number, not negative"),
        ({"max_qty": "NaN"}, "max_qty: is 'NaN', must be a number"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(call: Caller, sent: dict[str, Any], words: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        control(call.url, "rules", **{"pair": "BTC/USDT", **sent})
    with caught.value as answer:
        assert words in json.load(answer)["msg"]
    assert filters(call, "BTCUSDT")["LOT_SIZE"]["stepSize"] == "0.00001000"


def test_a_file_changes_some_rules_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"BTC/USDT": {"step": "0.5"}, "NEW/USDT": {"min_qty": "3"}}))
    rules = with_real(read_rules(file))
    exchange = LocalExchange(["BTC/USDT", "NEW/USDT", "ETH/USDT"], rules=rules)
    btc, new, eth = exchange.markets
    assert (btc.step, btc.tick, btc.smallest_amount) == (
        Decimal("0.5"),
        *map(Decimal, ("0.01", "0.5")),
    )
    assert (new.min_qty, new.smallest_amount) == (3, 3)
    assert eth.step == Decimal("0.0001")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not readable as JSON"),
        ("[1]", 'write it like {"BTC/USDT"'),
        ('{"BTC/USDT": 1}', 'write it like {"BTC/USDT"'),
        ('{"BTC/USDT": {"lot": 1}}', "lot: unknown rule"),
    ],
)
def test_a_file_that_is_no_rules_is_named(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "rules.json"
    file.write_text(content)
    with pytest.raises(SandboxError, match=words):
        read_rules(file)


def test_served_with_a_file_of_a_pair_that_is_not_served_it_ends_in_one_line(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rules.json"
    file.write_text('{"ETH/USDT": {"step": "1"}}')
    words = [sys.executable, "-m", "sandbox", "serve", "--pairs", "BTC/USDT", "--rules", str(file)]
    run = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE)
    assert run.returncode == 2
    assert run.stderr == f"error: {file}: ETH/USDT is not among the pairs served\n"
