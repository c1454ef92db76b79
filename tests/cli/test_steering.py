"""Steering a bot and looking at it: the command box, and the command line on real databases."""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import RunMode
from freqtrade.persistence import KeyValueStore
from freqtrade.persistence.key_value_store import _KeyValueStoreModel

from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.requests import Requests
from rebalancing.freqtrade_side.records import commands
from rebalancing.freqtrade_side.records.journal_file import Journal
from rebalancing.state import State
from tests.support.command_lines import (
    COMMAND,
    clean_environment,
    dry_run_database,
    rebalance,
    write_config,
)
from tests.support.patience import PATIENCE

MINUTE = timedelta(minutes=1)
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with a configuration and a database, open here as in the bot."""
    with dry_run_database(tmp_path):
        yield tmp_path


def ask(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start ``rebalance`` and leave it waiting for the bot's answer."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def taken() -> commands.Command:
    """Return the command that comes, as the bot's loop finds it."""
    end = time.monotonic() + PATIENCE
    while (command := commands.take()) is None:
        assert time.monotonic() < end, "no command came"
        time.sleep(0.05)
    return command


def write_command(age: timedelta, **fields: Any) -> None:
    """Write a command as a tool did some time ago."""
    command = {"id": "0badcafe", "at": (NOW - age).isoformat(), "do": "now", **fields}
    KeyValueStore.store_value("rebalance.command", json.dumps(command))  # type: ignore[arg-type]


# --- the command box --------------------------------------------------------------------------


@pytest.mark.parametrize("do", ["now", "pause", "resume"])
def test_a_command_reaches_the_bot_and_its_answer_comes_back(folder: Path, do: str) -> None:
    assert commands.take() is None
    tool = ask(folder, do, "--wait", "30")
    command = taken()
    assert command.do == do
    commands.reply(command, "it is done")
    out, err = tool.communicate(timeout=PATIENCE)
    assert (tool.returncode, out, err) == (0, "it is done\n", "")
    assert commands.take() is None


def test_the_bot_sees_what_another_process_writes_over_a_row_it_holds(folder: Path) -> None:
    commands.post("pause")
    held = _KeyValueStoreModel.session.query(_KeyValueStoreModel).all()
    ask(folder, "resume", "--wait", "0").communicate(timeout=PATIENCE)
    assert held
    assert taken().do == "resume"


@pytest.mark.usefixtures("folder")
def test_of_two_commands_the_newest_counts() -> None:
    first, second = commands.post("pause"), commands.post("now")
    command = taken()
    assert command.id == second
    commands.reply(command, "a round starts")
    assert commands.answer(second) == "a round starts"
    assert commands.answer(first) is None
    assert commands.take() is None


@pytest.mark.usefixtures("folder")
def test_a_command_stays_until_it_is_answered() -> None:
    commands.post("pause")
    assert commands.take() == commands.take() == commands.waiting()


@pytest.mark.usefixtures("folder")
def test_a_now_of_eleven_minutes_ago_is_answered_and_not_done() -> None:
    write_command(11 * MINUTE)
    assert commands.take() is None
    assert "not done" in str(commands.answer("0badcafe"))


@pytest.mark.usefixtures("folder")
def test_a_pause_of_eleven_minutes_ago_is_taken() -> None:
    write_command(11 * MINUTE, do="pause")
    assert taken().do == "pause"


@pytest.mark.usefixtures("folder")
def test_a_long_answer_is_cut_to_what_the_column_holds() -> None:
    commands.post("now")
    commands.reply(taken(), 'two lines,\n"quoted" ' * 50)
    value = KeyValueStore.get_string_value("rebalance.answer")  # type: ignore[arg-type]
    assert value is not None
    assert len(value) <= 255
    assert json.loads(value)["text"].startswith('two lines, "quoted" two lines')


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"do": "sell everything"}, id="unknown"),
        pytest.param({"at": "yesterday"}, id="not a time"),
        pytest.param({"at": "2024-01-01T00:00:00"}, id="time without zone"),
        pytest.param({"at": None}, id="no time"),
        pytest.param({"do": None}, id="nothing to do"),
    ],
)
def test_nonsense_is_no_command(fields: dict[str, Any]) -> None:
    write_command(MINUTE, **fields)
    assert commands.take() is None


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("text", ["", "now", "[]", '{"id": 1}', '{"id":'])
def test_a_value_of_another_kind_is_no_command(text: str) -> None:
    KeyValueStore.store_value("rebalance.command", text)  # type: ignore[arg-type]
    assert commands.take() is None


# --- the command line -------------------------------------------------------------------------


def test_without_a_bot_the_command_stays_and_the_status_is_3(folder: Path) -> None:
    run = rebalance(folder, "pause", "--wait", "0.3")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1)
    assert "no bot answered within 0.3 s" in run.stderr
    assert taken().do == "pause"


def test_json_is_one_object_and_nothing_else(folder: Path) -> None:
    run = rebalance(folder, "now", "--wait", "0", "--json")
    assert run.returncode == 3
    assert json.loads(run.stdout) == {"id": taken().id, "do": "now", "answer": None}


@pytest.mark.parametrize("command", ["now", "status"])
def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path, command: str) -> None:
    write_config(tmp_path)
    run = rebalance(tmp_path, command)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "tradesv3.dryrun.sqlite" in run.stderr
    assert not list(tmp_path.glob("*.sqlite*"))


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    write_config(tmp_path)
    other = tmp_path / "other.sqlite"
    other.touch()
    run = rebalance(tmp_path, "status", "--db-url", f"sqlite:///{other}")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert other.stat().st_size == 0


@pytest.mark.parametrize(
    ("overrides", "environment", "name"),
    [
        pytest.param({"dry_run": True}, {}, "tradesv3.dryrun.sqlite", id="dry"),
        pytest.param({"dry_run": False}, {}, "tradesv3.sqlite", id="live"),
        pytest.param({"db_url": "sqlite:///own.sqlite"}, {}, "own.sqlite", id="own"),
        pytest.param({}, {"FREQTRADE__DB_URL": "sqlite:///e.sqlite"}, "e.sqlite", id="variable"),
        pytest.param({}, {"FREQTRADE__DRY_RUN": "false"}, "tradesv3.sqlite", id="live by variable"),
    ],
)
def test_the_database_is_that_of_freqtrade(
    tmp_path: Path, overrides: dict[str, Any], environment: dict[str, str], name: str
) -> None:
    write_config(tmp_path, **overrides)
    run = rebalance(tmp_path, "status", **environment)
    assert f"no database {tmp_path / name}:" in run.stderr


def test_the_configuration_in_user_data_wins(tmp_path: Path) -> None:
    write_config(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["db_url"] = "sqlite:///first.sqlite"
    (tmp_path / "user_data" / "config.json").write_text(json.dumps(config))
    assert "first.sqlite" in rebalance(tmp_path, "status").stderr
    again = rebalance(tmp_path, "status", "--config", "config.json")
    assert "tradesv3.dryrun.sqlite" in again.stderr


def test_live_json_in_user_data_counts_unless_files_are_named(tmp_path: Path) -> None:
    write_config(tmp_path)
    (tmp_path / "user_data" / "live.json").write_text('{"dry_run": false}')
    assert "tradesv3.sqlite" in rebalance(tmp_path, "status").stderr
    again = rebalance(tmp_path, "status", "--config", "config.json")
    assert "tradesv3.dryrun.sqlite" in again.stderr


def test_the_bots_log_file_is_not_opened(tmp_path: Path) -> None:
    write_config(tmp_path, logfile="bot.log")
    rebalance(tmp_path, "status")
    assert not (tmp_path / "bot.log").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param('{"dry_run": ', "not valid JSON", id="not JSON"),
        pytest.param('{"dry_run": true}', "'exchange' is missing", id="no exchange"),
        pytest.param(None, "there is no such configuration file", id="no file"),
    ],
)
def test_a_bad_configuration_is_one_line(tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / "config.json").write_text(text)
    run = rebalance(tmp_path, "status")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert says in run.stderr


# --- the bot's answers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "decision", "expected"),
    [
        pytest.param(0, None, None, id="it waits for the decision"),
        pytest.param(0, "no round: too small", "no round: too small", id="decided"),
        pytest.param(
            9,
            None,
            "not decided yet, the bot waits for prices; a message and the journal will tell "
            "what comes of it",
            id="nobody is left waiting",
        ),
    ],
)
def test_now_is_answered_once_it_is_decided_or_takes_too_long(
    folder: Path, age: int, decision: str | None, expected: str | None
) -> None:
    now = datetime.now(UTC)
    write_command(timedelta(0), at=(now - timedelta(seconds=age)).isoformat())
    dataprovider = DataProvider({"runmode": RunMode.DRY_RUN}, None)
    diary = Diary(Journal(folder / "journal.jsonl"), dataprovider)
    requests = Requests(Memory(State(targets={})), diary)
    requests.obey(now, is_running=True)
    requests.answer(now, decision, "prices")
    assert commands.answer("0badcafe") == expected
    assert (commands.take() is None) == (expected is not None), "unanswered it is taken again"
