"""The trades of everybody: they tell what the candles tell, and nothing of the future."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.binance.dialect import Binance
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.exchanges import Caller, make_exchange

START = datetime(2026, 1, 1, tzinfo=UTC)
CLOSES = [100.0, 104.0, 98.0, 98.0, 101.0, 103.0, 99.0, 100.0, 102.0, 97.0]
MINUTE = 60_000


class Place:
    """An exchange whose clock stands within the last but one of ten candles."""

    def __init__(self, folder: Path) -> None:
        write_candles(folder, "BTC/USDT", "1m", CLOSES, START)
        self.now = START + timedelta(minutes=8, seconds=30)
        self.exchange = LocalExchange(
            ["BTC/USDT", "ETH/USDT"], CandleFolder.open(folder), clock=lambda: self.now
        )
        self.call: Caller

    def ask(self, path: str, **sent: Any) -> Any:
        """Ask without a key."""
        query = "&".join(
            f"{name}={value}" for name, value in ({"symbol": "BTCUSDT"} | sent).items()
        )
        return self.call.raw("GET", f"/api/v3/{path}", query, key=None)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    with running(made.exchange, Binance()) as url:
        made.call = Caller(url, Trading(make_exchange()))
        yield made


def test_they_add_up_to_the_candles(place: Place) -> None:
    for candle in place.ask("klines", interval="1m")[:-1]:
        opened, *told = candle[:6]
        prices = [float(text) for text in told[:4]]
        within = {"startTime": opened, "endTime": candle[6]}
        trades = place.ask("aggTrades", **within)
        seen = [float(trade["p"]) for trade in trades]
        assert [seen[0], max(seen), min(seen), seen[-1]] == prices
        assert sum(float(trade["q"]) for trade in trades) == pytest.approx(float(told[4]))
        assert all(opened <= trade["T"] <= candle[6] for trade in trades)


def test_the_open_candle_and_the_future_are_not_told(place: Place) -> None:
    end = int(START.timestamp() * 1000) + 8 * MINUTE
    assert max(trade["T"] for trade in place.ask("aggTrades")) == end - 1
    assert place.ask("aggTrades", startTime=end) == []
    place.now = START - timedelta(minutes=1)
    assert place.ask("trades") == []


def test_they_are_paged_by_number(place: Place) -> None:
    everything = place.ask("aggTrades")
    numbers = [trade["a"] for trade in everything]
    assert numbers == sorted(set(numbers))
    assert place.ask("aggTrades", limit=5) == everything[-5:]
    paged: list[Any] = []
    for _ in range(len(everything) // 7 + 1):
        paged += place.ask("aggTrades", fromId=paged[-1]["a"] + 1 if paged else 0, limit=7)
    assert paged == everything
    assert [trade["id"] for trade in place.ask("trades")] == numbers


def test_a_price_that_a_test_sets_was_traded(place: Place) -> None:
    place.exchange.set_price("BTC/USDT", 50.0)
    (newest,) = place.ask("trades", limit=1)
    assert (float(newest["price"]), newest["isBuyerMaker"]) == (50.0, True)
    assert place.ask("trades", symbol="ETHUSDT") == []
    place.exchange.set_price("ETH/USDT", 7.0)
    assert [float(trade["price"]) for trade in place.ask("trades", symbol="ETHUSDT")] == [7.0]


def test_the_average_price_is_that_of_five_minutes(place: Place) -> None:
    told = place.ask("avgPrice")
    since = int(place.now.timestamp() * 1000) - 5 * MINUTE
    recent = place.ask("aggTrades", startTime=since)
    worth = sum(float(trade["p"]) * float(trade["q"]) for trade in recent)
    mean = worth / sum(float(trade["q"]) for trade in recent)
    assert float(told["price"]) == pytest.approx(mean)
    assert told["closeTime"] == recent[-1]["T"]
    place.exchange.set_price("ETH/USDT", 7.0)
    assert float(place.ask("avgPrice", symbol="ETHUSDT")["price"]) == 7.0
