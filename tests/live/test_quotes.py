"""Which prices can be trusted, asked of the local exchange through freqtrade's own client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from rebalancing.freqtrade_side.present.quotes import QuoteBoard, Quotes
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.prices import PairCandles
from sandbox.binance.dialect import Binance
from sandbox.exchange.book import Level
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.orders import exact
from sandbox.exchange.trading import Trading
from sandbox.serving.faults import Fault, Faults
from sandbox.serving.server import running
from tests.support.builders import make_settings
from tests.support.exchanges import freqtrade_on, make_exchange

ASSETS = ("BTC", "ETH")
HOUR = timedelta(hours=1)
WORTH = 10_000.0


def candles(**closes: float) -> dict[str, PairCandles]:
    """The last candle of each pair closed here."""
    return {
        f"{asset}/USDT": PairCandles(np.array([0]), np.array([close]), np.array([False]))
        for asset, close in closes.items()
    }


class Place:
    """A local exchange, and what a board says of its prices."""

    def __init__(
        self, exchange: LocalExchange, faults: Faults, client: object, asked: Counter[str]
    ) -> None:
        self.asked = asked
        self.exchange, self.faults, self.client = exchange, faults, client
        self.now = datetime.now(UTC)
        setup = Setup(make_settings(threshold=0.03), "USDT", ASSETS)
        self.board = QuoteBoard(client, setup, self.now, HOUR)  # type: ignore[arg-type]  # asks for tickers alone

    def quotes(self, after: timedelta = timedelta(0), **closes: float) -> Quotes:
        known = candles(**{"BTC": 100.0, "ETH": 10.0, **closes})
        judged = {pair: candle for pair, candle in known.items() if candle.closes[0]}
        return self.board.at(self.now + after, judged, WORTH)


@contextmanager
def place() -> Iterator[Place]:
    exchange = make_exchange(BTC=100, ETH=10)
    trading, faults = Trading(exchange, balances={"USDT": 1000}), Faults()
    asked: Counter[str] = Counter()
    with (
        running(exchange, Binance(), trading=trading, faults=faults, asked=asked) as url,
        freqtrade_on(url, trading) as client,
    ):
        yield Place(exchange, faults, client, asked)


def give_book(found: Place, bids: list[list[float]], asks: list[list[float]]) -> None:
    levels = [[Level(exact(price), exact(size)) for price, size in side] for side in (bids, asks)]
    found.exchange.set_book("BTC/USDT", *levels)


def test_fresh_prices_lie_between_bid_and_ask() -> None:
    with place() as found:
        quotes = found.quotes()
    assert quotes.trouble == ()
    assert quotes.prices == pytest.approx([100, 10], rel=1e-3)
    assert quotes.past()[0].tolist() == [100, 10], "the candles that have ended"


def test_all_pairs_are_asked_for_at_once() -> None:
    with place() as found:
        before = found.asked.total()
        found.quotes()
        assert found.asked.total() == before + 1


def test_an_old_price_starts_nothing_and_after_an_hour_its_asset_is_left_out() -> None:
    with place() as found:
        found.exchange.freeze("ETH/USDT")
        late = found.quotes(timedelta(minutes=6))
        assert any("seconds old" in line for line in late.trouble)
        found.now = datetime.now(UTC)
        gone = found.quotes(HOUR + timedelta(minutes=1))
    assert gone.trouble == ()
    assert np.isnan(gone.prices).all(), "seen from an hour later no price is fresh"


def test_without_a_candle_nothing_can_be_judged() -> None:
    with place() as found:
        quotes = found.quotes(ETH=0.0)
    assert quotes.trouble == ("ETH/USDT: no candles yet",)
    assert quotes.past()[0].tolist() == pytest.approx([100.0, np.nan], nan_ok=True)
    assert np.isnan(quotes.prices[1])


def test_a_pair_the_exchange_does_not_trade_is_left_out_at_once() -> None:
    with place() as found:
        found.exchange.halted.add("ETH/USDT")
        found.client.reload_markets(force=True)  # type: ignore[attr-defined]
        quotes = found.quotes()
    assert quotes.trouble == ()
    assert np.isnan(quotes.prices[1])


@pytest.mark.parametrize(
    ("close", "is_far"),
    [
        pytest.param(100.0, False, id="as the candle"),
        pytest.param(84.0, False, id="19 % up"),
        pytest.param(82.0, True, id="22 % up"),
        pytest.param(130.0, True, id="23 % down"),
        pytest.param(120.0, False, id="17 % down"),
    ],
)
def test_only_a_price_far_from_its_candle_asks_for_the_order_book(
    close: float, is_far: bool
) -> None:
    with place() as found:
        quotes = found.quotes(BTC=close)
        assert quotes.trouble == (), "the book agrees"
        asked = found.asked["GET /api/v3/depth"]
        assert asked == int(is_far)
        found.quotes(BTC=close)
        assert found.asked["GET /api/v3/depth"] == asked, "once is enough"


def test_a_price_far_from_its_candle_that_the_book_does_not_confirm_starts_nothing() -> None:
    with place() as found:
        found.faults.add(Fault("status", path="/api/v3/depth", status=400, count=None))
        quotes = found.quotes(BTC=50)
    (line,) = quotes.trouble
    assert line.startswith("BTC/USDT: its price 100")
    assert "+100 % from the last candle (50)" in line
    assert np.isnan(quotes.prices[0])
    assert quotes.prices[1] == pytest.approx(10, rel=1e-3)


@pytest.mark.parametrize(
    ("bids", "asks", "why"),
    [
        pytest.param([[60, 9]], [[300, 9]], "spread", id="both sides wide"),
        pytest.param([[96, 9]], [[104, 9]], "spread", id="wide below the largest jump"),
        pytest.param([[100, 9]], [[108, 9]], "spread", id="one side away"),
        pytest.param([[99.9, 9]], [], "one side", id="no asks"),
        pytest.param([], [[100.1, 9]], "one side", id="no bids"),
        pytest.param([[105, 9]], [[95, 9]], "crossed", id="crossed"),
        pytest.param([[110, 9]], [[110.1, 9]], "last trade", id="last trade apart"),
        pytest.param([[180, 9]], [[180.1, 9]], "last trade", id="last trade far apart"),
    ],
)
def test_a_book_does_not_confirm_itself(
    bids: list[list[float]], asks: list[list[float]], why: str
) -> None:
    with place() as found:
        give_book(found, bids, asks)
        quotes = found.quotes()
    assert np.isnan(quotes.prices[0])
    (line,) = quotes.trouble
    assert line.startswith("BTC/USDT: ")
    assert why in line


def test_what_is_left_out_is_named_with_the_reason() -> None:
    with place() as found:
        found.exchange.halted.add("ETH/USDT")
        found.client.reload_markets(force=True)  # type: ignore[attr-defined]
        assert found.quotes().left_out == {"ETH": "the exchange does not trade it"}
        late = found.quotes(HOUR + timedelta(minutes=1))
    assert "no price for an hour" in late.left_out["BTC"]


@pytest.mark.parametrize(
    ("bids", "asks", "is_real"),
    [
        pytest.param([[199.9, 9]], [[200.1, 9]], True, id="deep"),
        pytest.param([[199.9, 1], [198, 6]], [[200.1, 9]], True, id="deep in several levels"),
        pytest.param([[199.9, 1]], [[200.1, 9]], False, id="thin bids"),
        pytest.param([[199.9, 9]], [[200.1, 1]], False, id="thin asks"),
        pytest.param([[199.9, 1], [100, 99]], [[200.1, 9]], False, id="bids where it was before"),
    ],
)
def test_a_jump_needs_both_sides_of_the_book_and_the_last_trade(
    bids: list[list[float]], asks: list[list[float]], is_real: bool
) -> None:
    with place() as found:
        give_book(found, bids, asks)
        assert "last trade" in found.quotes().trouble[0]
        found.exchange.set_price("BTC/USDT", 200)
        quotes = found.quotes()
    assert (quotes.trouble == ()) is is_real
    assert np.isfinite(quotes.prices[0]) == is_real


@pytest.mark.parametrize(("size", "is_trusted"), [(99, True), (1, False)])
def test_a_trade_of_long_ago_does_not_speak_against_a_deep_book(
    size: float, is_trusted: bool
) -> None:
    with place() as found:
        give_book(found, [[109.9, size]], [[110.1, size]])
        first = found.quotes()
        assert "last trade" in first.trouble[0]
        assert first.doubted.tolist() == [True, False]
        late = timedelta(minutes=6)
        found.exchange.offset_ms = int(late.total_seconds() * 1000)
        quotes = found.quotes(late)
        assert (quotes.trouble == ()) is is_trusted
        if not is_trusted:
            assert "order book does not confirm" in quotes.trouble[0]
        found.exchange.set_price("BTC/USDT", 101)
        assert "last trade" in found.quotes(late).trouble[0], "a new one does"


def test_the_newest_price_that_could_be_trusted_is_kept() -> None:
    with place() as found:
        known = found.quotes().prices
        give_book(found, [[60, 9]], [[300, 9]])
        quotes = found.quotes()
    assert np.isnan(quotes.prices[0])
    assert quotes.trusted == pytest.approx(known)
    assert quotes.doubted.tolist() == [True, False]
