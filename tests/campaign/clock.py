"""The time of a life: how it passes, and what it is for a bot that was away."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from tests.support.bot_clock import let_time_pass
from tests.support.live_bots import Ground, LiveBot, trading_ground


class Clock(Protocol):
    """Whatever lets time pass. All times are seconds."""

    def now(self) -> float:
        """Return the seconds since some moment of the past."""

    def sleep(self, seconds: float) -> None:
        """Let the bots go on for so long."""

    def sleep_until_killed(self, bot: LiveBot, seconds: float) -> None:
        """Let the bots go on until a moment, about so long from now, at which one is to die."""

    def skip(self, bot: LiveBot, seconds: float) -> None:
        """Let so much time pass for a bot that is not running."""


class RealClock:
    """The time on the wall; hours are skipped by moving what a bot remembers into the past."""

    def now(self) -> float:
        """Return the seconds since some moment of the past."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def sleep_until_killed(self, bot: LiveBot, seconds: float) -> None:  # noqa: ARG002  a virtual clock needs it
        """Wait."""
        time.sleep(seconds)

    def skip(self, bot: LiveBot, seconds: float) -> None:
        """Move all that a bot remembers into the past."""
        let_time_pass(bot, seconds)


World = Callable[..., AbstractContextManager[tuple[Ground, Clock]]]
"""Builds an exchange and its time; the parameters are those of `trading_ground`."""


@contextmanager
def real_time(*arguments: Any, **more: Any) -> Iterator[tuple[Ground, Clock]]:
    """Run an exchange over HTTP, for bots in processes of their own."""
    with trading_ground(*arguments, **more) as ground:
        yield ground, RealClock()
