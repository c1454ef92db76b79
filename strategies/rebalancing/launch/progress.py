"""Progress of freqtrade for a person: that it is alive, how far it is, how long it takes."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rebalancing.numbers import percent

Done = tuple[int, int]
"""Steps done and all steps."""

_FIRST_LINE, _LONGEST_PAUSE = 5.0, 300.0  # seconds, where lines are printed
_LOOK_EVERY = 1.0  # second


class ProgressDisplay:
    """A bar on a terminal; elsewhere a line now and then, less and less often.

    Parameters
    ----------
    title
        What is under way.
    clock
        Seconds that only go forward.
    unit
        What the steps are, whose number a second is shown; empty where nobody counts them.
    stderr
        Print lines to standard error, as standard output holds what scripts read.
    """

    def __init__(
        self,
        title: str,
        clock: Callable[[], float] = time.monotonic,
        *,
        unit: str = "",
        stderr: bool = False,
    ) -> None:
        self._title, self._clock, self._unit = title, clock, unit
        self._out = Console(markup=False, highlight=False, soft_wrap=True, stderr=stderr)
        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[left]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(title, total=None, left="")
        self._begun = self._clock()
        self._next = self._begun + _FIRST_LINE
        self._first = self._begun
        self._seen: list[tuple[float, float]] = []
        self._state = ""

    def __enter__(self) -> "ProgressDisplay":
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def say(self, line: str) -> None:
        """Print a line that stays."""
        if self._bar.disable:
            self._out.print(line)
        else:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def show(self, done: Done | None) -> None:
        """Show how far it is; None where nobody knows."""
        now = self._clock()
        state = ""
        if done is not None:
            share = done[0] / done[1]
            if not self._seen:
                self._first = now  # freqtrade's start, before it, takes what it takes
            if share > (self._seen[-1][0] if self._seen else 0.0):
                self._seen.append((share, now - self._first))
            state = percent(share, digits=0) + self._outlook(share, done[1], now)
            self._bar.update(self._task, completed=done[0], total=done[1])
        self._bar.update(self._task, left=state)
        self._state = state
        self.tick()

    def _outlook(self, share: float, total: int, now: float) -> str:
        """Say how fast it is, where that is even, and how long the rest takes."""
        left, rate = seconds_left(self._seen), ""
        if self._unit:
            before, _ = self._seen[0] if self._seen else (share, 0.0)
            if share == before or now <= self._first:
                return ""
            a_second = (share - before) / (now - self._first)
            rate = f", {a_second * total:,.0f} {self._unit} a second"
            left = (1 - share) / a_second if share < 1 else None
        return rate if left is None else f"{rate}, {in_words(left)} left"

    def tick(self) -> None:
        """Print a line if it is time for one; a bar on a terminal goes on by itself."""
        now = self._clock()
        if self._bar.disable and now >= self._next:
            elapsed = now - self._begun
            self._next = now + min(elapsed, _LONGEST_PAUSE)
            state = self._state or "under way"
            self._out.print(f"{self._title}: {state} after {in_words(elapsed)}")


@contextmanager
def kept_alive(display: ProgressDisplay) -> Iterator[None]:
    """Show that it goes on while the block is busy with a single step."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_EVERY):
            display.tick()

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()


def seconds_left(seen: Sequence[tuple[float, float]]) -> float | None:
    """Estimate how long the rest takes, in seconds.

    Parameters
    ----------
    seen
        Shares done (above 0, growing) and the seconds they took.

    Returns
    -------
    float or None
        None while too little is done to tell.

    Notes
    -----
    freqtrade's cost of a candle grows with the orders made so far, so the time grows as
    ``a x + b x**2`` with the share x done: `a` and `b` from the newest share and the one nearest to
    half of it.

    >>> round(seconds_left([(0.25, 25 + 100 * 0.25**2), (0.5, 50 + 100 * 0.5**2)]))
    125
    """
    if len(seen) < 2 or seen[-1][0] < 0.02:
        return None
    share, seconds = seen[-1]
    half, then = min(seen[:-1], key=lambda point: abs(point[0] - share / 2))
    squared = max(0.0, (seconds / share - then / half) / (share - half))
    linear = seconds / share - squared * share
    return linear * (1 - share) + squared * (1 - share**2)


def in_words(seconds: float) -> str:
    """Write a length of time as people say it.

    >>> in_words(44), in_words(125), in_words(5400)
    ('44 s', '2 min', '1.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
