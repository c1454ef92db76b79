"""Candles as freqtrade stores them: one feather file per pair and timeframe in a data folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray
from pyarrow import feather

from sandbox.exchange.errors import SandboxError

_FILE = re.compile(r"^(?P<base>[^_]+)_(?P<quote>[^_]+)-(?P<timeframe>\d+[a-zA-Z]{1,2})\.feather$")
_PRICES = ("open", "high", "low", "close")
_UNIT_MS = {
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "M": 2_592_000_000,
}


def timeframe_ms(timeframe: str) -> int:
    """Return the length of a timeframe in milliseconds, a month counted as 30 days.

    >>> timeframe_ms("5m")
    300000
    """
    return int(timeframe[:-1]) * _UNIT_MS[timeframe[-1]]


@dataclass(frozen=True)
class Candles:
    """Candles of one pair and timeframe, oldest first; all arrays have the same length.

    Attributes
    ----------
    opened
        Opening time, milliseconds since the epoch, UTC.
    open, high, low, close
        Prices in the quote currency.
    volume
        Amount traded, in the base currency.
    """

    opened: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.opened)

    def __getitem__(self, span: slice) -> "Candles":
        return Candles(
            self.opened[span],
            self.open[span],
            self.high[span],
            self.low[span],
            self.close[span],
            self.volume[span],
        )

    def redenominated(self, ratio: float) -> "Candles":
        """Return the candles of a coin that is worth so many of these."""
        return Candles(
            self.opened,
            self.open * ratio,
            self.high * ratio,
            self.low * ratio,
            self.close * ratio,
            self.volume / ratio,
        )

    def known_at(self, now_ms: int, timeframe: str) -> "Candles":
        """Return what an exchange would show at `now_ms`, without a look into the future.

        Notes
        -----
        A candle that is still open shows its first price only: the rest has not happened.
        """
        seen = self[: int(np.searchsorted(self.opened, now_ms, side="right"))]
        if len(seen) == 0 or seen.opened[-1] + timeframe_ms(timeframe) <= now_ms:
            return seen
        start, closed = seen.open[-1:], seen[:-1]
        return Candles(
            opened=seen.opened,
            open=seen.open,
            high=np.append(closed.high, start),
            low=np.append(closed.low, start),
            close=np.append(closed.close, start),
            volume=np.append(closed.volume, 0.0),
        )


@dataclass(frozen=True)
class CandleFolder:
    """A freqtrade data folder.

    Attributes
    ----------
    path
        The folder.
    files
        The feather file of every spot pair and timeframe, e.g. of ``("BTC/USDT", "1h")``.
    """

    path: Path
    files: Mapping[tuple[str, str], Path]

    @classmethod
    def open(cls, path: Path) -> "CandleFolder":
        """List the spot candles of a folder; other files and data formats are passed over.

        Raises
        ------
        SandboxError
            If there is no such folder.
        """
        if not path.is_dir():
            raise SandboxError(f"{path}: no such data folder; download candles or give --datadir")
        files = {}
        for file in sorted(path.iterdir()):
            if match := _FILE.match(file.name):
                timeframe = re.sub("mo$", "M", match["timeframe"], flags=re.IGNORECASE)
                if timeframe[-1] in _UNIT_MS:
                    files[f"{match['base']}/{match['quote']}", timeframe] = file
        return cls(path, files)

    @property
    def pairs(self) -> tuple[str, ...]:
        """Every pair that has candles, sorted."""
        return tuple(sorted({pair for pair, _ in self.files}))

    def timeframes(self, pair: str) -> tuple[str, ...]:
        """Return the timeframes of a pair, the finest first; none for an unknown pair."""
        found = (timeframe for listed, timeframe in self.files if listed == pair)
        return tuple(sorted(found, key=timeframe_ms))

    def read(self, pair: str, timeframe: str) -> Candles | None:
        """Read the candles of a pair; None where there is no file.

        Raises
        ------
        SandboxError
            If the file is damaged.
        """
        file = self.files.get((pair, timeframe))
        return None if file is None else read_candles(file)


def read_candles(file: Path) -> Candles:
    """Read one feather file.

    Raises
    ------
    SandboxError
        If it is not a feather file, lacks a column, holds a price that is not a number above 0,
        or its dates do not increase.
    """
    try:
        table = feather.read_table(file, columns=["date", *_PRICES, "volume"])
        moments = table["date"].cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64())
        opened = _numbers(moments)
        numbers = [_numbers(table[name].cast(pa.float64())) for name in (*_PRICES, "volume")]
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise _damaged(file, str(error)) from None
    candles = Candles(opened, *numbers)
    if not all(np.isfinite(column).all() for column in numbers):
        raise _damaged(file, "a price or volume is not a number")
    if any((column <= 0).any() for column in numbers[:4]):
        raise _damaged(file, "a price is not above 0")
    if (np.diff(candles.opened) <= 0).any():
        raise _damaged(file, "the dates do not increase")
    return candles


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    """Return a column; its own ``to_numpy`` would import pandas, which takes half a second."""
    if column.null_count:
        raise ValueError("a price or volume is not a number")
    return np.from_dlpack(column.combine_chunks())


def _damaged(file: Path, reason: str) -> SandboxError:
    return SandboxError(f"{file}: not readable as candles ({reason}); download it again")
