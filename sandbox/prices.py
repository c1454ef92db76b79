"""Where the local exchange's prices come from: a test's word, recorded candles, their replay."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from sandbox.candles import CandleFolder, Candles, timeframe_ms
from sandbox.errors import SandboxError
from sandbox.replay import Replay, extremes, merged, passed


class Prices:
    """Prices and klines at a moment of the exchange's clock.

    Parameters
    ----------
    candles
        Recorded candles; None: only `set` gives prices.
    replay
        Moves the candles to the present and lets prices move within them. None: candles keep
        their time, and one that is still open has its first price only.
    decimals
        Those of a replayed price, by pair; 8 for a pair that is not named.
    """

    def __init__(
        self,
        candles: CandleFolder | None,
        replay: Replay | None = None,
        decimals: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.replay = replay
        self._decimals = decimals
        self._candles = candles
        self._read: dict[tuple[str, str], Candles | None] = {}
        self._set: dict[str, float] = {}

    def set(self, pair: str, price: float) -> None:
        """Fix the price of a pair.

        Raises
        ------
        SandboxError
            If it is not a positive number.
        """
        if not (math.isfinite(price) and price > 0):
            raise SandboxError(f"{pair}: the price {price} must be a positive number")
        self._set[pair] = float(price)

    def at(self, pair: str, now_ms: int) -> float | None:
        """Return the last price, quote currency; None where none is known yet."""
        if pair in self._set:
            return self._set[pair]
        known = self.finest(pair, now_ms)
        return float(known.close[-1]) if known is not None and len(known) else None

    def between(self, pair: str, from_ms: int, to_ms: int) -> tuple[float, float] | None:
        """Return the lowest and highest price between two moments; None where none is known."""
        timeframe = self._finest(pair)
        recorded = self._recorded(pair, timeframe) if timeframe else None
        if pair in self._set or self.replay is None or recorded is None or timeframe is None:
            price = self.at(pair, to_ms)
            return None if price is None else (price, price)
        moments = self.replay.recorded_ms(from_ms), self.replay.recorded_ms(to_ms)
        found = extremes(recorded, timeframe_ms(timeframe), *moments)
        if found is None:
            return None
        decimals = self._decimals.get(pair, 8)
        return round(found[0], decimals), round(found[1], decimals)

    def finest(self, pair: str, now_ms: int) -> Candles | None:
        """Return the candles of the shortest timeframe recorded that are known."""
        timeframe = self._finest(pair)
        return None if timeframe is None else self._known(pair, timeframe, now_ms)

    def klines(self, pair: str, interval: str, now_ms: int) -> Candles | None:
        """Return the candles of an interval of the exchange's clock that are known.

        Notes
        -----
        In a replay an interval is as many times longer in the recorded candles as these pass
        faster; where no candles of that length are recorded they are made of shorter ones.
        """
        if self.replay is None:
            return self._known(pair, interval, now_ms)
        wanted = timeframe_ms(interval) * self.replay.speed
        timeframes = self._candles.timeframes(pair) if self._candles else ()
        for timeframe in reversed(timeframes):
            length = timeframe_ms(timeframe)
            if length <= wanted and wanted % length == 0:
                known = self._known(pair, timeframe, now_ms)
                if known is None or length == wanted:
                    return known
                return merged(known, timeframe_ms(interval))
        return None

    def _known(self, pair: str, timeframe: str, now_ms: int) -> Candles | None:
        recorded = self._recorded(pair, timeframe)
        if recorded is None:
            return None
        if self.replay is None:
            return recorded.known_at(now_ms, timeframe)
        now = self.replay.recorded_ms(now_ms)
        known = passed(recorded, timeframe_ms(timeframe), now, self._decimals.get(pair, 8))
        columns = (known.open, known.high, known.low, known.close, known.volume)
        return Candles(self.replay.shown_ms(known.opened), *columns)

    def _finest(self, pair: str) -> str | None:
        timeframes = self._candles.timeframes(pair) if self._candles else ()
        return timeframes[0] if timeframes else None

    def _recorded(self, pair: str, timeframe: str) -> Candles | None:
        key = (pair, timeframe)
        if key not in self._read:
            self._read[key] = self._candles.read(*key) if self._candles else None
        return self._read[key]


def since(candles: Candles, start_ms: int) -> Candles:
    """Return the candles that open at a moment or later."""
    return candles[int(np.searchsorted(candles.opened, start_ms, "left")) :]


def window(candles: Candles, start_ms: int | None, end_ms: int | None, limit: int) -> Candles:
    """Return candles that open between two moments, both included, as the exchange pages them.

    Parameters
    ----------
    start_ms, end_ms
        None: from the first, to the last.
    limit
        How many at most: with a start the first ones, else the last.
    """
    first = 0 if start_ms is None else int(np.searchsorted(candles.opened, start_ms, "left"))
    last = len(candles)
    if end_ms is not None:
        last = int(np.searchsorted(candles.opened, end_ms, "right"))
    wanted = candles[first : max(first, last)]
    return wanted[-limit:] if start_ms is None else wanted[:limit]
