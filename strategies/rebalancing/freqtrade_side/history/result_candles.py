"""Prices of a backtest, from the candles that it ran on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from freqtrade.data.history import load_pair_history
from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame, DatetimeIndex

from rebalancing.freqtrade_side.backtest.candles import price_matrix, read_candles
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PairCandles


@dataclass(frozen=True, eq=False)
class CandlePrices:
    """What candles say of each moment; arrays of shape (moments, assets).

    Parameters
    ----------
    prices : array
        Opens, NaN where the strategy knew no price.
    closes : array
        The last close known, however old; NaN before the first.
    """

    prices: Vector
    closes: Vector

    def agree_with(self, recorded: Vector) -> bool:
        """Tell whether these are the candles of the run, by the prices that it recorded."""
        both = np.isfinite(self.prices) & np.isfinite(recorded)
        return bool(np.allclose(self.prices[both], recorded[both], rtol=1e-9, atol=0.0))


def candle_prices(
    setup: Setup, timeframe: str, datadir: Path, moments: DatetimeIndex
) -> CandlePrices | None:
    """Read the prices of all assets at moments; None if the folder has no candles of them.

    Parameters
    ----------
    timeframe : str
        Like "1h".
    datadir : Path
        freqtrade's folder.
    moments : DatetimeIndex
        Without a time zone, UTC.
    """
    frames = [load_pair_history(pair, timeframe, datadir) for pair in setup.pairs]
    return prices_of(setup, frames, timeframe, moments)


def prices_of(
    setup: Setup, frames: Sequence[DataFrame], timeframe: str, moments: DatetimeIndex
) -> CandlePrices | None:
    """Take the prices of all assets from their candles.

    These are those of `setup.pairs` in that order; the other parameters are those of
    `candle_prices`.
    """
    step = timedelta(seconds=timeframe_to_seconds(timeframe))
    found = {
        asset: read_candles(frame)
        for asset, frame in zip(setup.assets, frames, strict=True)
        if len(frame)
    }
    if not found:
        return None
    table = price_matrix(setup.assets, found, step)
    nothing = np.full(len(setup.assets), np.nan)
    known = [table.at(moment) for moment in moments.tz_localize("UTC").to_pydatetime()]
    fresh = np.isfinite(np.array([nothing if row is None else row for row in known]))
    opens = np.column_stack([_opens(frame, moments) for frame in frames])
    seconds = moments.to_numpy().astype("datetime64[s]").astype(np.int64)
    closes = [
        _last_closes(found[asset], seconds, step)
        if asset in found
        else np.full(len(seconds), np.nan)
        for asset in setup.assets
    ]
    return CandlePrices(np.where(fresh, opens, np.nan), np.column_stack(closes))


def _opens(frame: DataFrame, moments: DatetimeIndex) -> Vector:
    if frame.empty:
        return np.full(len(moments), np.nan)
    opens = frame.set_index(frame["date"].dt.tz_convert(None))["open"]
    found: Vector = opens.reindex(moments).to_numpy(dtype=float)
    return found


def _last_closes(
    candles: PairCandles, seconds: np.ndarray[tuple[int], np.dtype[np.int64]], step: timedelta
) -> Vector:
    """Return the close of the last candle before each moment whose price the strategy could use."""
    usable = candles.is_fresh(step)
    stranger = candles.stranger_from(step)
    if stranger is not None:
        usable &= candles.dates < stranger
    dates, closes = candles.dates[usable], np.append(np.nan, candles.closes[usable])
    found: Vector = closes[np.searchsorted(dates, seconds, side="left")]
    return found
