"""Candles that pass again: moved to the present, faster, with prices that move within them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.candles import CandleFolder, Candles, timeframe_ms
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.fees import Fees
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.orders import Status
from sandbox.exchange.prices import Prices
from sandbox.exchange.replay import Replay, extremes, merged, passed
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from tests.support.exchanges import limit

RECORDED = datetime(2021, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
HOUR = 3_600_000
TINY = 2e-8  # prices have eight decimals
CLOSES = [100.0, 110.0, 90.0, 120.0, 120.0]  # each candle opens at the close before


class Clock:
    """A clock a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def after(self, **passed: float) -> None:
        self.now = NOW + timedelta(**passed)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def replaying(tmp_path: Path, clock: Clock) -> Callable[..., LocalExchange]:
    write_candles(tmp_path, "BTC/USDT", "1h", CLOSES, RECORDED)
    candles = CandleFolder.open(tmp_path)

    def make(speed: float = 60.0, start: datetime = RECORDED) -> LocalExchange:
        replay = Replay.aligned(start, speed, NOW, ["1h"])
        return LocalExchange(["BTC/USDT"], candles, clock, replay=replay)

    return make


def one_candle(open_: float, high: float, low: float, close: float) -> Candles:
    columns = [np.array([value]) for value in (open_, high, low, close, 60.0)]
    return Candles(np.array([0]), *columns)


def test_an_hour_passes_in_a_minute(replaying: Callable[..., LocalExchange], clock: Clock) -> None:
    exchange = replaying(speed=60.0)
    prices = []
    for seconds in (0, 60, 120, 180, 240, 300, 9_000):
        clock.after(seconds=seconds)
        prices.append(exchange.price("BTC/USDT"))
    assert prices == [100.0, 100.0, 110.0, 90.0, 120.0, 120.0, 120.0]


@pytest.mark.parametrize(
    ("candle", "prices"),
    [
        pytest.param((10, 13, 9, 12), [10, 9.5, 9, 11, 13, 12.5, 12], id="rises: down first"),
        pytest.param((12, 13, 9, 10), [12, 12.5, 13, 11, 9, 9.5, 10], id="falls: up first"),
    ],
)
def test_a_price_moves_through_all_of_its_candle(
    candle: tuple[float, ...], prices: list[float]
) -> None:
    candles = one_candle(*candle)
    seen = [passed(candles, 600, moment) for moment in range(0, 601, 100)]
    assert [float(row.close[-1]) for row in seen] == pytest.approx(prices)
    assert float(seen[-1].high[-1]) == 13
    assert float(seen[1].low[-1]) == min(prices[:2])
    assert [float(row.volume[-1]) for row in seen] == pytest.approx(range(0, 61, 10))


OHLC = st.lists(st.floats(1, 100), min_size=4, max_size=4).map(
    lambda four: (four[0], max(four), min(four), four[3])
)


@given(OHLC, st.integers(0, 600))
def test_a_candle_on_its_way_stays_within_itself(candle: tuple[float, ...], moment: int) -> None:
    now = passed(one_candle(*candle), 600, moment)
    _, high, low, _ = candle
    assert low - TINY <= now.low[-1] <= now.close[-1] <= now.high[-1] <= high + TINY


@given(OHLC, st.integers(0, 600), st.integers(0, 600))
def test_extremes_are_those_of_the_path(candle: tuple[float, ...], one: int, two: int) -> None:
    candles = one_candle(*candle)
    first, last = sorted((one, two))
    found = extremes(candles, 600, first, last)
    assert found is not None
    walked = [float(passed(candles, 600, now).close[-1]) for now in range(first, last + 1)]
    assert found[0] <= min(walked) + TINY
    assert found[1] >= max(walked) - TINY
    assert found[0] == pytest.approx(min(walked))
    assert found[1] == pytest.approx(max(walked))


def test_klines_look_current_and_end_at_the_clock(
    replaying: Callable[..., LocalExchange], clock: Clock
) -> None:
    exchange = replaying(speed=60.0)
    clock.after(seconds=150)
    rows = exchange.klines("BTC/USDT", "1m", None, None, 100)
    assert rows is not None
    start = int(NOW.timestamp() * 1000)
    assert rows.opened.tolist() == [start, start + 60_000, start + 120_000]
    assert rows.close.tolist() == pytest.approx([100.0, 110.0, 100.0])
    assert rows.high.tolist() == pytest.approx([100.0, 110.0, 110.0])
    (hour,) = exchange.klines("BTC/USDT", "1h", None, None, 100).close.tolist()
    assert hour == pytest.approx(100.0)
    assert exchange.klines("BTC/USDT", "1s", None, None, 100) is None


def test_longer_klines_are_made_of_shorter_ones() -> None:
    opened = np.arange(4) * HOUR
    price = np.array([1.0, 2.0, 3.0, 4.0])
    two = merged(Candles(opened, price, price + 1, price - 1, price + 0.5, price), 2 * HOUR)
    assert two.opened.tolist() == [0, 2 * HOUR]
    assert two.open.tolist() == [1.0, 3.0]
    assert two.high.tolist() == [3.0, 5.0]
    assert two.low.tolist() == [0.0, 2.0]
    assert two.close.tolist() == [2.5, 4.5]
    assert two.volume.tolist() == [3.0, 7.0]


@pytest.mark.parametrize(("speed", "interval"), [(1.0, "1h"), (12.0, "5m"), (60.0, "1m")])
def test_candles_open_at_whole_intervals_of_the_clock(
    replaying: Callable[..., LocalExchange], clock: Clock, speed: float, interval: str
) -> None:
    exchange = replaying(speed=speed, start=RECORDED + timedelta(minutes=7))
    clock.after(seconds=3 * 3_600 / speed)
    for asked in (interval, "1h"):
        rows = exchange.klines("BTC/USDT", asked, None, None, 100)
        assert rows is not None
        assert set(rows.opened % timeframe_ms(asked)) == {0}


def test_what_was_before_the_start_is_history(
    replaying: Callable[..., LocalExchange],
) -> None:
    exchange = replaying(speed=60.0, start=RECORDED + timedelta(hours=2))
    rows = exchange.klines("BTC/USDT", "1m", None, None, 100)
    assert rows is not None
    assert len(rows) == 3
    assert exchange.price("BTC/USDT") == 110.0


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf")])
def test_the_speed_must_be_positive(speed: float) -> None:
    with pytest.raises(SandboxError, match="must be a positive number"):
        Replay(RECORDED, speed, NOW)


def test_before_its_first_candle_a_pair_has_no_price(
    replaying: Callable[..., LocalExchange],
) -> None:
    exchange = replaying(start=RECORDED - timedelta(hours=5))
    assert exchange.price("BTC/USDT") is None
    assert exchange.true_range("BTC/USDT", exchange.true_ms) is None
    assert Prices(None).between("BTC/USDT", 0, 1) is None


def test_a_resting_order_fills_when_the_replay_passes_it(
    replaying: Callable[..., LocalExchange], clock: Clock
) -> None:
    exchange = replaying(speed=60.0)
    clock.after(seconds=61)
    trading = Trading(
        exchange, balances={"USDT": 1000, "BTC": 1}, fees=Fees(Decimal(0), Decimal(0))
    )
    low = trading.place(limit("buy", 1, 95))
    high = trading.place(limit("sell", 1, 119))
    deep = trading.place(limit("buy", 1, 80))
    clock.after(seconds=119)
    trading.advance()
    assert [order.status for order in trading.account.orders] == [Status.NEW] * 3
    clock.after(seconds=240)  # down to 90, where nobody looked, and up again to 120
    trading.advance()
    states = {order.id: order.status for order in trading.account.orders}
    assert states == {low.id: Status.FILLED, high.id: Status.FILLED, deep.id: Status.NEW}
    assert trading.account.balance("USDT").free == 1000 - 95 + 119 - 80


def test_a_frozen_pair_shows_old_klines(
    replaying: Callable[..., LocalExchange], clock: Clock
) -> None:
    exchange = replaying(speed=60.0)
    clock.after(seconds=90)
    exchange.freeze("BTC/USDT")
    clock.after(seconds=300)
    rows = exchange.klines("BTC/USDT", "1m", None, None, 100)
    assert rows is not None
    assert len(rows) == 2
    assert exchange.price("BTC/USDT") == pytest.approx(105.0)
    exchange.thaw("BTC/USDT")
    assert exchange.price("BTC/USDT") == 120.0


def test_a_replayed_price_keeps_to_the_tick(
    replaying: Callable[..., LocalExchange], clock: Clock
) -> None:
    exchange = replaying(speed=60.0)
    clock.after(seconds=71)  # between the ticks of 1
    price = exchange.price("BTC/USDT")
    passed_since = exchange.true_range("BTC/USDT", exchange.true_ms - 3_000)
    rows = exchange.klines("BTC/USDT", "1m", None, None, 100)
    assert price is not None
    assert passed_since is not None
    assert rows is not None
    assert all(value % 1 == 0 for value in (price, *passed_since, rows.close[-1]))
