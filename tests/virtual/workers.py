"""Processes that direct many virtual lives one after the other."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor

from tests.support.forked_bots import FORKS

_SEEDS = 200  # of a process, which is then replaced: nothing that leaks can grow


def virtual_workers(count: int) -> ProcessPoolExecutor:
    """Return a pool of processes that have imported freqtrade.

    Notes
    -----
    Texts hash alike in all of them, unless this process has forked bots before: the order of a
    set is then that of a seed, not of the day.
    """
    os.environ.setdefault("PYTHONHASHSEED", "0")
    return ProcessPoolExecutor(
        count, mp_context=FORKS, initializer=_ignore_interrupts, max_tasks_per_child=_SEEDS
    )


def _ignore_interrupts() -> None:
    """Leave it to the campaign to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
