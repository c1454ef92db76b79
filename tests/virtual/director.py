"""The test as a virtual bot knows it: whatever takes time is asked of it."""

import random
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from tests.virtual.memory_http import Answer
from tests.virtual.virtual_time import VirtualTime

TIMED_OUT = "timed out"
"""The answer to a request whose client has waited long enough."""
_COMMIT = 0.0005, 0.003  # seconds that half of a commit takes


class Killed(BaseException):
    """The end of a bot's life, where it stands."""


class Director:
    """The bot's end of the pipe.

    Attributes
    ----------
    is_dead
        The bot has been killed: whatever it asks while it is taken down has no effect.

    reload
        Lets freqtrade read its configuration again.
    api
        Asks freqtrade's REST API; None while it has none.

    Notes
    -----
    Each message has a number, and the answer has it, too: what an interrupt has broken off is
    not answered any more, and the API sends requests of its own while the bot rests.
    """

    def __init__(self, pipe: Connection, clock: VirtualTime) -> None:
        self._pipe = pipe
        self._clock = clock
        self._number = 0
        self.begin("")

    def begin(self, seed: str) -> None:
        """Begin a life."""
        self._dice = random.Random(seed)
        self._owed = 0.0
        self._may_die_at_commits = False
        self.is_dead = False
        self.reload: Callable[[], None] = lambda: None
        self.api: Callable[..., Any] | None = None

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._ask("sleep", max(0.0, seconds))

    def rest(self, seconds: float) -> None:
        """Let time pass between two loops, when no lock is held that the API waits for."""
        self._ask("rest", max(0.0, seconds))

    def commit(self) -> None:
        """Be before or after a commit for a moment.

        Notes
        -----
        While nobody wants to kill the bot there, the moment passes with the next message.
        """
        seconds = self._dice.uniform(*_COMMIT)
        if self.is_dead or self._may_die_at_commits:
            self._ask("commit", seconds)
        else:
            self._owed += seconds
            self._clock.move_to(self._clock.elapsed + seconds)

    def request(self, *request: Any) -> Answer | str | None:
        """Return the exchange's answer; None where the connection is cut."""
        answer: Answer | str | None = self._ask("request", *request)
        return answer

    def _ask(self, *message: Any) -> Any:
        if self.is_dead:
            raise Killed
        self._number += 1
        mine, owed, self._owed = self._number, self._owed, 0.0
        self._pipe.send((mine, owed, *message))
        while True:
            number, elapsed, order, may_die, answer = self._pipe.recv()
            if number != mine:
                continue
            self._clock.move_to(elapsed)
            self._may_die_at_commits = may_die
            if order is None:
                return answer
            self._pipe.send((mine, 0.0, "obeyed", self._obey(*order)))

    def _obey(self, order: str, *arguments: Any) -> Any:
        if order == "kill":
            self.is_dead = True
            raise Killed
        if order == "ask":
            return self.api and self.api(*arguments)
        if order == "reload":
            self.reload()
        else:
            signal.raise_signal(signal.SIGINT)  # which may raise here
        return None
