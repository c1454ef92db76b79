"""Time that passes only where somebody waits."""

import asyncio
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import time_machine


class VirtualTime:
    """The clock of a process: all of Python's wall clocks stand where it stands.

    Parameters
    ----------
    traveller
        What moves them.
    elapsed
        Seconds since the start.
    """

    def __init__(self, start: datetime, traveller: Any, elapsed: float = 0.0) -> None:
        self._traveller = traveller
        self.begin(start, elapsed)

    def begin(self, start: datetime, elapsed: float) -> None:
        """Begin again."""
        self.start = start
        self._start_s = start.timestamp()
        self.move_to(elapsed)

    def move_to(self, elapsed: float) -> None:
        """Let it be so many seconds after the start."""
        self.elapsed = elapsed
        self._traveller.move_to(self._start_s + elapsed)


@contextmanager
def travelling(start: datetime) -> Iterator[VirtualTime]:
    """Let a virtual time begin, in this process and in those that it forks."""
    with time_machine.travel(start, tick=False) as traveller:
        yield VirtualTime(start, traveller)


class _Impatient(selectors.SelectSelector):
    """Waits for no file: where nothing is ready, the time passes at once."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__()
        self._sleep = sleep

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        self._sleep(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on a virtual clock.

    Parameters
    ----------
    sleep
        Lets seconds pass; default: the clock is moved by them.
    """

    def __init__(self, time: VirtualTime, sleep: Callable[[float], None] | None = None) -> None:
        self._virtual = time
        super().__init__(_Impatient(sleep or self._pass))

    def _pass(self, seconds: float) -> None:
        self._virtual.move_to(self._virtual.elapsed + seconds)

    def time(self) -> float:
        """Return the seconds since the start."""
        return self._virtual.elapsed
