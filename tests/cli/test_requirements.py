"""Pinned packages and sample candles, as they come with a clone."""

import re
import tomllib

import pandas as pd
import pytest

from tests.support.builders import PROJECT


def requirements() -> list[str]:
    lines = (PROJECT / "requirements.txt").read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_requirement_is_pinned_and_hashed() -> None:
    pinned = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^#@]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in requirements() if not pinned.fullmatch(line)] == []


def test_requirements_name_no_index() -> None:
    text = (PROJECT / "requirements.txt").read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links", text)


def test_requirements_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + [
        name for group in project["dependency-groups"].values() for name in group
    ]
    names = {line.partition("==")[0] for line in requirements()}
    assert {re.split(r"[\[<>=]", name)[0] for name in wanted} <= names
    assert any(line.startswith("freqtrade==2026.9 ") for line in requirements())


@pytest.mark.parametrize("coin", ["BTC", "ETH", "BNB", "SOL"])
def test_sample_candles_are_whole(coin: str) -> None:
    candles = pd.read_feather(PROJECT / f"user_data/data/binance/{coin}_USDT-4h.feather")
    assert list(candles) == ["date", "open", "high", "low", "close", "volume"]
    assert candles.dtypes.astype(str).tolist() == ["datetime64[ms, UTC]"] + ["float64"] * 5
    expected = pd.date_range("2023-12-30 08:00", "2024-03-22 08:00", freq="4h", tz="UTC", unit="ms")
    assert candles["date"].tolist() == expected.tolist()
    assert len(candles) == 499
    assert (candles.drop(columns="date") > 0).all(axis=None)
    assert (candles["low"] <= candles[["open", "close"]].min(axis=1)).all()
    assert (candles["high"] >= candles[["open", "close"]].max(axis=1)).all()
