"""Prices of a bot's assets over its life, from downloaded candles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from freqtrade.data.history import load_pair_history
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame

from rebalancing.market.portfolio import Vector


@dataclass(frozen=True)
class CandleFolder:
    """Where candles are.

    Parameters
    ----------
    datadir : Path
        freqtrade's folder.
    timeframe : str
        Like "1h".
    """

    datadir: Path
    timeframe: str

    def prices(
        self, pairs: Sequence[str], begin: float, end: float
    ) -> tuple[Vector, Vector, Vector]:
        """Read the price of every pair at the start of each candle, and at the end of the last.

        Parameters
        ----------
        pairs : sequence of str
            freqtrade's.
        begin, end : float
            The first and the last moment that have to be covered, seconds since 1970.

        Returns
        -------
        array, shape (moments,)
            Seconds since 1970.
        array, shape (moments, pairs)
            Stake currency for one coin; NaN where there is no candle.
        array, shape (moments, pairs)
            The last close known at each moment, however old; NaN before the first.

        Raises
        ------
        OperationalException
            If candles are missing: one line that says how to get them.
        """
        step = timeframe_to_seconds(self.timeframe)
        first = begin // step * step
        frames = [load_pair_history(pair, self.timeframe, self.datadir) for pair in pairs]
        missing = [pair for pair, frame in zip(pairs, frames, strict=True) if frame.empty]
        if missing:
            raise self._missing(f"no candles of {', '.join(missing)}", begin)
        last = max(_seconds(frame)[-1] for frame in frames)
        if min(_seconds(frame)[0] for frame in frames) > first:
            raise self._missing("the candles begin after the bot did", begin)
        if last + 2 * step < end:
            raise self._missing("the candles end before the newest order", begin)
        moments = np.arange(first, last + 2 * step, step)
        prices = np.full((len(moments), len(pairs)), np.nan)
        closes = prices.copy()
        for column, frame in enumerate(frames):
            rows = ((_seconds(frame) - first) // step).astype(int)
            inside = rows >= 0
            prices[rows[inside], column] = frame["open"].to_numpy(dtype=float)[inside]
            if rows[-1] == len(moments) - 2:
                prices[-1, column] = float(frame["close"].iloc[-1])
            known = np.append(np.nan, frame["close"].to_numpy(dtype=float))
            closes[:, column] = known[np.searchsorted(_seconds(frame), moments, side="left")]
        return moments.astype(float), prices, closes

    def _missing(self, what: str, begin: float) -> OperationalException:
        since = np.datetime64(int(begin), "s").astype("datetime64[D]").astype(str).replace("-", "")
        command = (
            f"freqtrade download-data --config CONFIG --timeframes {self.timeframe} "
            f"--timerange {since}-"
        )
        return OperationalException(f"{self.datadir}: {what}; get them with: {command}")


def _seconds(frame: DataFrame) -> Vector:
    dates = frame["date"].dt.tz_convert(None).to_numpy()
    seconds: Vector = dates.astype("datetime64[s]").astype(float)
    return seconds
