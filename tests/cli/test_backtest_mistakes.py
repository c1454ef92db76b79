"""Mistakes that the backtest command refuses, and the configuration it reads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rebalancing.launch.arguments import read_arguments
from rebalancing.launch.configuration import load_configuration, read_setup
from tests.support.plain_projects import command, configuration, make_project, write_config

pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_project(tmp_path, monkeypatch)


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
