"""Candles of a pair that no file has: those of two pairs, divided and rounded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType, TradingMode
from pandas import DataFrame

from rebalancing.freqtrade_side.backtest.decimals import decimals_of


def cross(pair: str, via: str, datadir: Path) -> list[tuple[str, int, int]]:
    """Write the candles of a pair, in every timeframe that both of its coins have.

    Parameters
    ----------
    pair : str
        Like "DOGE/BTC"; made of DOGE/`via` and BTC/`via`.
    via : str
        The currency in which both have candles.

    Returns
    -------
    list of tuple
        By timeframe: its name, the number of candles, and their decimals.

    Raises
    ------
    ValueError
        If the pair is none, candles are missing, or the pair has candles: one line.
    """
    base, _, quote = pair.partition("/")
    if not (base.isalnum() and quote.isalnum() and len({base, quote, via}) == 3):
        raise ValueError(f"{pair}: write a pair of two coins other than {via}, like DOGE/BTC")
    handler = get_datahandler(datadir, "feather")
    found = [
        {timeframe for name, timeframe, _ in _available(datadir) if name == f"{coin}/{via}"}
        for coin in (base, quote)
    ]
    for coin, timeframes in zip((base, quote), found, strict=True):
        if not timeframes:
            raise ValueError(f"{datadir}: has no candles of {coin}/{via}, of which to make {pair}")
    if not found[0] & found[1]:
        raise ValueError(f"{datadir}: {base}/{via} and {quote}/{via} share no timeframe")
    if any(name == pair for name, _, _ in _available(datadir)):
        raise ValueError(f"{datadir}: has candles of {pair}; remove them first")
    written = []
    for timeframe in sorted(found[0] & found[1]):
        coins = [
            handler.ohlcv_load(f"{coin}/{via}", timeframe, CandleType.SPOT, fill_missing=False)
            for coin in (base, quote)
        ]
        frame, decimals = divided(*coins)
        if frame.empty:
            raise ValueError(f"{datadir}: {base}/{via} and {quote}/{via} share no {timeframe}")
        handler.ohlcv_store(pair, timeframe, frame, CandleType.SPOT)
        written.append((timeframe, len(frame), decimals))
    return written


def _available(datadir: Path) -> Sequence[tuple[str, str, CandleType]]:
    handler = get_datahandler(datadir, "feather")
    return list(handler.ohlcv_get_available_data(datadir, TradingMode.SPOT))


def divided(base: DataFrame, quote: DataFrame) -> tuple[DataFrame, int]:
    """Divide the candles of one coin by those of another, and return them with their decimals.

    Notes
    -----
    How high and low the ratio went within a candle is not known: open and close are all there is.
    Prices have `DIGITS` significant digits at the lowest of them, and the others as many decimals.
    The volume is that of the base.
    """
    both = base.merge(quote[["date", "open", "close"]], on="date", suffixes=("", "_quote"))
    opens, closes = both["open"] / both["open_quote"], both["close"] / both["close_quote"]
    decimals = decimals_of(np.concatenate([opens.to_numpy(), closes.to_numpy()]))
    frame = DataFrame({"date": both["date"], "open": opens.round(decimals)})
    closes = closes.round(decimals)
    frame["high"] = np.maximum(frame["open"], closes)
    frame["low"] = np.minimum(frame["open"], closes)
    frame["close"], frame["volume"] = closes, both["volume"]
    return frame, decimals
