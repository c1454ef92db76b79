"""Candles for a market in which nothing has happened."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.synthetic import write_candles

TIMEFRAME = "4h"


def write_flat_candles(folder: Path, **prices: float) -> CandleFolder:
    """Write candles in which nothing has happened for days, nor will, against USDT."""
    start = datetime.combine(datetime.now(UTC) - timedelta(days=10), datetime.min.time(), UTC)
    for asset, price in prices.items():
        decimals = max(0, 4 - math.floor(math.log10(price)))  # that the tick is to have
        closes = [round(price + 10**-decimals, decimals), *[price] * (6 * 15)]
        write_candles(folder, f"{asset}/USDT", TIMEFRAME, closes, start)
    return CandleFolder.open(folder)
