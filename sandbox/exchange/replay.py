"""Recorded candles that pass again now, faster than they did."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sandbox.exchange.candles import Candles, timeframe_ms
from sandbox.exchange.errors import SandboxError


@dataclass(frozen=True)
class Replay:
    """How the time of recorded candles becomes the exchange's time.

    Parameters
    ----------
    start
        The moment in the candles that is shown at `began`.
    speed
        How many seconds of the candles pass in a second of the exchange's clock.
    began
        The exchange's time at the start.

    Raises
    ------
    SandboxError
        If the speed is not a positive number.

    Notes
    -----
    Clients live in the present: freqtrade drops candles that look old and Binance refuses requests
    stamped with another time. So the clock stays the present and the candles are moved: at a
    speed of 60 recorded candles of 1h are served as candles of 1m that have just closed.
    """

    start: datetime
    speed: float
    began: datetime

    def __post_init__(self) -> None:
        if not (math.isfinite(self.speed) and self.speed > 0):
            raise SandboxError(f"speed {self.speed}: must be a positive number")

    @classmethod
    def aligned(
        cls, start: datetime, speed: float, now: datetime, timeframes: Iterable[str]
    ) -> "Replay":
        """Begin at `now` so that candles open at whole minutes, hours or days of the clock.

        Parameters
        ----------
        start
            The replay begins here or up to one candle later.
        timeframes
            Those recorded; the longest up to a day is aligned.
        """
        lengths = [timeframe_ms(timeframe) for timeframe in timeframes]
        length = max((ms for ms in lengths if ms <= timeframe_ms("1d")), default=0) / speed
        late = _ms(now) - _ms(start) / speed
        skipped = late % length if length else 0.0
        return cls(start + timedelta(milliseconds=skipped * speed), speed, now)

    def recorded_ms(self, shown_ms: float) -> int:
        """Return the moment in the candles that the exchange's clock shows at `shown_ms`."""
        return round(_ms(self.start) + (shown_ms - _ms(self.began)) * self.speed)

    def shown_ms(self, recorded_ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return when moments in the candles are shown, the exchange's clock."""
        elapsed = (recorded_ms - _ms(self.start)) / self.speed
        return np.asarray(np.rint(elapsed + _ms(self.began)), dtype=np.int64)


def _ms(moment: datetime) -> float:
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.timestamp() * 1000


def path(candles: Candles, length_ms: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the moments and prices between which a price moves straight.

    Returns
    -------
    moments, prices
        Four per candle: its open, its two extremes after each third, its close. A candle that
        ends higher than it began falls first.

    >>> one = np.array([10.0])
    >>> candles = Candles(np.array([0]), one, one + 3, one - 1, one + 2, one)
    >>> [list(map(float, column)) for column in path(candles, 900)]
    [[0.0, 300.0, 600.0, 900.0], [10.0, 9.0, 13.0, 12.0]]
    """
    rises = candles.close >= candles.open
    first = np.where(rises, candles.low, candles.high)
    second = np.where(rises, candles.high, candles.low)
    moments = candles.opened[:, None] + length_ms * np.array([0, 1 / 3, 2 / 3, 1])
    prices = np.column_stack((candles.open, first, second, candles.close))
    return moments.ravel(), prices.ravel()


def passed(candles: Candles, length_ms: int, now_ms: int, decimals: int = 8) -> Candles:
    """Return the candles up to a moment, the last one as far as its path has come.

    Parameters
    ----------
    decimals
        Those of a price.
    """
    seen = candles[: int(np.searchsorted(candles.opened, now_ms, side="right"))]
    if len(seen) == 0 or seen.opened[-1] + length_ms <= now_ms:
        return seen
    moments, prices = path(seen[-1:], length_ms)
    last = round(float(np.interp(now_ms, moments, prices)), decimals)
    been = np.append(prices[moments <= now_ms], last)
    share = (now_ms - float(seen.opened[-1])) / length_ms
    closed = seen[:-1]
    return Candles(
        opened=seen.opened,
        open=seen.open,
        high=np.append(closed.high, been.max()),
        low=np.append(closed.low, been.min()),
        close=np.append(closed.close, last),
        volume=np.append(closed.volume, seen.volume[-1] * share),
    )


def extremes(
    candles: Candles, length_ms: int, from_ms: int, to_ms: int
) -> tuple[float, float] | None:
    """Return the lowest and the highest price between two moments; None before all candles."""
    first = max(0, int(np.searchsorted(candles.opened, from_ms, side="right")) - 1)
    span = candles[first : int(np.searchsorted(candles.opened, to_ms, side="right"))]
    if len(span) == 0:
        return None
    moments, prices = path(span, length_ms)
    within = prices[(moments >= from_ms) & (moments <= to_ms)]
    edges = np.interp([max(from_ms, moments[0]), to_ms], moments, prices)
    been = np.append(within, edges)
    return float(been.min()), float(been.max())


def merged(candles: Candles, length_ms: int) -> Candles:
    """Return candles of a longer timeframe made of shorter ones."""
    starts = candles.opened // length_ms * length_ms
    opened, first = np.unique(starts, return_index=True)
    if len(opened) == 0:
        return candles
    last = np.append(first[1:], len(starts)) - 1
    return Candles(
        opened=opened,
        open=candles.open[first],
        high=np.maximum.reduceat(candles.high, first),
        low=np.minimum.reduceat(candles.low, first),
        close=candles.close[last],
        volume=np.add.reduceat(candles.volume, first),
    )
