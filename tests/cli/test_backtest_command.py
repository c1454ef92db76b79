"""The backtest command: the real freqtrade as a process, against the local exchange."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rebalancing.launch.asked import Asked
from rebalancing.launch.backtest import backtest
from rebalancing.launch.errors import LaunchError
from tests.support.builders import PROJECT
from tests.support.command_lines import running_command
from tests.support.patience import PATIENCE
from tests.support.plain_projects import (
    STRATEGY,
    command,
    configuration,
    make_project,
    write_config,
    write_data,
)

pytestmark = pytest.mark.usefixtures("project")

SECRET = "c0ffee-secret"

TROUBLE = """
    def bot_start(self, **kwargs):
        import logging

        logging.getLogger("rebalancing.test").warning("two targets are alike")

    def bot_loop_start(self, current_time, **kwargs):
        raise ValueError("mislaid")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_project(tmp_path, monkeypatch)


def results(*arguments: str) -> list[Path]:
    found: list[Path] = []
    assert backtest(Asked(arguments), lambda result, _: found.append(result)) == 0
    return found


def no_summary(result: Path, _: Path) -> None:
    raise AssertionError(f"there must be no result, there is {result}")


def read_result(result: Path) -> tuple[dict[str, Any], str]:
    """Return the statistics of the strategies and everything the archive holds as text."""
    with zipfile.ZipFile(result) as archive:
        stats = json.loads(archive.read(f"{result.stem}.json"))["strategy"]
        everything = " ".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")
        )
    return stats, everything


def test_a_whole_run_without_network_and_without_keys(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(configuration(key=SECRET, secret=SECRET, ccxt_config={"apiKey": SECRET}))
    write_data("user_data/data/binance")
    for name in ("KEY", "SECRET", "ccxt_config__secret"):
        monkeypatch.setenv(f"FREQTRADE__EXCHANGE__{name}", SECRET)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr(tempfile, "tempdir", str(Path("temporary").absolute()))
    Path("temporary").mkdir()
    (result,) = results("--fee", "0.002")
    stats, everything = read_result(result)
    assert stats["Plain"]["total_trades"] > 20
    assert {trade["fee_open"] for trade in stats["Plain"]["trades"]} == {0.002}
    out, err = capfd.readouterr()
    assert out.count("local exchange at http://127.0.0.1:") == 1
    assert "for 2 pairs of binance; --online takes the markets from the real exchange" in out
    assert SECRET not in out + err + everything
    assert list(Path("temporary").iterdir()) == []


def test_another_exchange_and_its_folder_are_replayed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_config(configuration(name="kraken", pair_whitelist=["NOPE/BTC"]))
    write_data("user_data/data/kraken", "BTC", 0.05)
    monkeypatch.setenv("FREQTRADE__EXCHANGE__PAIR_WHITELIST", '["LTC/BTC"]')
    monkeypatch.setenv("FREQTRADE__STAKE_CURRENCY", "BTC")
    monkeypatch.setenv("FREQTRADE__DRY_RUN_WALLET", "1")
    (result,) = results("--backtest-directory", "mine/best")  # no folder: the name's beginning
    assert result.match("mine/best-????-??-??_??-??-??.zip")
    assert len(list(Path("mine").iterdir())) == 3  # the result, its metadata, freqtrade's note
    stats, _ = read_result(result)
    assert {trade["pair"] for trade in stats["Plain"]["trades"]} == {"LTC/BTC"}
    assert {trade["fee_open"] for trade in stats["Plain"]["trades"]} == {0.001}
    assert "for 2 pairs of kraken" in capfd.readouterr().out


def test_a_given_configuration_replaces_the_default_and_strategies_can_be_listed(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("config.json").write_text("this is no JSON and must not be read")
    (project / "strategies" / "Other.py").write_text(STRATEGY.format(name="Other"))
    (project / "out").mkdir()
    write_data("elsewhere")
    write_config(configuration(name="okx"), "my.json")
    words = ("--config=my.json", "--datadir", "elsewhere", "--export-directory", "out")
    words += ("--timeframe", "1h", "--strategy-list", "Other")
    found: list[Path] = []
    asked = Asked(words, verbose=True)
    assert backtest(asked, lambda result, _: found.append(result)) == 0
    (result,) = found
    assert result.parent == Path("out")
    assert list(read_result(result)[0]) == ["Other"]
    out = capfd.readouterr().out
    assert out.index("BACKTESTING REPORT") < out.index("freqtrade's tables above count closed")
    assert not list(Path("user_data/logs").iterdir())


def test_without_an_export_there_is_no_summary(capfd: pytest.CaptureFixture[str]) -> None:
    write_config(configuration())
    write_data("user_data/data/binance")
    assert results("--export", "none") == []
    assert "no rebalancing summary: --export none" in capfd.readouterr().out


def test_freqtrades_failure_is_passed_on_with_its_reason_and_its_log() -> None:
    write_config(configuration())
    write_data("user_data/data/binance")
    with pytest.raises(LaunchError) as caught:
        backtest(Asked(("--strategy", "Nowhere")), no_summary)
    assert caught.value.status == 2
    reason, where = caught.value.problems
    assert "Impossible to load Strategy 'Nowhere'" in reason
    log = Path(where.rpartition(" ")[2])
    assert "freqtrade failed with status 2" in where
    assert "Impossible to load Strategy" in log.read_text()


def test_a_configuration_that_freqtrade_refuses_fails_though_freqtrade_ends_with_zero() -> None:
    write_config({**configuration(), "max_open_trades": "many"})
    write_data("user_data/data/binance")
    with pytest.raises(LaunchError, match=r"many.*\n.*failed with status 2") as caught:
        backtest(Asked(()), no_summary)
    assert caught.value.status == 2


def test_what_a_strategy_did_wrong_is_shown_though_freqtrade_went_on(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trouble = STRATEGY.format(name="Plain") + TROUBLE
    (project / "strategies" / "Plain.py").write_text(trouble)
    write_config(configuration())
    write_data("user_data/data/binance")
    found: list[Path] = []
    with pytest.raises(LaunchError, match="not to trust") as caught:
        backtest(Asked(()), lambda result, _: found.append(result))
    assert "mislaid" in caught.value.problems[0]
    assert caught.value.problems[0].endswith(" times)")
    assert len(found) == 1
    out = capfd.readouterr().out
    assert "warning: two targets are alike\n" in out
    assert "Traceback" not in out


def test_an_interrupt_ends_both_and_leaves_nothing() -> None:
    write_config(configuration())
    write_data("user_data/data/binance")
    # A shell lets what it runs in the background ignore interrupts.
    listening = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    run = "runpy.run_module('rebalancing', run_name='__main__')"
    with running_command(
        [sys.executable, "-c", f"import runpy, signal; {listening}; {run}", "backtest"],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("local exchange at"):
            assert process.poll() is None
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        status = process.wait(PATIENCE)
    assert status not in (0, 2)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert not list(Path("user_data/backtest_results").iterdir())


def test_the_help_comes_without_freqtrade() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rebalancing", "backtest", "--help"],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "further arguments are those of" in shown.stdout
    assert not re.search(r"\| +freqtrade(\.|$)", shown.stderr, re.MULTILINE)
    assert "pandas" not in shown.stderr


def test_serve_says_where_it_is_and_refuses_other_hosts(project: Path) -> None:
    ended = command(project, "serve", "--pairs", "BTC/USDT", "--host", "0.0.0.0", module="sandbox")
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: host 0.0.0.0")
    with running_command(
        [sys.executable, "-m", "sandbox", "serve", "--pairs", "BTC/USDT"],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert "http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
