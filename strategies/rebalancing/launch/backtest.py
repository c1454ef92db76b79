"""Run freqtrade's backtesting against a local exchange, without a network."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rebalancing.launch.arguments import Given, read_arguments
from rebalancing.launch.asked import Asked, words_for
from rebalancing.launch.configuration import DEFAULT_CONFIG, Setup, load_configuration, read_setup
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.policy import check, period_of
from rebalancing.launch.process import run_process
from rebalancing.launch.progress import Done
from rebalancing.launch.quiet_run import new_log, run_quietly
from rebalancing.launch.results import Results, check_writable, results_of
from rebalancing.launch.scope import scope_of
from rebalancing.launch.told_backtest import PROGRESS
from sandbox.exchange.candles import CandleFolder

WHAT_TABLES_COUNT = (
    "\nfreqtrade's tables above count closed trades: a position is closed once, when the run ends, "
    "so its win rate and drawdown are those of a handful of trades. Below, the portfolio counts."
)

Summarise = Callable[[Path, Path], None]
"""Shows a result: its zip file, and the folder of candles."""


def backtest(asked: Asked, summarise: Summarise) -> int:
    """Backtest from the current directory and return the exit status.

    Parameters
    ----------
    summarise
        Called after a run that left a result.

    Raises
    ------
    LaunchError
        If the run cannot start, fails, or ends well without a result.
    """
    given = read_arguments(asked.arguments)
    configs = given.configs or (DEFAULT_CONFIG,)
    setup = read_setup(load_configuration(configs), given)
    check(setup, given)
    candles = CandleFolder.open(setup.datadir)
    results = results_of(setup.config, given, setup.user_data)
    plots = [] if asked.pages == 0 else [results.folder.parent / "plot"]
    check_writable(results.folder, setup.user_data / "logs", *plots)
    scope = scope_of(setup, candles, period_of(setup))
    for line in scope.lines() if scope else ():
        print(line, flush=True)
    with tempfile.TemporaryDirectory(prefix="backtest-", ignore_cleanup_errors=True) as name:
        swallowed = _run(asked, given, setup, results, Path(name))
        result = results.publish(Path(name))
    _show(result, setup, given, asked, summarise)
    if swallowed:
        raise LaunchError(*swallowed, "the strategy failed in the run, its result is not to trust")
    return 0


def _run(asked: Asked, given: Given, setup: Setup, results: Results, room: Path) -> list[str]:
    from rebalancing.launch.local_exchange import connected  # the server takes time to import

    export = () if setup.config.get("export") else ("--export", "trades")
    defaults = ["--cache", "none", *export]
    with connected(setup, online=asked.online) as connection:
        words = [*words_for(defaults, asked, given, setup, connection)]
        words += ["--backtest-directory", str(results.within(room))]
        if asked.verbose:
            command = [
                sys.executable,
                "-m",
                "rebalancing.launch.leash",
                str(room),
                "backtesting",
                *words,
            ]
            if status := run_process(command, connection.environment):
                raise LaunchError("backtest: freqtrade failed, see above", status=status)
            return []
        log = new_log(setup.user_data, "backtest")
        print(f"freqtrade's output: {log}", flush=True)
        command = [sys.executable, "-m", "rebalancing.launch.told_backtest", str(room), *words]
        done = progress_in(room / PROGRESS)
        return run_quietly("backtest", command, connection.environment, log, done)


def _show(
    result: Path | None, setup: Setup, given: Given, asked: Asked, summarise: Summarise
) -> None:
    if (given.export or setup.config.get("export")) == "none":
        print("no rebalancing summary: --export none leaves no result to read")
        return
    if result is None:
        again = given.cache not in (None, "none")
        reason = f": with --cache {given.cache} it showed an earlier one again" if again else ""
        raise LaunchError(f"freqtrade ended without a result{reason}")
    if asked.verbose:
        print(WHAT_TABLES_COUNT)
    summarise(result, setup.datadir)


def progress_in(file: Path) -> Callable[[], Done | None]:
    """Return what tells how far a run is, from the file that it writes."""

    def done() -> Done | None:
        with suppress(OSError, ValueError):  # not written yet, or being written
            completed, total = map(int, file.read_text(encoding="utf-8").split())
            return completed, total
        return None

    return done
