"""Made-up candles for tests, stored as freqtrade stores real ones."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import feather

from sandbox.exchange.candles import timeframe_ms


def write_candles(
    folder: Path, pair: str, timeframe: str, closes: Sequence[float], start: datetime
) -> Path:
    """Write made-up candles as freqtrade would store them; return the file.

    Parameters
    ----------
    folder
        The data folder; made where it is missing.
    closes
        Closing prices, quote currency. Each candle opens at the close of the one before.
    start
        Opening time of the first candle; taken as UTC where it names no zone.
    """
    close = np.asarray(closes, dtype=np.float64)
    opening = np.concatenate((close[:1], close[:-1]))
    zoned = start if start.tzinfo else start.replace(tzinfo=UTC)
    first = int(zoned.timestamp() * 1000)
    moments = first + timeframe_ms(timeframe) * np.arange(len(close), dtype=np.int64)
    columns = {
        "date": pa.array(moments).cast(pa.timestamp("ms", "UTC")),
        "open": opening,
        "high": np.maximum(opening, close),
        "low": np.minimum(opening, close),
        "close": close,
        "volume": np.full(len(close), 1000.0),
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{pair.replace('/', '_')}-{timeframe}.feather"
    feather.write_feather(pa.table(columns), file, compression="lz4")
    return file
