"""What the rounds of a backtest left out is recorded beside its result, and found again."""

import json
from pathlib import Path

import pytest

from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.performance.record import Record
from rebalancing.report.findings import Findings
from rebalancing.report.round_data import rounds_data
from tests.support.builders import PROJECT, make_config
from tests.support.freqtrade_runs import Outcome, backtest

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]


@pytest.fixture
def run(tmp_path: Path) -> Outcome:
    block = {"targets": "equal", "period": "24h", "min_trade": 15}
    config = make_config(PAIRS, block, timeframe="4h", dry_run_wallet=1000)
    return backtest(tmp_path, config, CANDLES)


def read(run: Outcome) -> Record:
    (record,) = read_records(run.result, CANDLES).values()
    return record


def journal_of(run: Outcome) -> Path:
    (file,) = run.result.parent.glob("rebalance-*.jsonl")
    return file


def test_the_report_tells_what_each_round_of_a_backtest_left_out(run: Outcome) -> None:
    record = read(run)
    rounds = [row for row in rounds_data(Findings(record))["rounds"] if row["left"] is not None]
    left = [item for row in rounds for item in row["left"]]
    assert len(rounds) > 3
    assert {row["outcome"] for row in rounds} == {"done"}
    assert "below the smallest trade" in {why for _, _, why in left}
    assert all(0 < abs(size) < 15 for _, size, why in left if why == "below the smallest trade")
    assert next(row for row in rounds if row["number"] == 0)["left"] == []


@pytest.mark.parametrize("change", ["other rounds", "begun later", "torn", "gone"])
def test_the_journal_of_another_run_is_not_taken_for_this_one(run: Outcome, change: str) -> None:
    file = journal_of(run)
    lines = file.read_text().splitlines()
    if change == "other rounds":
        events = [json.loads(line) for line in lines]
        file.write_text("\n".join(json.dumps({**e, "tag": f"{e.get('tag')}!"}) for e in events))
    if change == "begun later":
        file.rename(file.with_name(file.name.replace("rebalance-1", "rebalance-2")))
    if change == "torn":
        file.write_text(file.read_text()[: len(file.read_text()) // 2])
    if change == "gone":
        file.unlink()
    assert read(run).journal is None
