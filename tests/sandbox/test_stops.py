"""Stop orders: they wait off the book until the last price reaches their stop."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.binance.dialect import Binance
from sandbox.binance.refusals import answer_to
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.orders import Order, OrderRequest, OrderType, Side, Status, TimeInForce
from sandbox.exchange.refusals import RefusalError
from sandbox.exchange.replay import Replay
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import freqtrade_on, make_exchange

BALANCES = {"USDT": 1000, "BTC": 5}


@pytest.fixture
def trading() -> Trading:
    return Trading(make_exchange(BTC=100.0), balances=BALANCES)


def stop(
    side: str, stop_price: Any, price: Any, kind: str = "GTC", amount: Any = 1
) -> OrderRequest:
    numbers = {"amount": amount, "price": price, "stop_price": stop_price}
    return OrderRequest(
        "BTC/USDT",
        Side(side.upper()),
        OrderType.STOP_LOSS_LIMIT,
        time_in_force=TimeInForce(kind),
        **{name: Decimal(str(number)) for name, number in numbers.items()},
    )


def now(trading: Trading, order: Order) -> Order:
    found = trading.account.order(order.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("side", "stop_price", "limit", "nearly", "there"),
    [("sell", 90, 85, 90.5, 89.5), ("buy", 110, 115, 109.5, 110.5)],
)
def test_it_waits_for_its_stop_and_then_takes_what_is_there(
    trading: Trading, side: str, stop_price: int, limit: int, nearly: float, there: float
) -> None:
    order = trading.place(stop(side, stop_price, limit))
    assert order.waits
    assert trading.account.balance(order.paid_with).locked == (1 if side == "sell" else limit)
    trading.exchange.set_price("BTC/USDT", nearly)
    assert now(trading, order).waits
    trading.exchange.set_price("BTC/USDT", there)
    done = now(trading, order)
    assert (done.status, done.waits) == (Status.FILLED, False)
    assert float(done.quote_filled) == pytest.approx(there, abs=0.02)  # not the limit: it takes
    assert not trading.account.fills[0].maker
    assert trading.account.balance(order.paid_with).locked == 0


def test_its_limit_holds_when_the_price_falls_through_both(trading: Trading) -> None:
    order = trading.place(stop("sell", 90, 88))
    trading.exchange.set_price("BTC/USDT", 80.0)
    resting = now(trading, order)
    assert (resting.status, resting.waits) == (Status.NEW, False)
    trading.exchange.set_price("BTC/USDT", 91.0)
    done = now(trading, order)
    assert (done.status, done.quote_filled) == (Status.FILLED, Decimal(88))  # it stood there


@pytest.mark.parametrize("kind", ["IOC", "FOK"])
def test_what_does_not_fill_at_once_expires_only_once_it_works(trading: Trading, kind: str) -> None:
    order = trading.place(stop("sell", 90, 88, kind))
    assert now(trading, order).is_open
    trading.exchange.set_price("BTC/USDT", 80.0)
    assert now(trading, order).status is Status.EXPIRED
    assert trading.account.balance("BTC").free == 5


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (stop("sell", 100, 95), -2010, "Stop price would trigger immediately"),
        (stop("buy", 100, 105), -2010, "Stop price would trigger immediately"),
        (stop("sell", 90, 85, amount=6), -2010, "insufficient balance"),
        (stop("sell", "90.000000001", 85), -1111, "stopPrice"),
        (stop("sell", 0, 85), -1013, "Invalid price"),
        (stop("sell", 90, 85, amount="0.01"), -1013, "NOTIONAL"),
    ],
)
def test_it_is_refused(trading: Trading, request_: OrderRequest, code: int, words: str) -> None:
    before = trading.account.ledger
    with pytest.raises(RefusalError) as refusal:
        trading.place(request_)
    answer = answer_to(refusal.value)
    assert answer.code == code
    assert words in str(answer)
    assert trading.account.ledger == before


def test_it_can_be_cancelled_while_it_waits(trading: Trading) -> None:
    order = trading.place(stop("sell", 90, 85))
    assert trading.cancel(order.id).status is Status.CANCELED
    trading.exchange.set_price("BTC/USDT", 80.0)
    assert not trading.account.fills


def test_it_waits_on_after_the_exchange_has_restarted(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    trading = Trading(make_exchange(BTC=100.0), balances=BALANCES, file=file)
    order = trading.place(stop("sell", 90, 85))
    again = Trading(make_exchange(BTC=100.0), file=file)
    assert now(again, order) == order
    again.exchange.set_price("BTC/USDT", 89.0)
    third = Trading(make_exchange(BTC=100.0), file=file)
    assert now(third, order) == now(again, order)
    assert now(third, order).status is Status.FILLED


def test_an_older_ledger_knows_no_stops(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    trading = Trading(make_exchange(BTC=100.0), balances=BALANCES, file=file)
    order = trading.place(OrderRequest("BTC/USDT", Side.SELL, OrderType.MARKET, Decimal(1)))
    text = file.read_text()
    for added in (',"stop_price":"0"', ',"triggered_ms":null'):
        assert added in text
        text = text.replace(added, "")
    file.write_text(text)
    assert now(Trading(make_exchange(BTC=100.0), file=file), order) == order


def test_a_price_that_only_passed_between_two_looks_triggers_it(tmp_path: Path) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    write_candles(tmp_path, "BTC/USDT", "1m", [100, 100, 80, 100, 100, 100], start)
    moment = start + timedelta(minutes=1)
    exchange = LocalExchange(
        ["BTC/USDT"],
        CandleFolder.open(tmp_path),
        clock=lambda: moment,
        replay=Replay.aligned(start, 1, start, {"1m"}),
    )
    trading = Trading(exchange, balances=BALANCES)
    order = trading.place(stop("sell", 90, 85))
    moment = start + timedelta(minutes=5)
    trading.advance()
    assert now(trading, order).status is Status.FILLED


def test_freqtrades_stoploss_on_the_exchange_is_one(trading: Trading) -> None:
    with (
        running(trading.exchange, Binance(), trading=trading) as url,
        freqtrade_on(url, trading) as freqtrade,
    ):
        types = {"stoploss": "limit", "stoploss_on_exchange_limit_ratio": 0.99}
        order = freqtrade.create_stoploss("BTC/USDT", 1.0, 90.0, types, "sell", 1.0)
        assert (order["info"]["type"], order["stopPrice"]) == ("STOP_LOSS_LIMIT", 90.0)
        waiting = freqtrade.fetch_stoploss_order(order["id"], "BTC/USDT")
        assert waiting["status"] == "open"
        assert waiting["info"]["isWorking"] is False
        trading.exchange.set_price("BTC/USDT", 89.5)
        assert freqtrade.fetch_stoploss_order(order["id"], "BTC/USDT")["status"] == "closed"
