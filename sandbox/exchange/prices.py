"""Where the local exchange's prices come from: a test's word, recorded candles, their replay."""

import math
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from sandbox.exchange.candles import CandleFolder, Candles, timeframe_ms
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.replay import Replay, extremes, merged, passed


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
        Says how many a replayed price of a pair has. Default: 8.
    """

    def __init__(
        self,
        candles: CandleFolder | None,
        replay: Replay | None = None,
        decimals: Callable[[str], int] = lambda _: 8,
    ) -> None:
        self.replay = replay
        self._decimals = decimals
        self._candles = candles
        self._read: dict[tuple[str, str], Candles | None] = {}
        self._set: dict[str, float] = {}
        self._origins: dict[str, tuple[str, Decimal]] = {}

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

    def rename(self, old: str, new: str, ratio: Decimal) -> None:
        """Let a pair have the prices and candles of another one, times a ratio."""
        self._origins[new] = old, ratio
        if old in self._set:
            self._set[new] = float(Decimal(repr(self._set[old])) * ratio)

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
        decimals = self._decimals(pair)
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
        for timeframe in reversed(self._timeframes(pair)):
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
        known = passed(recorded, timeframe_ms(timeframe), now, self._decimals(pair))
        columns = (known.open, known.high, known.low, known.close, known.volume)
        return Candles(self.replay.shown_ms(known.opened), *columns)

    def _finest(self, pair: str) -> str | None:
        return next(iter(self._timeframes(pair)), None)

    def _timeframes(self, pair: str) -> tuple[str, ...]:
        if pair in self._origins:
            return self._timeframes(self._origins[pair][0])
        return self._candles.timeframes(pair) if self._candles else ()

    def _recorded(self, pair: str, timeframe: str) -> Candles | None:
        key = (pair, timeframe)
        if key not in self._read:
            self._read[key] = self._loaded(*key)
        return self._read[key]

    def _loaded(self, pair: str, timeframe: str) -> Candles | None:
        if pair not in self._origins:
            return self._candles.read(pair, timeframe) if self._candles else None
        old, ratio = self._origins[pair]
        known = self._recorded(old, timeframe)
        return None if known is None else known.redenominated(float(ratio))


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
