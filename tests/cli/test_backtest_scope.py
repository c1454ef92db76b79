"""What a backtest is going to run over is known, said and checked before it starts."""

from datetime import timedelta
from typing import Any

import pytest

from rebalancing.launch.arguments import read_arguments
from rebalancing.launch.configuration import Setup, read_setup
from rebalancing.launch.policy import period_of
from rebalancing.launch.scope import scope_of
from sandbox.exchange.candles import CandleFolder
from tests.support.builders import PROJECT, make_config

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]


def setup(*words: str, pairs: list[str] = PAIRS, **block: Any) -> Setup:
    config = make_config(pairs, {"targets": "equal", **block}, timeframe="4h")
    return read_setup(config, read_arguments(["--datadir", str(CANDLES), *words]))


@pytest.mark.parametrize(
    ("block", "period"),
    [
        pytest.param({"period": "1d"}, timedelta(days=1), id="period"),
        pytest.param({"period": "1d", "threshold": 0.02}, timedelta(days=1), id="both needed"),
        pytest.param({"period": "1d", "threshold": 0.02, "combine": "or"}, None, id="one enough"),
        pytest.param({"threshold": 0.02}, None, id="threshold"),
    ],
)
def test_rounds_are_bounded_by_a_period_without_which_none_starts(
    block: dict[str, Any], period: timedelta | None
) -> None:
    asked = setup(**block)
    assert period_of(asked) == period
    scope = scope_of(asked, CandleFolder.open(CANDLES), period)
    assert scope is not None
    assert scope.rounds == (None if period is None else 83 + 1)


@pytest.mark.parametrize(
    ("words", "candles", "begins", "ends"),
    [
        ([], 498, "2023-12-30 08:00", "2024-03-22 08:00"),
        (["--timerange", "20240101-20240111"], 60, "2024-01-01 00:00", "2024-01-11 00:00"),
        (["--timerange", "20240320-"], 14, "2024-03-20 00:00", "2024-03-22 08:00"),
        (["--timerange", "-20240101"], 10, "2023-12-30 08:00", "2024-01-01 00:00"),
    ],
)
def test_the_range_is_what_is_asked_for_and_there(
    words: list[str], candles: int, begins: str, ends: str
) -> None:
    scope = scope_of(setup(*words, period="1d"), CandleFolder.open(CANDLES), None)
    assert scope is not None
    assert scope.candles == candles
    assert f"{begins} to {ends}" in scope.lines()[1]


def test_without_a_candle_in_the_range_nothing_is_known() -> None:
    asked = setup("--timerange", "20300101-", period="1d")
    assert scope_of(asked, CandleFolder.open(CANDLES), None) is None


def test_only_a_run_that_is_going_to_be_long_is_announced() -> None:
    folder = CandleFolder.open(CANDLES)
    short = scope_of(setup(period="1d"), folder, timedelta(days=1))
    long = scope_of(setup(period="4h"), folder, timedelta(minutes=10))
    assert short is not None
    assert long is not None
    assert len(short.lines()) == 2
    assert "a long run: up to 11,953 rounds of 4 assets" in long.lines()[2]
