"""What a backtest is going to run over is known, said and checked before it starts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.arguments import read_arguments
from sandbox.candles import CandleFolder
from sandbox.configuration import Setup, read_setup
from sandbox.errors import SandboxError
from sandbox.policy import checked_period
from sandbox.scope import check_timeframes, scope_of
from tests.builders import PROJECT, make_config

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
    assert checked_period(asked) == period
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


@pytest.mark.parametrize(
    ("words", "pairs", "problems"),
    [
        ([], PAIRS, []),
        (["--timeframe-detail", "4h"], PAIRS, []),
        (
            ["--timeframe-detail", "5m", "--timerange", "20240101-"],
            PAIRS,
            [
                "timeframe 5m: BTC/USDT, ETH/USDT, BNB/USDT, SOL/USDT have no candles in "
                f"{CANDLES}, there are candles of 4h; get them: ./setup.sh data --config my.json "
                f"--timeframes 5m --timerange 20240101- --datadir {CANDLES}"
            ],
        ),
        (
            ["--timeframe", "1h", "--timeframe-detail", "5m"],
            [*PAIRS, "XRP/USDT"],
            ["timeframe 1h: BTC/USDT", "timeframe 5m: BTC/USDT"],
        ),
        ([], [*PAIRS, "XRP/USDT"], ["timeframe 4h: XRP/USDT has no candles in "]),
    ],
)
def test_candles_that_are_missing_are_named_with_the_command_that_gets_them(
    words: list[str], pairs: list[str], problems: list[str]
) -> None:
    asked = setup(*words, pairs=pairs, period="1d")
    found: tuple[str, ...] = ()
    try:
        check_timeframes(asked, CandleFolder.open(CANDLES), ["my.json"])
    except SandboxError as error:
        found = error.problems
    for line, beginning in zip(found, problems, strict=True):
        assert line.startswith(beginning)


def test_of_another_strategy_or_another_format_of_candles_nothing_is_known() -> None:
    folder = CandleFolder(Path("nowhere"), {})
    check_timeframes(setup("--strategy", "Other", period="1d"), folder, [])
    config = make_config(PAIRS, {}, dataformat_ohlcv="parquet")
    check_timeframes(read_setup(config, read_arguments([])), folder, [])
