"""Run freqtrade's backtesting against a local exchange: no network, the same numbers anywhere."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.arguments import Given, read_arguments
from sandbox.configuration import Setup, child_environment, load_configuration, read_setup
from sandbox.errors import SandboxError
from sandbox.overlay import overlay
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
    connection = _own_connection(setup) if online else _local_connection(setup)
    with connection as connected:
        command = _command(arguments, given, connected)
        status = run_process(command, connected.environment)
    if status != 0:
        return status
    if given.export == "none":
        print("no rebalancing summary: --export none leaves no result to read")
        return 0
    summarise(_fresh_result(setup.results, before, given), setup.datadir)
    return 0


@dataclass(frozen=True)
class _Connection:
    """What the freqtrade process is given to reach its exchange."""

    environment: Mapping[str, str]
    arguments: tuple[str, ...] = field(default=())


@contextmanager
def _own_connection(setup: Setup) -> Iterator[_Connection]:
    named = setup.datadir_argument
    yield _Connection(os.environ, () if named is None else ("--datadir", str(named)))


@contextmanager
def _local_connection(setup: Setup) -> Iterator[_Connection]:
    from sandbox.candles import CandleFolder
    from sandbox.exchange import LocalExchange
    from sandbox.markets import checked_pairs
    from sandbox.server import running

    candles = CandleFolder.open(setup.datadir)
    recorded = (pair for pair in candles.pairs if pair.endswith(f"/{setup.stake}"))
    pairs = checked_pairs([*setup.pairs, *recorded])
    if not pairs:
        raise SandboxError(
            f"no pairs: exchange.pair_whitelist names none and {setup.datadir} holds none "
            f"in {setup.stake}"
        )
    exchange = LocalExchange(pairs, candles)
    with running(exchange) as url, tempfile.TemporaryDirectory(prefix="local-exchange-") as folder:
        settings: dict[str, Any] = overlay(url, setup.config)
        file = Path(folder) / "local-exchange.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        count = len(exchange.markets)
        print(
            f"local exchange at {url} for {count} pair{'' if count == 1 else 's'} of "
            f"{setup.exchange}; --online takes the markets from the real exchange",
            flush=True,
        )
        yield _Connection(
            child_environment(os.environ, settings),
            ("--datadir", str(setup.datadir), "--config", str(file)),
        )


def _command(arguments: Sequence[str], given: Given, connected: _Connection) -> list[str]:
    command = [sys.executable, "-m", "freqtrade", "backtesting", "--cache", "none"]
    command += ["--export", "trades"]
    if not given.configs:
        command += ["--config", DEFAULT_CONFIG]
    if not given.strategy_list:
        command += ["--strategy", DEFAULT_STRATEGY]
    return [*command, *arguments, *connected.arguments]


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
