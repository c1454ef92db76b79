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
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rebalancing.launch.arguments import read_arguments
from rebalancing.launch.asked import Asked
from rebalancing.launch.backtest import backtest
from rebalancing.launch.configuration import load_configuration, read_setup
from rebalancing.launch.errors import LaunchError
from sandbox.exchange.synthetic import write_candles
from tests.support.command_lines import running_command
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("project")

ROOT = Path(__file__).parents[2]
START = datetime(2024, 1, 1, tzinfo=UTC)
SECRET = "c0ffee-secret"
STRATEGY = """
from freqtrade.strategy import IStrategy


class {name}(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    minimal_roi = {{"0": 100}}
    stoploss = -0.99

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe.index % 24 == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe.index % 24 == 12, "exit_long"] = 1
        return dataframe
"""

TROUBLE = """
    def bot_start(self, **kwargs):
        import logging

        logging.getLogger("rebalancing.test").warning("two targets are alike")

    def bot_loop_start(self, current_time, **kwargs):
        raise ValueError("mislaid")
"""


def configuration(stake: str = "USDT", **exchange: Any) -> dict[str, Any]:
    return {
        "max_open_trades": 2,
        "stake_currency": stake,
        "stake_amount": "unlimited",
        "dry_run": True,
        "dry_run_wallet": 1 if stake == "BTC" else 1000,
        "strategy": "Plain",
        "strategy_path": "strategies",
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
        "pairlists": [{"method": "StaticPairList"}],
        "exchange": {
            "name": "binance",
            "pair_whitelist": [f"ETH/{stake}", f"LTC/{stake}"],
            **exchange,
        },
    }


def write_config(config: Mapping[str, Any], name: str = "config.json") -> Path:
    file = Path(name)
    file.write_text(json.dumps(config))
    return file


def write_data(folder: str, stake: str = "USDT", scale: float = 100.0) -> None:
    closes = [scale * (1 + 0.01 * (hour % 24)) for hour in range(500)]
    for base in ("ETH", "LTC"):
        write_candles(Path(folder), f"{base}/{stake}", "1h", closes, START)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's root, made the current directory: a strategy, no candles yet."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FREQTRADE__")]:
        monkeypatch.delenv(name)
    (tmp_path / "user_data").mkdir()
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "Plain.py").write_text(STRATEGY.format(name="Plain"))
    return tmp_path


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


def command(
    project: Path, *arguments: str, module: str = "rebalancing"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


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
        env={**os.environ, "PYTHONPATH": str(ROOT)},
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


@pytest.mark.parametrize(
    ("config", "arguments", "message"),
    [
        pytest.param(None, [], "config.json: there is no such configuration file", id="no file"),
        pytest.param("{ broken", [], "config.json:1:3: not valid JSON", id="broken"),
        pytest.param("[1]", [], "config.json: not a configuration", id="a list"),
        pytest.param("{}", [], "exchange: missing", id="no exchange"),
        pytest.param(configuration(name=""), [], "exchange.name: missing", id="no name"),
        pytest.param(configuration(), [], "binance: no such data folder", id="no data"),
        pytest.param(
            configuration(),
            ["-d", ".", "--userdir", "config.json"],
            "config.json/logs, config.json/plot: cannot be written (Not a directory)",
            id="no folder to write to",
        ),
        pytest.param(configuration(), ["--nonsense"], "unrecognized arguments", id="argument"),
        pytest.param(configuration(), ["-c", "-"], "standard input", id="standard input"),
        pytest.param(configuration(pair_whitelist=[]), ["-d", "."], "no pairs: ", id="no pairs"),
        pytest.param(
            configuration(pair_whitelist=["BTCUSDT"]),
            ["-d", "."],
            "'BTCUSDT' is not a spot pair",
            id="pair",
        ),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    project: Path, config: dict[str, Any] | str | None, arguments: Sequence[str], message: str
) -> None:
    if config is not None:
        text = config if isinstance(config, str) else json.dumps(config)
        Path("config.json").write_text(text)
    ended = command(project, "backtest", *arguments)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def test_a_damaged_file_of_candles_is_one_line(project: Path) -> None:
    write_config(configuration())
    (project / "candles").mkdir()
    (project / "candles" / "ETH_USDT-1h.feather").write_bytes(b"torn")
    ended = command(project, "backtest", "-dcandles")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: candles/ETH_USDT-1h.feather: not readable")
    assert ended.stderr.count("\n") == 1


def test_the_help_comes_without_freqtrade() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rebalancing", "backtest", "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
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
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert "http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130


def test_configurations_are_merged_by_freqtrade(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("base.json").write_text(
        '{"stake_currency": "EUR", /* a comment */ "exchange": {"name": "Kraken"},}'
    )
    Path("first.json").write_text('{"add_config_files": ["base.json"], "stake_currency": "USDT"}')
    Path("second.json").write_text('{"exchange": {"pair_whitelist": ["A/B"]}}')
    monkeypatch.setenv("FREQTRADE__STAKE_CURRENCY", "BTC")
    setup = read_setup(load_configuration(["first.json", "second.json"]), read_arguments([]))
    assert (setup.exchange, setup.stake, setup.pairs) == ("kraken", "BTC", ("A/B",))


@pytest.mark.parametrize(
    ("settings", "arguments", "folder"),
    [
        pytest.param({}, [], "user_data/data/okx", id="default"),
        pytest.param({"user_data_dir": "mine"}, [], "mine/data/okx", id="configured user data"),
        pytest.param({"user_data_dir": "mine"}, ["--userdir", "x"], "x/data/okx", id="userdir"),
        pytest.param({"datadir": "candles"}, [], "candles", id="configured folder"),
        pytest.param({"datadir": "candles"}, ["-d", "given"], "given", id="given folder"),
    ],
)
def test_the_folder_of_candles(settings: dict[str, Any], arguments: list[str], folder: str) -> None:
    config = {**configuration(name="okx"), **settings}
    assert read_setup(config, read_arguments(arguments)).datadir == Path(folder)
