"""The local exchange over real HTTP, as freqtrade's Binance class sees it and as it is."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from freqtrade.resolvers import ExchangeResolver

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.synthetic import write_candles
from sandbox.serving.server import running
from tests.support.patience import PATIENCE

START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR_MS = 3_600_000
HOURS = 2_500
CLOSES = [100.0 + hour % 50 for hour in range(HOURS)]


def get(url: str, path: str, **query: Any) -> Any:
    with urllib.request.urlopen(
        f"{url}/api/v3/{path}?{urlencode(query)}", timeout=PATIENCE
    ) as answer:
        return json.load(answer)


def refusal(url: str, path: str, **query: Any) -> tuple[int, int]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(url, path, **query)
    with caught.value as answer:
        return answer.code, json.load(answer)["code"]


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> LocalExchange:
    folder = tmp_path_factory.mktemp("candles")
    write_candles(folder, "BTC/USDT", "1h", CLOSES, START)
    write_candles(folder, "ETH/USDT", "1h", [10.5, 11.0, 12.0], START)
    write_candles(folder, "ETH/USDT", "5m", [12.0] * 24, START)
    end = START + timedelta(hours=HOURS)
    pairs = ["BTC/USDT", "ETH/USDT", "NEW/USDT"]
    return LocalExchange(pairs, CandleFolder.open(folder), clock=lambda: end, rules={})


@pytest.fixture(scope="module")
def url(exchange: LocalExchange) -> Iterator[str]:
    with running(exchange, Binance()) as address:
        yield address


@pytest.fixture(scope="module")
def freqtrade(url: str) -> Iterator[Any]:
    config: dict[str, Any] = {
        "dry_run": True,
        "stake_currency": "USDT",
        "runmode": "other",
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
        "exchange": {"pair_whitelist": ["BTC/USDT"], "pair_blacklist": []},
    }
    config["exchange"] |= overlay(url, config)["exchange"]
    made = ExchangeResolver.load_exchange(config, validate=True)
    yield made
    made.close()


def test_freqtrade_reads_the_markets(freqtrade: Any) -> None:
    market = freqtrade.markets["BTC/USDT"]
    assert market["active"]
    assert market["spot"]
    assert market["taker"] == market["maker"] == 0.001
    assert market["precision"]["price"] == 1.0
    assert market["precision"]["amount"] == 1e-6
    assert market["limits"]["amount"]["min"] == 1e-6
    assert market["limits"]["cost"]["min"] == 5.0
    assert set(freqtrade.markets) == {"BTC/USDT", "ETH/USDT", "NEW/USDT"}


def test_freqtrade_reads_prices_and_the_order_book(freqtrade: Any) -> None:
    ticker = freqtrade.get_tickers()["BTC/USDT"]
    assert ticker["last"] == CLOSES[-1]
    assert ticker["bid"] == CLOSES[-1]
    assert ticker["ask"] == CLOSES[-1] + 1
    assert ticker["open"] == CLOSES[-25]
    assert freqtrade.fetch_ticker("ETH/USDT")["last"] == 12.0
    book = freqtrade.fetch_l2_order_book("BTC/USDT", 5)
    assert [price for price, _ in book["bids"]] == [CLOSES[-1] - level for level in range(5)]
    assert [price for price, _ in book["asks"]] == [CLOSES[-1] + level for level in range(1, 6)]


def test_freqtrade_pages_through_all_klines(freqtrade: Any) -> None:
    first = int(START.timestamp() * 1000)
    candles = freqtrade.get_historic_ohlcv("BTC/USDT", "1h", first, candle_type="spot")
    assert candles["close"].tolist() == CLOSES[:-1]  # freqtrade drops the candle that may be open
    assert candles["date"].is_monotonic_increasing


def test_fine_candles_are_not_fetched_from_the_real_exchanges_archive(
    freqtrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reach_out(**_: Any) -> None:
        raise AssertionError("this would leave the machine")

    monkeypatch.setattr("freqtrade.exchange.binance.download_archive_ohlcv", reach_out)
    first = int(START.timestamp() * 1000)
    end = first + 10 * HOUR_MS
    candles = freqtrade.get_historic_ohlcv("ETH/USDT", "5m", first, "spot", until_ms=end)
    assert len(candles) == 23


def test_ccxt_knows_the_refusal_of_an_unknown_symbol(freqtrade: Any) -> None:
    import ccxt

    with pytest.raises(ccxt.BadSymbol):
        freqtrade._api.publicGetKlines({"symbol": "NOPEUSDT", "interval": "1h"})


def test_klines_are_paged_by_start_end_and_limit(url: str) -> None:
    first = int(START.timestamp() * 1000)

    def opened(**query: int) -> list[int]:
        rows = get(url, "klines", symbol="BTCUSDT", interval="1h", **query)
        return [(row[0] - first) // HOUR_MS for row in rows]

    assert opened() == list(range(HOURS - 500, HOURS))
    assert opened(limit=3) == [HOURS - 3, HOURS - 2, HOURS - 1]
    assert opened(startTime=first, limit=2) == [0, 1]
    assert opened(startTime=first + 1, limit=1) == [1]
    assert opened(startTime=first, limit=5000) == list(range(1000))
    assert opened(startTime=first + HOUR_MS, endTime=first + 3 * HOUR_MS) == [1, 2, 3]
    assert opened(endTime=first + HOUR_MS) == [0, 1]
    assert opened(startTime=first + 5 * HOUR_MS, endTime=first) == []
    assert opened(startTime=first + 99 * HOURS * HOUR_MS) == []


def test_a_kline_has_the_shape_of_the_exchange(url: str) -> None:
    (row,) = get(url, "klines", symbol="BTCUSDT", interval="1h", limit=1)
    assert len(row) == 12
    assert row[6] == row[0] + HOUR_MS - 1
    assert row[4] == f"{CLOSES[-1]:.8f}"


def test_an_interval_without_candles_is_empty(url: str) -> None:
    assert get(url, "klines", symbol="BTCUSDT", interval="5m") == []
    assert get(url, "klines", symbol="NEWUSDT", interval="1h") == []


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        pytest.param("klines", {"symbol": "NOPE", "interval": "1h"}, -1121, id="unknown symbol"),
        pytest.param("klines", {"symbol": "btcusdt", "interval": "1h"}, -1100, id="lower case"),
        pytest.param("klines", {"interval": "1h"}, -1102, id="no symbol"),
        pytest.param("klines", {"symbol": "BTCUSDT"}, -1102, id="no interval"),
        pytest.param("klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120, id="interval"),
        pytest.param("depth", {"symbol": "BTCUSDT", "limit": "x"}, -1100, id="limit no number"),
        pytest.param("depth", {"symbol": "BTCUSDT", "limit": "0"}, -1130, id="limit zero"),
        pytest.param("depth", {"symbol": "NOPE"}, -1121, id="depth of unknown symbol"),
        pytest.param("ticker/24hr", {"symbol": "NOPE"}, -1121, id="ticker of unknown symbol"),
        pytest.param("ticker/price", {"symbols": '["NOPE"]'}, -1121, id="one of several"),
        pytest.param("ticker/price", {"symbols": "BTCUSDT"}, -1100, id="symbols no list"),
        pytest.param("ticker/price", {"symbol": "A", "symbols": "[]"}, -1128, id="both"),
    ],
)
def test_bad_requests_are_refused_with_the_exchanges_codes(
    url: str, path: str, query: dict[str, str], code: int
) -> None:
    assert refusal(url, path, **query) == (400, code)


def test_tickers_come_for_one_for_some_and_for_all(url: str) -> None:
    assert get(url, "ticker/price", symbol="ETHUSDT") == {
        "symbol": "ETHUSDT",
        "price": "12.00000000",
    }
    some = get(url, "ticker/bookTicker", symbols='["ETHUSDT","BTCUSDT"]')
    assert [row["symbol"] for row in some] == ["ETHUSDT", "BTCUSDT"]
    assert len(get(url, "ticker/24hr")) == 3


def test_a_pair_without_a_price_has_an_empty_book(url: str) -> None:
    assert get(url, "depth", symbol="NEWUSDT")["bids"] == []
    assert get(url, "ticker/24hr", symbol="NEWUSDT")["lastPrice"] == "0.00000000"


def test_ping_and_time_answer(url: str, exchange: LocalExchange) -> None:
    assert get(url, "ping") == {}
    assert get(url, "time") == {"serverTime": exchange.now_ms}


def test_the_price_is_that_of_the_clock(tmp_path: Path) -> None:
    write_candles(tmp_path, "BTC/USDT", "1h", [1.0, 2.0, 3.0, 4.0], START)
    exchange = LocalExchange(["BTC/USDT"], CandleFolder.open(tmp_path))
    prices = []
    for minutes in (-1, 0, 60, 119, 120, 10_000):
        exchange.clock = lambda now=START + timedelta(minutes=minutes): now  # type: ignore[misc]  # mypy cannot infer it
        prices.append(exchange.price("BTC/USDT"))
    assert prices == [None, 1.0, 1.0, 1.0, 2.0, 4.0]


def test_a_price_that_is_set_is_served_at_once() -> None:
    exchange = LocalExchange(["BTC/USDT"])
    with running(exchange, Binance()) as url:
        exchange.set_price("BTC/USDT", 123.4)
        assert get(url, "ticker/price", symbol="BTCUSDT")["price"] == "123.40000000"
        exchange.set_price("BTC/USDT", 99)
        assert get(url, "ticker/24hr", symbol="BTCUSDT")["lastPrice"] == "99.00000000"
        assert get(url, "depth", symbol="BTCUSDT", limit=1)["bids"][0][0] == "99.00000000"


@pytest.mark.parametrize("price", [0.0, -1.0, float("nan"), float("inf")])
def test_a_price_must_be_a_positive_number(price: float) -> None:
    with pytest.raises(SandboxError, match="must be a positive number"):
        LocalExchange(["BTC/USDT"]).set_price("BTC/USDT", price)


def test_only_a_listed_pair_can_be_given_a_price() -> None:
    with pytest.raises(SandboxError, match="ETH/USDT is not listed"):
        LocalExchange(["BTC/USDT"]).set_price("ETH/USDT", 1.0)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost", "192.168.1.5"])
def test_it_listens_on_loopback_only(host: str) -> None:
    with (
        pytest.raises(SandboxError, match=r"listens on 127\.0\.0\.1 only"),
        running(LocalExchange([]), Binance(), host=host),
    ):
        pass


def test_a_busy_port_is_one_clear_line() -> None:
    with running(LocalExchange([]), Binance()) as url:
        port = int(url.rpartition(":")[2])
        with (
            pytest.raises(SandboxError, match=f"port {port} is in use"),
            running(LocalExchange([]), Binance(), port=port),
        ):
            pass


def test_the_port_is_free_again_after_the_block() -> None:
    with running(LocalExchange(["BTC/USDT"]), Binance()) as url:
        port = int(url.rpartition(":")[2])
        assert get(url, "ping") == {}
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    with running(LocalExchange(["BTC/USDT"]), Binance(), port=port) as again:
        assert get(again, "ping") == {}
