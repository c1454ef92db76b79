"""Run freqtrade with its output in a log, and tell a person what of it concerns them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from os import getpid
from pathlib import Path

from rebalancing.launch.errors import REFUSED, LaunchError
from rebalancing.launch.freqtrade_log import Entry, LogTail
from rebalancing.launch.process import run_process
from rebalancing.launch.progress import Done, ProgressDisplay
from rebalancing.report.kept_files import keep_newest

_LOGS_KEPT = 20
_INTERRUPTS = (128 + 2, 128 + 15)
_LAST_LINES = 3


def new_log(user_data: Path, command: str) -> Path:
    """Name the log of a run that begins now; older ones than the newest few go.

    Raises
    ------
    OSError
        If one that should go cannot be removed.
    """
    folder = user_data / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    keep_newest(folder.glob(f"freqtrade-{command}-*-*.log"), _LOGS_KEPT - 1)
    return folder / f"freqtrade-{command}-{datetime.now(UTC):%Y-%m-%d_%H-%M-%S}-{getpid()}.log"


def run_quietly(
    title: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    done: Callable[[], Done | None] = lambda: None,
    *,
    stderr: bool = False,
) -> list[str]:
    """Run freqtrade to a good end, and show its progress, the policy and warnings meanwhile.

    Parameters
    ----------
    title
        What is under way, for the display.
    log
        A new file, which gets all that freqtrade prints.
    done
        Tells how far it is.
    stderr
        Show it on standard error.

    Returns
    -------
    list of str
        Errors of the strategy after which freqtrade went on as if there were none; a line each.

    Raises
    ------
    LaunchError
        If freqtrade failed: its errors and the name of the log, with its exit status.
    """
    tail, entries = LogTail(log), []
    with ProgressDisplay(title, stderr=stderr) as display:

        def look() -> None:
            for entry in tail.new():
                _tell(entry, display)
                entries.append(entry)
            display.show(done())

        status = run_process(command, environment, log, look)
        for entry in tail.new(ended=True):
            _tell(entry, display)
            entries.append(entry)
    if status:
        raise _failure(title, status, entries, tail, log)
    return _counted(entry.text for entry in entries if entry.is_swallowed)


def _tell(entry: Entry, display: ProgressDisplay) -> None:
    if entry.news is not None:
        display.say(entry.news)


def _failure(
    title: str, status: int, entries: Sequence[Entry], tail: LogTail, log: Path
) -> LaunchError:
    if status in _INTERRUPTS:
        return LaunchError(f"{title}: interrupted; freqtrade's output is in {log}", status=status)
    problems = _counted(line for entry in entries for line in entry.problems)
    return LaunchError(
        *(problems or tail.last_lines(_LAST_LINES)),
        f"{title}: freqtrade failed with status {status}; its whole output is in {log}",
        status=status if 0 < status < 128 else REFUSED,
    )


def _counted(lines: Iterable[str]) -> list[str]:
    return [
        line if times == 1 else f"{line} ({times} times)" for line, times in Counter(lines).items()
    ]
