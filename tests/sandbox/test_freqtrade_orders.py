"""The signed half over real HTTP, as freqtrade's Binance class uses it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import ccxt
import pytest
from freqtrade.exceptions import InsufficientFundsError, InvalidOrderException

from sandbox.binance.dialect import Binance
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import freqtrade_on, make_trading


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
