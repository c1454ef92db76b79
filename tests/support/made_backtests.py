"""Backtests of candles made for them, an hour each from midnight on 2024-01-01."""

from pathlib import Path
from typing import Any

import pandas as pd

from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest

START = pd.Timestamp("2024-01-01 01:00", tz="UTC")


def hours(count: float) -> pd.Timestamp:
    """Return the moment so many hours after the first decision."""
    return START + pd.Timedelta(hours=count)


def backtest_of(
    folder: Path,
    closes: dict[str, Any],
    *arguments: str,
    overrides: dict[str, Any] | None = None,
    **policy: Any,
) -> Outcome:
    """Backtest made candles: closes by coin, or whole frames."""
    candles = {
        f"{coin}/USDT": path if isinstance(path, pd.DataFrame) else make_candles(path)
        for coin, path in closes.items()
    }
    datadir = write_candles(folder / "data", "1h", candles)
    policy.setdefault("targets", "equal")
    config = make_config(list(candles), policy, **{"fee": 0.0, **(overrides or {})})
    return backtest(folder, config, datadir, *arguments)


def steps(*parts: tuple[int, float]) -> list[float]:
    """Closes that stay for some hours each."""
    return [price for count, price in parts for _ in range(count)]


def with_gap(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Take the candles from `first` to before `last` away."""
    return frame.drop(index=range(first, last)).reset_index(drop=True)
