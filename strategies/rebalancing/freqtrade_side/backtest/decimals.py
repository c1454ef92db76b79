"""Prices with more decimals than freqtrade can count with, and how many they should have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PairCandles

DIGITS = 5
"""Significant digits of the lowest price: a step is at most a ten-thousandth of any price."""

MOST_DECIMALS = 18
"""freqtrade derives the tick of a backtest from the decimals of the candles; with more than these
the power of ten overflows, and the tick is negative or meaningless."""


def unusable_prices(candles: Mapping[str, PairCandles]) -> list[str]:
    """Find the pairs whose prices freqtrade cannot count with in a backtest, one line each.

    Parameters
    ----------
    candles : mapping of str to PairCandles
        By pair.
    """
    known = {pair: found.closes[np.isfinite(found.closes)] for pair, found in candles.items()}
    return [
        f"{pair}: its candles hold prices such as {closes.min():.15g} with more than "
        f"{MOST_DECIMALS} decimals, as no exchange has them and freqtrade cannot count with; write "
        f"them rounded: rebalance cross {pair}, or round them to {decimals_of(closes)} decimals"
        for pair, closes in known.items()
        if _has_more_decimals(closes)
    ]


def _has_more_decimals(prices: Vector) -> bool:
    """Count as freqtrade does: the decimals of the first 14 digits."""
    real = prices[prices > 0]
    scale = 10.0 ** (13 - np.floor(np.log10(real)))
    counted = np.round(real * scale) / scale
    return bool((np.abs(np.round(counted, MOST_DECIMALS) - counted) > counted * 2e-15).any())


def decimals_of(prices: Vector) -> int:
    """Return the decimals that give the lowest of these prices `DIGITS` digits."""
    if not len(prices):
        return 0
    first = int(np.floor(np.log10(np.min(prices))))
    return max(0, min(MOST_DECIMALS, DIGITS - 1 - first))
