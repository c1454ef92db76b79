"""The command ``rebalance`` as a process, in a folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from freqtrade.persistence import Trade, init_db

from tests.support.builders import PROJECT, make_config
from tests.support.forked_bots import command_process
from tests.support.patience import PATIENCE

COMMAND = [sys.executable, "-m", "rebalancing"]
TARGETS = {"BTC": 0.5, "ETH": 0.3, "SOL": 0.2}


def write_config(folder: Path, **overrides: Any) -> None:
    """Write a config.json with these targets, a period of an hour, and a folder user_data."""
    pairs = [f"{asset}/USDT" for asset in TARGETS]
    config = make_config(pairs, {"targets": TARGETS, "period": "1h"}, **overrides)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "user_data").mkdir(exist_ok=True)


@contextmanager
def dry_run_database(folder: Path) -> Iterator[None]:
    """Write a configuration and open its database in this process, as in the bot's."""
    write_config(folder)
    init_db(f"sqlite:///{folder}/tradesv3.dryrun.sqlite")
    try:
        yield
    finally:
        Trade.session.remove()


def clean_environment(**more: str) -> dict[str, str]:
    """Return this environment as a user's: without freqtrade's variables and those of tests."""
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("FREQTRADE__", "PYTEST_"))
    }
    places = os.pathsep.join([str(PROJECT / "strategies"), str(PROJECT)])
    return {**kept, "PYTHONPATH": places, "COLUMNS": "120", **more}


@contextmanager
def running_command(
    command: Sequence[str | Path], **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Give a process that is killed where a test ends before it; ``with Popen`` would wait."""
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def rebalance(
    folder: Path, *arguments: str | Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``rebalance`` in a folder, away from any terminal, and return it.

    Notes
    -----
    It begins with freqtrade already imported; `COMMAND` does not.
    """
    return warm_command(folder, ["rebalance", *map(str, arguments)], **environment)


def warm_command(
    folder: Path, words: Sequence[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``rebalance`` or ``freqtrade``, which are imported already, in a folder."""
    with TemporaryDirectory() as place:
        out, err = Path(place, "out"), Path(place, "err")
        printed = (str(out), str(err))
        process = command_process(words, folder, clean_environment(**environment), printed)
        try:
            process.join(PATIENCE)
            assert process.exitcode is not None, f"it goes on: {words}"
        finally:
            process.kill()
        return subprocess.CompletedProcess(
            words, process.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )
