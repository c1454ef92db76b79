"""A backtest has every asset that was configured, in the whole range, or says so."""

from pathlib import Path
from typing import Any

import pytest
from freqtrade.exceptions import OperationalException

from tests.support.builders import make_candles, make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest, freqtrade_process

PAIRS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
EQUAL = {"targets": "equal", "period": "24h"}
MISSING = "SOL/USDT: no candle from 2024-01-01 00:00 to 2024-01-02 23:00; get them: "
RANGE = ("--timerange", "20240101-20240103")


def candles(folder: Path, **frames: Any) -> Path:
    """Write 60 candles of 1h from 2024-01-01 for BTC and ETH, and others as told."""
    whole = {pair: make_candles([1.0] * 60) for pair in PAIRS[:2]}
    others = {f"{asset}/USDT": frame for asset, frame in frames.items()}
    return write_candles(folder / "data", "1h", {**whole, **others})


def run(folder: Path, data: Path, *arguments: str, **changes: Any) -> Outcome:
    return backtest(folder, make_config(PAIRS, EQUAL, **changes), data, *arguments)


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param({}, id="no file"),
        pytest.param({"SOL": make_candles([1.0] * 60, "2023-01-01")}, id="before the range"),
        pytest.param({"SOL": make_candles([1.0] * 60, "2025-01-01")}, id="after the range"),
    ],
)
def test_a_target_without_a_candle_is_refused_with_the_way_to_get_it(
    tmp_path: Path, frames: dict[str, Any]
) -> None:
    with pytest.raises(OperationalException) as refused:
        run(tmp_path, candles(tmp_path, **frames), *RANGE)
    (line,) = str(refused.value).splitlines()
    assert line.startswith(
        "SOL/USDT: no candle from 2024-01-01 00:00 to 2024-01-02 23:00; get them:"
    )
    assert "freqtrade download-data" in line
    assert "--pairs SOL/USDT --timeframes 1h --timerange 20240101-20240103" in line


def test_a_hyperopt_refuses_it_too_with_one_line_and_status_2(tmp_path: Path) -> None:
    words = ("--hyperopt-loss", "OnlyProfitHyperOptLoss", "--spaces", "rebalance")
    words += ("--epochs", "1", "--job-workers", "1", *RANGE)
    data, config = candles(tmp_path), make_config(PAIRS, EQUAL)
    ended = freqtrade_process(tmp_path, config, data, *words, command="hyperopt")
    log = " ".join(ended.stderr.split())
    assert MISSING in log
    assert "Traceback" not in log
    assert ended.returncode == 2


@pytest.mark.parametrize(
    ("start", "count", "words"),
    [
        pytest.param("2024-01-01", 60, None, id="whole"),
        pytest.param(
            "2024-01-02", 36, "start at 2024-01-02 00:00 instead of 2024-01-01 00:00", id="late"
        ),
        pytest.param(
            "2024-01-01", 12, "end at 2024-01-01 11:00 instead of 2024-01-03 11:00", id="early"
        ),
    ],
)
def test_what_starts_late_or_ends_early_is_said(
    tmp_path: Path, start: str, count: int, words: str | None
) -> None:
    found = run(tmp_path, candles(tmp_path, SOL=make_candles([1.0] * count, start)))
    assert found.complaints == []
    assert len(found.remarks) == (words is not None)
    if words:
        assert words in found.remarks[0]
        assert found.remarks[0].startswith("SOL/USDT: ")


def test_a_range_beyond_the_candles_is_said_once_for_all(tmp_path: Path) -> None:
    data = candles(tmp_path, SOL=make_candles([1.0] * 60))
    (line,) = run(tmp_path, data, "--timerange", "20231201-20240301").remarks
    assert line.startswith(
        "BTC/USDT, ETH/USDT, SOL/USDT: candles start at 2024-01-01 00:00 instead"
    )
    assert "end at 2024-01-03 11:00 instead of 2024-02-29 23:00" in line


def test_a_range_up_to_a_midnight_ends_with_the_candle_before_it(tmp_path: Path) -> None:
    data = candles(tmp_path, SOL=make_candles([1.0] * 48))
    assert run(tmp_path, data, *RANGE).remarks == []


def test_what_is_probably_not_meant_is_said_at_the_start(tmp_path: Path) -> None:
    policy = {"targets": {"BTC": 0.5, "ETH": 0.5}, "threshold": 0.6, "investment": 5000}
    config = make_config(PAIRS[:2], policy, fee=0.1)
    found = backtest(tmp_path, config, candles(tmp_path))
    assert [line.split(": ")[1] for line in found.complaints] == [
        "fee",
        "rebalance.investment",
        "rebalance.threshold",
    ]


def test_a_pair_that_the_exchange_does_not_list_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.exchange.local_exchange import LocalExchange

    data = candles(tmp_path, SOL=make_candles([1.0] * 60))
    monkeypatch.setattr(
        "tests.support.freqtrade_runs.LocalExchange",
        lambda _pairs, folder, **more: LocalExchange(PAIRS[:2], folder, **more),
    )
    with pytest.raises(OperationalException, match="binance has no open market for SOL/USDT"):
        run(tmp_path, data)
