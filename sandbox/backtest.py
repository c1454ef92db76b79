"""Run freqtrade's backtesting against a local exchange, without a network."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.arguments import Given, read_arguments
from sandbox.configuration import load_configuration, read_setup
from sandbox.connection import Connection, connected
from sandbox.errors import SandboxError
from sandbox.process import run_process

DEFAULT_CONFIG = "config.json"
DEFAULT_STRATEGY = "SmartRebalance"


def backtest(
    arguments: Sequence[str], summarise: Callable[[Path, Path], None], *, online: bool = False
) -> int:
    """Backtest from the current directory and return the exit status.

    Parameters
    ----------
    arguments
        Arguments of ``freqtrade backtesting``; they win over the defaults used here.
    summarise
        Called with the result's zip file and the folder of candles after a successful run.
    online
        Take the markets from the real exchange, with the user's configuration as it is.

    Raises
    ------
    SandboxError
        If the run cannot start, or freqtrade ended well without a result.
    """
    given = read_arguments(arguments)
    configs = given.configs or (DEFAULT_CONFIG,)
    setup = read_setup(load_configuration(configs), given)
    before = _latest_result(setup.results)
    defaults = ["--cache", "none", "--export", "trades"]
    with connected(setup, online=online) as connection:
        command = _command(defaults, arguments, given, connection)
        status = run_process(command, connection.environment)
    if status != 0:
        return status
    if given.export == "none":
        print("no rebalancing summary: --export none leaves no result to read")
        return 0
    summarise(_fresh_result(setup.results, before, given), setup.datadir)
    return 0


def _command(
    defaults: Sequence[str], arguments: Sequence[str], given: Given, connection: Connection
) -> list[str]:
    command = [sys.executable, "-m", "freqtrade", "backtesting", *defaults]
    if not given.configs:
        command += ["--config", DEFAULT_CONFIG]
    if not given.strategy_list:
        command += ["--strategy", DEFAULT_STRATEGY]
    return [*command, *arguments, *connection.arguments]


def _latest_result(folder: Path) -> tuple[Path, int] | None:
    # freqtrade names its latest result in this file and rewrites it after every run.
    pointer = folder / ".last_result.json"
    try:
        name = json.loads(pointer.read_text(encoding="utf-8"))["latest_backtest"]
        return folder / name, pointer.stat().st_mtime_ns
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _fresh_result(folder: Path, before: tuple[Path, int] | None, given: Given) -> Path:
    after = _latest_result(folder)
    if after is not None and after != before and after[0].is_file():
        return after[0]
    reason = "see its messages above"
    if given.cache not in (None, "none"):
        reason += f"; with --cache {given.cache} it may have shown an earlier one again"
    raise SandboxError(f"freqtrade wrote no result into {folder}: {reason}")
