"""The policy that ran, and where it came from, stand wherever a result is shown."""

import json
import shutil
from pathlib import Path

import pytest

from rebalancing.freqtrade_side.history.result import read_records
from tests.support.builders import PROJECT, make_config
from tests.support.command_lines import rebalance
from tests.support.freqtrade_runs import freqtrade_process

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
SOURCE = "SmartRebalance.json: period 7d instead of 24h, threshold 0.05 instead of 0.0212345"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A backtest with a parameter file beside the strategy: its result and its log."""
    folder = tmp_path_factory.mktemp("overridden")
    shutil.copytree(PROJECT / "strategies", folder / "strategies")
    values = {"rebalance": {"period": "7d", "threshold": 0.05}}
    file = {"strategy_name": "SmartRebalance", "params": values, "ft_stratparam_v": 1}
    (folder / "strategies" / "SmartRebalance.json").write_text(json.dumps(file))
    block = {"targets": "equal", "period": "24h", "threshold": 0.0212345}
    config = make_config(
        PAIRS,
        block,
        timeframe="4h",
        dry_run_wallet=10000,
        strategy_path=str(folder / "strategies"),
    )
    words = ("--cache", "none", "--export", "trades")
    ended = freqtrade_process(folder, config, CANDLES, *words)
    assert ended.returncode == 0, ended.stderr[-2000:]
    (result,) = (folder / "user_data" / "backtest_results").glob("*.zip")
    return result, " ".join(ended.stderr.split())


def test_the_record_has_the_policy_that_ran(run: tuple[Path, str]) -> None:
    (record,) = read_records(run[0], CANDLES).values()
    assert (record.settings.period, record.settings.threshold) == ("7d", 0.05)
    assert record.policy_source == SOURCE
    assert any(SOURCE in remark for remark in record.remarks)


def test_the_log_says_it(run: tuple[Path, str]) -> None:
    assert f"(from {SOURCE})" in run[1]


def test_the_summary_says_it(run: tuple[Path, str], tmp_path: Path) -> None:
    shown = rebalance(tmp_path, "summary", run[0], "--datadir", CANDLES)
    assert SOURCE.split(":")[0] in shown.stdout
    assert "every 7d" in shown.stdout
    told = rebalance(tmp_path, "summary", run[0], "--datadir", CANDLES, "--json")
    (fields,) = json.loads(told.stdout).values()
    assert fields["policy_source"] == SOURCE
    assert "every 7d" in fields["policy"]


def test_the_page_says_it(run: tuple[Path, str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = ("report", run[0], "--datadir", CANDLES, "--output", page)
    assert rebalance(tmp_path, *words).returncode == 0
    assert "SmartRebalance.json: period 7d instead of 24h" in page.read_text()
