"""The candles of a backtest, read from their files as freqtrade reads them, in a tenth of the time.

freqtrade's own reader imports every exchange first, which costs seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from rebalancing.config.durations import timeframe_length
from rebalancing.freqtrade_side.backtest.candles import read_candles
from rebalancing.freqtrade_side.setup.checks.candles import DEFAULT_FORMAT, Range, parse_range
from rebalancing.freqtrade_side.silence import silence
from rebalancing.market.prices import PairCandles

_DAY = 86_400_000  # milliseconds
_COLUMNS = ("open", "high", "low", "close", "volume")

Table = tuple[np.ndarray, np.ndarray]
"""Starts of candles, milliseconds since 1970, and what is in `_COLUMNS` of each."""


def read_pairs(
    config: Mapping[str, Any], pairs: Sequence[str], timeframe: str
) -> dict[str, PairCandles]:
    """Read the candles that freqtrade's backtest would be given.

    Parameters
    ----------
    config : mapping
        freqtrade's, with ``datadir``; ``timerange`` and ``dataformat_ohlcv`` count.

    Returns
    -------
    dict of str to PairCandles
        By pair; one without a candle in the range is absent.
    """
    span = parse_range(config.get("timerange"))
    found = {pair: _read(config, pair, timeframe, span) for pair in pairs}
    return {pair: candles for pair, candles in found.items() if candles is not None}


def _read(config: Mapping[str, Any], pair: str, timeframe: str, span: Range) -> PairCandles | None:
    datadir = Path(config["datadir"])
    kind = str(config.get("dataformat_ohlcv") or DEFAULT_FORMAT)
    step = round(timeframe_length(timeframe).total_seconds() * 1000)
    if kind == DEFAULT_FORMAT and _DAY % step == 0:
        table = _table(datadir / f"{pair.replace('/', '_')}-{timeframe}.feather")
        if table is not None and _is_plain(table, step):
            return _filled(_within(table, span), step)
    return _by_freqtrade(datadir, pair, timeframe, kind, config.get("timerange"))


def _table(file: Path) -> Table | None:
    """Read a feather file; None if it is damaged, of which freqtrade has its own opinion."""
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
    from pyarrow import feather

    try:
        read = feather.read_table(file, columns=["date", *_COLUMNS])
        moments = read["date"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
        # Not `to_numpy`, which would import pandas: half a second.
        dates = np.from_dlpack(moments.combine_chunks())
        columns = [
            np.from_dlpack(read[name].cast(pa.float64()).combine_chunks()) for name in _COLUMNS
        ]
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None
    return dates, np.array(columns)


def _is_plain(table: Table, step: int) -> bool:
    """Tell whether all candles are whole, in order, and begin at multiples of the timeframe."""
    dates, columns = table
    ordered = bool((np.diff(dates) > 0).all() and (dates % step == 0).all())
    return ordered and bool(np.isfinite(columns).all())


def _within(table: Table, span: Range) -> Table:
    dates, columns = table
    begin, end = (_milliseconds(moment) for moment in span)
    low = 0 if begin is None else int(np.searchsorted(dates, begin))
    high = len(dates) if end is None else int(np.searchsorted(dates, end, side="right"))
    return dates[low:high], columns[:, low:high]


def _milliseconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp() * 1000


def _filled(table: Table, step: int) -> PairCandles | None:
    """Fill gaps as freqtrade does: flat at the close before, without volume."""
    dates, columns = table
    if not len(dates):
        return None
    rows = (dates - dates[0]) // step
    last = np.zeros(int(rows[-1]) + 1, dtype=np.int64)
    last[rows] = np.arange(len(rows))
    last = np.maximum.accumulate(last)
    missing = np.ones(len(last), dtype=bool)
    missing[rows] = False
    opens, highs, lows, closes, volume = columns[:, last]
    opens, highs, lows = (np.where(missing, closes, prices) for prices in (opens, highs, lows))
    seconds = (dates[0] + step * np.arange(len(last))) // 1000
    return PairCandles.of(seconds, opens, highs, lows, closes, np.where(missing, 0.0, volume))


def _by_freqtrade(
    datadir: Path, pair: str, timeframe: str, kind: str, timerange: Any
) -> PairCandles | None:
    from freqtrade.configuration import TimeRange
    from freqtrade.data.history import load_pair_history

    with silence():
        frame = load_pair_history(
            pair,
            timeframe,
            datadir,
            timerange=TimeRange.parse_timerange(timerange),
            data_format=kind,
        )
    return None if frame.empty else read_candles(frame)
