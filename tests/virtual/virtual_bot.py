"""A bot that goes on only while the test waits, and dies where the test says."""

import asyncio
import json
import random
import urllib.error
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

from tests.support.bot_records import BotRecords
from tests.support.live_bots import ENDING, LiveBot
from tests.support.rest_requests import api_request
from tests.virtual.bot_process import Birth, BotProcess
from tests.virtual.director import TIMED_OUT
from tests.virtual.memory_http import Answer, MemoryServer
from tests.virtual.virtual_time import VirtualLoop, VirtualTime

# Nobody reads what freqtrade prints; drawing it would take a tenth of a life.
_LOG_TO_FILE_ONLY = {
    "version": 1,
    "formatters": {"standard": {"format": "%(asctime)s - %(name)s - %(levelname)s - %(message)s"}},
    "handlers": {},
    "root": {"handlers": [], "level": "INFO"},
}
_API_PATIENCE = 10.0  # seconds until a bot rests, so that its API can be asked
_LATENCY = 0.002, 0.03  # seconds that half of a request takes


@dataclass(frozen=True)
class Place:
    """Where virtual bots live: their time and their exchange."""

    clock: VirtualTime
    loop: VirtualLoop
    server: MemoryServer
    seed: int

    def sleep(self, seconds: float) -> None:
        """Let the bots go on for so long."""
        self.loop.run_until_complete(asyncio.sleep(seconds))


@dataclass
class VirtualBot(LiveBot):
    """A bot whose time, requests and commits are the test's to give.

    Notes
    -----
    It is killed where it waits for the test: nothing has an effect any more, what its database
    has not committed is rolled back, and all its objects are thrown away.
    """

    place: Place = field(kw_only=True)
    _home: BotProcess | None = field(default=None, init=False)  # while it is alive
    _status: int | None = field(default=None, init=False)
    _serving: "asyncio.Task[None] | None" = field(default=None, init=False)
    _asked: int = field(default=0, init=False)  # number of the message it waits with
    _kind: str = field(default="", init=False)  # of that
    _points_left: int | None = field(default=None, init=False)
    _starts: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.config["log_config"] = _LOG_TO_FILE_ONLY
        super().__post_init__()
        self._dice = random.Random(f"{self.place.seed} {self.folder.name}")
        self._is_free = asyncio.Event()
        self._is_free.set()
        self._count = _LoopCount(self.folder / "log.txt")

    @property
    def records(self) -> BotRecords:
        """What it has written."""
        return _CountedRecords(self.folder, self._endings, count=self._count)

    @property
    def alive(self) -> bool:
        """Whether it lives."""
        return self._home is not None

    @property
    def status(self) -> int | None:
        """Exit status of one that has ended, negative for a signal."""
        return self._status

    def start(self) -> None:
        """Start it."""
        assert not self.alive
        self._loops_before = self.records.loops
        self._starts += 1
        self._points_left, self._status = None, None
        clock, name = self.place.clock, self.folder.name
        seed = f"{self.place.seed} {name} {self._starts}"
        words = self.words
        self._home = BotProcess.of(Birth(words, self.folder, clock.start, clock.elapsed, seed))
        self._wait_with(self._heard())

    def _wait_with(self, message: Any) -> None:
        """Answer its messages from this one on, as far as time passes."""
        self._note(message)
        self._serving = self.place.loop.create_task(self._serve(message))

    def _note(self, message: Any) -> None:
        """Know with which message it waits; None: with none, as it has ended."""
        self._asked, _, self._kind = (0, 0.0, "") if message is None else message[:3]

    async def _serve(self, message: Any) -> None:
        while message is not None:
            number, owed, kind, *rest = message
            await asyncio.sleep(owed)
            answer = await self._answer(kind, *rest)
            while not self._is_free.is_set():  # it may be asked again before this one wakes up
                await self._is_free.wait()
            self._tell(number, None, answer)
            message = self._heard()
            self._note(message)

    async def _answer(self, kind: str, *rest: Any) -> Any:
        return await getattr(self, f"_{kind}_")(*rest)

    def _heard(self) -> Any:
        """Return its next message; None when it has ended."""
        assert self._home is not None
        try:
            message = self._home.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._status, self._home = self._home.status, None
            return None
        if message[2] == "ended":
            self._home.free()
            self._status, self._home = message[3], None
            return None
        return message

    def _tell(self, number: int, order: tuple[Any, ...] | None, answer: Any) -> None:
        assert self._home is not None
        may_die = self._points_left is not None
        self._home.pipe.send((number, self.place.clock.elapsed, order, may_die, answer))

    async def _sleep_(self, seconds: float) -> None:
        await self._pass_point()
        await asyncio.sleep(seconds)

    _rest_ = _sleep_

    async def _commit_(self, seconds: float) -> None:
        await self._pass_point()
        await asyncio.sleep(seconds)

    async def _request_(
        self, method: str, target: str, headers: dict[str, str], body: bytes, timeout: float
    ) -> Answer | str | None:
        there, back = (self._dice.uniform(*_LATENCY) for _ in range(2))
        await self._pass_point()  # before it is taken
        await asyncio.sleep(there)
        try:
            async with asyncio.timeout(timeout - there):
                answer = await self.place.server.ask(method, target, headers, body)
        except TimeoutError:
            return TIMED_OUT
        await self._pass_point()  # taken and not answered
        await asyncio.sleep(back)
        return answer

    async def _pass_point(self) -> None:
        if self._points_left == 0:
            await asyncio.Event().wait()  # it stands here until it is killed
        if self._points_left:
            self._points_left -= 1

    def go_to_point(self, points: int, seconds: float) -> None:
        """Let it go on to a point where it may die, but not for ever.

        Parameters
        ----------
        points
            How many it passes first.
        """
        self._points_left = points
        end = self._now() + seconds
        while self.alive and self._points_left and self._now() < end:
            self._sleep(0.01)

    def kill(self) -> None:
        """Kill it where it stands."""
        if self.alive:
            self._leave()
            self._tell(self._asked, ("kill",), None)
            while self._heard() is not None:
                pass

    def stop(self, presses: int = 1) -> int:
        """Interrupt it, as Ctrl-C does, and return its exit status."""
        begun, self.presses = len(self.records.log), 0
        for press in range(presses):
            if self.alive:
                self.order("interrupt")
                self.presses = press + 1
                end = self._now() + ENDING
                while self.alive and self._now() < end:
                    self._sleep(0.01)
        assert not self.alive, f"it goes on after SIGINT:\n{self.records.log[-10_000:]}"
        self._endings += ((begun, len(self.records.log)),)
        assert self._status is not None
        return self._status

    def order(self, order: str) -> None:
        """Interrupt it, or let it read its configuration again, where it waits for the test."""
        self._tell(self._asked, (order,), None)
        message = self._heard()
        if message is not None and message[2] == "obeyed":
            return
        self._leave()  # it has given up what it waited for
        self._wait_with(message)

    def ask(self, method: str, name: str, body: Any = None, **sent: Any) -> Any:
        """Use its REST API while it rests between two loops."""
        end = self._now() + _API_PATIENCE
        while self.alive and self._kind != "rest":
            if self._now() > end:
                raise TimeoutError("it is too busy for its API")
            self._sleep(0.01)
        if not self.alive:
            raise ConnectionRefusedError("the bot is dead")
        request = api_request(self.config, method, name, body, sent)
        where, headers = request.full_url, dict(request.header_items())
        order = ("ask", method, where, headers, request.data)
        answer = self._obeyed(order)
        if answer is None:
            raise ConnectionRefusedError("the API is not there yet")
        status, content = answer
        if status >= 400:
            raise urllib.error.HTTPError(where, status, content.decode(), Message(), None)
        return json.loads(content)

    def _obeyed(self, order: tuple[Any, ...]) -> Any:
        """Return what comes of an order that may need requests of its own; None from a bot that
        dies of it."""
        self._is_free.clear()  # what it waits for itself is answered later
        self._tell(self._asked, order, None)
        while (message := self._heard()) is not None and message[2] != "obeyed":
            number, _, kind, *rest = message
            answer = self.place.loop.run_until_complete(self._answer(kind, *rest))
            self._tell(number, None, answer)
        self._is_free.set()
        if message is None:
            self._leave()
            return None
        return message[3]

    def reload(self, **changes: Any) -> None:
        """Rewrite the configuration, let the bot read it again and wait for two loops."""
        self.configure(**changes)
        self.order("reload")
        self.wait_loops(2)

    def _leave(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            self.place.sleep(0)

    def _now(self) -> float:
        return self.place.clock.elapsed

    def _sleep(self, seconds: float) -> None:
        self.place.sleep(seconds)


class _LoopCount:
    """Counts loops in the part of a log that is new."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0
        self._loops = 0

    def upto_now(self) -> int:
        if self._file.exists() and self._file.stat().st_size > self._read:
            with self._file.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._read += len(whole)
            self._loops += BotRecords.loops_in(whole.decode(errors="replace"))
        return self._loops


@dataclass(frozen=True)
class _CountedRecords(BotRecords):
    count: _LoopCount = field(kw_only=True)

    @property
    def loops(self) -> int:
        """How many loops it has completed."""
        return self.count.upto_now()
