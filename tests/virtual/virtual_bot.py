"""A bot that goes on only while the test waits, and dies where the test says."""

import asyncio
import multiprocessing
import random
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from tests.bot_records import BotRecords
from tests.live_bots import ENDING, LiveBot
from tests.virtual.inside import TIMED_OUT, live
from tests.virtual.memory_http import Answer, MemoryServer
from tests.virtual.virtual_time import VirtualLoop, VirtualTime

_FORKS = multiprocessing.get_context("fork")
SENT, TAKEN, ASLEEP = "sent, not yet taken", "taken, not yet answered", "asleep"
_LATENCY = 0.002, 0.03  # seconds that half of a request takes
_COMMIT = 0.0005, 0.003  # seconds that half of a commit takes


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
    Each start is a fork of this process, which has imported freqtrade. Signal 9 meets it where it
    waits for the test: nothing that it has not saved survives, and the system frees its locks.
    """

    place: Place = field(kw_only=True)
    _pipe: Connection | None = field(default=None, init=False)
    _serving: "asyncio.Task[None] | None" = field(default=None, init=False)
    _asked: Any = field(default=None, init=False)  # number of the newest message
    _points_left: int | None = field(default=None, init=False)
    _starts: int = field(default=0, init=False)
    _loops: "_LoopCount | None" = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._dice = random.Random(f"{self.place.seed} {self.folder.name}")

    @property
    def records(self) -> BotRecords:
        """What it has written."""
        if self._loops is None:
            self._loops = _LoopCount(self.folder)
        return _CountedRecords(self.folder, self._endings, count=self._loops)

    def _launched(self) -> BaseProcess:
        self._starts += 1
        self._pipe, theirs = _FORKS.Pipe()
        seed = f"{self.place.seed} {self.folder.name} {self._starts}"
        arguments = (self._words, self.folder, theirs, self.place.clock, seed)
        process = _FORKS.Process(target=live, args=arguments, daemon=True)
        process.start()
        theirs.close()
        self._points_left = None
        self._serving = self.place.loop.create_task(self._serve(process))
        return process

    async def _serve(self, process: BaseProcess, *, first: Any = None) -> None:
        """Answer its messages until it ends."""
        message = first or self._receive()
        while message is not None:
            number, kind, *rest = message
            answer = await getattr(self, f"_{kind}_")(*rest)
            self._send(number, None, answer)
            message = self._receive()
        process.join()

    def _receive(self) -> Any:
        assert self._pipe is not None
        try:
            message = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        self._asked = message[0]
        return message

    def _send(self, *message: Any) -> None:
        assert self._pipe is not None
        number, order, answer = message
        self._pipe.send((number, self.place.clock.elapsed, order, answer))

    async def _sleep_(self, seconds: float) -> None:
        await self._reach_point(ASLEEP)
        await asyncio.sleep(seconds)

    async def _reach_(self, point: str) -> None:
        await self._reach_point(point)
        await asyncio.sleep(self._dice.uniform(*_COMMIT))

    async def _request_(
        self, method: str, target: str, headers: dict[str, str], body: bytes, timeout: float
    ) -> Answer | str | None:
        there, back = (self._dice.uniform(*_LATENCY) for _ in range(2))
        await self._reach_point(SENT)
        await asyncio.sleep(there)
        try:
            async with asyncio.timeout(timeout - there):
                answer = await self.place.server.ask(method, target, headers, body)
        except TimeoutError:
            return TIMED_OUT
        await self._reach_point(TAKEN)
        await asyncio.sleep(back)
        return answer

    async def _reach_point(self, _name: str) -> None:
        if self._points_left is None:
            return
        if self._points_left == 0:
            await asyncio.Event().wait()  # it stands here until it is killed
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
        """Kill it where it stands, with signal 9."""
        self._leave()
        super().kill()

    def stop(self, presses: int = 1) -> int:
        """Interrupt it, as Ctrl-C does, and return its exit status."""
        assert self.process is not None
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
        return int(self.process.exitcode or 0)

    def order(self, order: str) -> None:
        """Interrupt it, or let it read its configuration again, where it waits for the test."""
        assert self.process is not None
        self._send(self._asked, order, None)
        message = self._receive()
        if message is not None and message[1] == "go on":
            return
        self._leave()
        if message is None:
            self.process.join()
        else:  # it has given up what it waited for
            self._serving = self.place.loop.create_task(self._serve(self.process, first=message))

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

    def __init__(self, folder: Any) -> None:
        self._file = folder / "log.txt"
        self._read = 0
        self._count = 0

    def upto_now(self) -> int:
        if self._file.exists() and self._file.stat().st_size > self._read:
            with self._file.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._read += len(whole)
            self._count += BotRecords.loops_in(whole.decode(errors="replace"))
        return self._count


@dataclass(frozen=True)
class _CountedRecords(BotRecords):
    count: _LoopCount = field(kw_only=True)

    @property
    def loops(self) -> int:
        """How many loops it has completed."""
        return self.count.upto_now()
