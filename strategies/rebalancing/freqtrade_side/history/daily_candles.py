"""Daily closes of several pairs, read from a folder of candles of any timeframe up to a day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from freqtrade.configuration import TimeRange
from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType, TradingMode
from freqtrade.exchange import timeframe_to_seconds
from freqtrade.exchange.exchange_utils_timeframe import timeframe_to_minutes
from freqtrade.plugins.pairlist.pairlist_helpers import expand_pairlist

from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.freqtrade_side.silence import silence

_DAY = 86_400


def pairs_in(datadir: Path, wildcards: Sequence[str]) -> list[str]:
    """Return the pairs that these names mean; those with wildcards are looked up in the folder.

    Raises
    ------
    ValueError
        If a wildcard is none.
    """
    known = sorted({pair for pair, _ in _available(datadir)})
    return list(dict.fromkeys(expand_pairlist(list(wildcards), known, keep_invalid=True)))


def read_daily_closes(
    pairs: Sequence[str],
    datadir: Path,
    timeframe: str | None,
    preferred: str | None,
    timerange: str | None,
) -> tuple[DailyCloses, str]:
    """Read the daily closes of pairs with the same stake currency.

    Parameters
    ----------
    timeframe : str or None
        Of the candles; None: the preferred one, or the longest up to a day that all pairs have.
    preferred : str or None
        The configuration's.
    timerange : str or None
        As freqtrade has it; None for all candles.

    Returns
    -------
    DailyCloses
        Without a last day that is not over.
    str
        The timeframe of the candles.

    Raises
    ------
    ValueError
        If candles are missing or damaged: one line.
    freqtrade.exceptions.ConfigurationError
        If the timerange is none.
    """
    span = TimeRange.parse_timerange(timerange)
    chosen = _timeframe(pairs, datadir, timeframe, preferred)
    frames = [_frame(pair, chosen, datadir, span) for pair in pairs]
    first = min(int(frame.index[0]) for frame in frames)
    last = max(int(frame.index[-1]) for frame in frames)
    days = np.arange(first, last + 1)
    closes, volumes = (
        np.column_stack([frame[name].reindex(days).to_numpy(dtype=float) for frame in frames])
        for name in ("close", "volume")
    )
    assets = tuple(pair.split("/")[0] for pair in pairs)
    stake = pairs[0].split("/")[1]
    return DailyCloses(assets, stake, days, closes, np.nan_to_num(volumes)), chosen


def _available(datadir: Path) -> set[tuple[str, str]]:
    handler = get_datahandler(datadir, "feather")
    listed = handler.ohlcv_get_available_data(datadir, TradingMode.SPOT)
    return {(pair, timeframe) for pair, timeframe, _ in listed}


def _timeframe(
    pairs: Sequence[str], datadir: Path, wanted: str | None, preferred: str | None
) -> str:
    """Choose the timeframe that is read."""
    available = _available(datadir)
    known = {timeframe for _, timeframe in available}
    found = [
        timeframe
        for timeframe in sorted(known, key=timeframe_to_minutes, reverse=True)
        if timeframe_to_seconds(timeframe) <= _DAY
        and all((pair, timeframe) in available for pair in pairs)
    ]
    if wanted is not None:
        if wanted in known and timeframe_to_seconds(wanted) > _DAY:
            raise ValueError(f"--timeframe {wanted}: daily closes need candles of a day or less")
        found = [wanted] if wanted in found else []
    if not found:
        raise ValueError(_missing(pairs, datadir, wanted, available))
    return preferred if preferred in found else found[0]


def _missing(
    pairs: Sequence[str], datadir: Path, wanted: str | None, available: set[tuple[str, str]]
) -> str:
    having = {pair for pair, timeframe in available if wanted in (None, timeframe)}
    without = [pair for pair in pairs if pair not in having]
    kind = f" of {wanted}" if wanted else ""
    if without:
        return (
            f"{datadir}: has no candles{kind} of {', '.join(without)}; download them with: "
            "rebalance data"
        )
    return f"{datadir}: has no timeframe of which all pairs have candles; name fewer pairs"


def _frame(pair: str, timeframe: str, datadir: Path, span: TimeRange) -> pd.DataFrame:
    """Return close and volume (stake currency) by day since 1970."""
    with silence():
        frame = get_datahandler(datadir, "feather").ohlcv_load(
            pair, timeframe, CandleType.SPOT, timerange=span, fill_missing=False
        )
        whole = (
            frame
            if len(frame)
            else get_datahandler(datadir, "feather").ohlcv_load(
                pair, timeframe, CandleType.SPOT, fill_missing=False
            )
        )
    if frame.empty:
        where = f"{datadir}: its candles of {pair} {timeframe}"
        raise ValueError(
            f"{where} are damaged, or there are none; download them again with: rebalance data"
            if whole.empty
            else f"{where} have none in that range"
        )
    seconds = frame["date"].dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    ends = seconds + timeframe_to_seconds(timeframe)
    prices = frame["close"].to_numpy(dtype=float)
    table = pd.DataFrame(
        {
            "close": np.where(prices > 0, prices, np.nan),
            "volume": prices * frame["volume"].to_numpy(dtype=float),
        }
    )
    days = table.groupby(seconds // _DAY).agg({"close": "last", "volume": "sum"})
    is_over = int(ends[-1]) % _DAY == 0
    return days if is_over or len(days) == 1 else days.iloc[:-1]
