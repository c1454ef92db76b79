"""Candles read without freqtrade are those that freqtrade reads."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.configuration import TimeRange
from freqtrade.data.history import load_data

from rebalancing.freqtrade_side.backtest.candle_files import read_pairs
from rebalancing.freqtrade_side.backtest.candles import read_candles
from tests.support.builders import make_candles, write_candles

HOURS = 24 * 30


def wandering(seed: int) -> pd.DataFrame:
    moves = np.random.default_rng(seed).normal(0, 0.01, HOURS)
    return make_candles(list(100 * np.exp(np.cumsum(moves))))


def gaps(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(index=[5, 6, 7, *range(200, 260)]).reset_index(drop=True)


FRAMES = {
    "A/USDT": wandering(1),
    "B/USDT": gaps(wandering(2)),
    "C/USDT": wandering(3).iloc[400:500],
    "D/USDT": pd.concat([wandering(4), wandering(4).iloc[3:5]], ignore_index=True),
    "E/USDT": wandering(5).assign(date=lambda frame: frame.date + pd.Timedelta("7min")),
}


@pytest.fixture(scope="module")
def datadir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_candles(tmp_path_factory.mktemp("data"), "1h", FRAMES)
    weeks = make_candles([1.0, 2.0, 3.0], start="2024-01-01", timeframe="7D")
    write_candles(folder, "1w", {"A/USDT": weeks.drop(index=1).reset_index(drop=True)})
    (folder / "BAD_USDT-1h.feather").write_bytes(b"no candles")
    rows = FRAMES["B/USDT"].assign(date=lambda frame: frame.date.astype("int64"))
    (folder / "J_USDT-1h.json").write_text(json.dumps(rows.to_numpy().tolist()))
    return folder


@pytest.mark.parametrize("timerange", [None, "20240105-20240112", "20240110T0530-", "-20240103"])
@pytest.mark.parametrize(
    ("pairs", "timeframe", "kind"),
    [
        pytest.param([*FRAMES, "NONE/USDT", "BAD/USDT"], "1h", None, id="hours"),
        pytest.param(["A/USDT"], "1w", "feather", id="weeks"),
        pytest.param(["J/USDT"], "1h", "json", id="another format"),
    ],
)
def test_every_candle_is_the_same(
    datadir: Path, pairs: list[str], timeframe: str, kind: str | None, timerange: str | None
) -> None:
    config: dict[str, Any] = {"datadir": datadir, "timerange": timerange}
    found = read_pairs(config | {"dataformat_ohlcv": kind}, pairs, timeframe)
    span = TimeRange.parse_timerange(timerange)
    frames = load_data(datadir, timeframe, pairs, timerange=span, data_format=kind or "feather")
    assert [*found] == [*frames]
    for pair, frame in frames.items():
        wanted = read_candles(frame)
        for name in ("dates", "closes", "fillers", "opens"):
            ours, theirs = getattr(found[pair], name), getattr(wanted, name)
            assert np.array_equal(ours, theirs, equal_nan=name == "closes"), f"{pair} {name}"
