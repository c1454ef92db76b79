"""Recorded candles that are not part of the project, for tests that run where they are."""

from pathlib import Path

import pandas as pd
import pytest

from tests.support.builders import PROJECT, write_candles

SHARED = PROJECT.parent / "shared" / "data"
MAJORS = [
    f"{coin}/USDT"
    for coin in ["BTC", "ETH", "BNB", "SOL", "XRP", "ADA", "DOGE", "DOT", "LTC", "LINK"]
]
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the candles of ../shared/data are not on this machine"
)


def bitcoin_candles(folder: Path) -> Path:
    """Write candles of ETH and LTC in BTC, made from those in USDT."""
    candles = {}
    bitcoin = pd.read_feather(SHARED / "majors-1h" / "BTC_USDT-1h.feather").set_index("date")
    for coin in ("ETH", "LTC"):
        frame = pd.read_feather(SHARED / "majors-1h" / f"{coin}_USDT-1h.feather").set_index("date")
        for column in ("open", "close"):
            frame[column] = frame[column] / bitcoin[column]
        frame["high"], frame["low"] = (
            frame[["open", "close"]].max(axis=1),
            frame[["open", "close"]].min(axis=1),
        )
        candles[f"{coin}/BTC"] = frame[:"2021-04-01"].reset_index()
    return write_candles(folder, "1h", candles)
