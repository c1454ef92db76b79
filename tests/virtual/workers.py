"""Processes that live many virtual lives one after the other."""

import gc
import os
import signal
from concurrent.futures import ProcessPoolExecutor

from tests.forked_bots import FORKS

_LIVES = 200  # of a process, which is then replaced: nothing that leaks can grow


def virtual_workers(count: int) -> ProcessPoolExecutor:
    """Return a pool of processes that have imported freqtrade.

    Notes
    -----
    Texts hash alike in all of them, unless this process has forked bots before: the order of a
    set is then that of a seed, not of the day.
    """
    os.environ.setdefault("PYTHONHASHSEED", "0")
    return ProcessPoolExecutor(
        count, mp_context=FORKS, initializer=_warm_up, max_tasks_per_child=_LIVES
    )


def _warm_up() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the campaign ends it
    import ccxt
    import ccxt.async_support
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    ccxt.binance()
    ccxt.async_support.binance()
    gc.collect()
    gc.freeze()  # a fork that collects garbage need not look at all of that
