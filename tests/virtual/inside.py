"""The bot's side: freqtrade whose time, requests and commits are the test's to give."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
import requests
from multidict import CIMultiDict
from sqlalchemy.engine.default import DefaultDialect
from urllib3 import HTTPResponse
from yarl import URL

from tests.forked_bots import run_freqtrade
from tests.virtual.memory_http import Answer
from tests.virtual.virtual_time import VirtualLoop, VirtualTime

TIMED_OUT = "timed out"
"""The answer to a request whose client has waited long enough."""

COMMIT, COMMITTED = "before a commit", "after a commit"


class Director:
    """The test, as the bot knows it: whatever takes time is asked of it.

    Notes
    -----
    Each message has a number, and the answer has it, too: what an interrupt has broken off is
    not answered any more.
    """

    def __init__(self, pipe: Connection, clock: VirtualTime) -> None:
        self._pipe = pipe
        self._clock = clock
        self._number = 0
        self.reload: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._ask("sleep", max(0.0, seconds))

    def reach(self, point: str) -> None:
        """Be somewhere where a bot may die."""
        self._ask("reach", point)

    def request(self, *request: Any) -> Answer | str | None:
        """Return the exchange's answer; None where the connection is cut."""
        answer: Answer | str | None = self._ask("request", *request)
        return answer

    def _ask(self, *message: Any) -> Any:
        self._number += 1
        mine = self._number
        self._pipe.send((mine, *message))
        while True:
            number, elapsed, order, answer = self._pipe.recv()
            self._clock.move_to(elapsed)
            if order == "interrupt":
                signal.raise_signal(signal.SIGINT)  # which may raise here
            elif order == "reload":
                self.reload()
            elif number == mine:
                return answer
            else:
                continue
            self._pipe.send((mine, "go on"))


def live(
    arguments: Sequence[str], folder: Path, pipe: Connection, clock: VirtualTime, seed: str
) -> None:
    """Be a bot."""
    director = Director(pipe, clock)
    _draw_from(seed)
    _replace_time(director, clock)
    _replace_requests(director)
    _replace_commits(director)
    _offer_reload(director)
    run_freqtrade(arguments, folder)


def _draw_from(seed: str) -> None:
    """Let all that is random come from a seed: identifiers, the numbers of client orders."""
    random.seed(seed)
    source = random.Random(seed).randbytes
    os.urandom = source
    random._urandom = source  # type: ignore[attr-defined]


def _replace_time(director: Director, clock: VirtualTime) -> None:
    from freqtrade import freqtradebot

    time.sleep = director.sleep
    time.monotonic = lambda: clock.elapsed
    freqtradebot.sleep = director.sleep

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self) -> asyncio.AbstractEventLoop:
            return VirtualLoop(clock, director.sleep)

    asyncio.set_event_loop_policy(Policy())


def _replace_commits(director: Director) -> None:
    commit = DefaultDialect.do_commit

    def slow(self: Any, connection: Any) -> None:
        director.reach(COMMIT)
        commit(self, connection)
        director.reach(COMMITTED)

    DefaultDialect.do_commit = slow  # type: ignore[method-assign]


def _offer_reload(director: Director) -> None:
    from freqtrade.enums import State
    from freqtrade.worker import Worker

    class Reloadable(Worker):
        def run(self) -> None:
            director.reload = self._reload
            super().run()

        def _reload(self) -> None:
            self.freqtrade.state = State.RELOAD_CONFIG  # as /reload_config does

    from freqtrade import worker

    worker.Worker = Reloadable


def _replace_requests(director: Director) -> None:
    def send(
        self: requests.adapters.HTTPAdapter,
        request: requests.PreparedRequest,
        *_: Any,
        timeout: float,
        **__: Any,
    ) -> requests.Response:
        body = request.body or b""
        sent = body.encode() if isinstance(body, str) else body
        headers = dict(request.headers)
        answer = director.request(request.method, request.path_url, headers, sent, timeout)
        if answer == TIMED_OUT:
            raise requests.ReadTimeout("Read timed out.", request=request)
        if not isinstance(answer, Answer):
            raise requests.ConnectionError("Connection aborted.", request=request)
        raw = HTTPResponse(
            BytesIO(answer.body),
            answer.headers,
            answer.status,
            reason=answer.reason,
            preload_content=False,
        )
        return self.build_response(request, raw)

    async def fetch(
        _session: aiohttp.ClientSession,
        method: str,
        url: URL,
        *,
        data: bytes | None,
        headers: Mapping[str, str],
        timeout: aiohttp.ClientTimeout,
        **_: Any,
    ) -> "_Response":
        sent = data or b""
        answer = director.request(method, url.raw_path_qs, dict(headers), sent, timeout.total)
        if answer == TIMED_OUT:
            raise TimeoutError
        if not isinstance(answer, Answer):
            raise aiohttp.ServerDisconnectedError
        return _Response(answer)

    requests.adapters.HTTPAdapter.send = send  # type: ignore[method-assign]
    aiohttp.ClientSession._request = fetch  # type: ignore[method-assign, assignment]


class _Response:
    """As much of aiohttp's as ccxt reads."""

    def __init__(self, answer: Answer) -> None:
        self.status, self.reason = answer.status, answer.reason
        self.headers = CIMultiDict(answer.headers)
        self.content = answer.body

    async def text(self, errors: str) -> str:
        return self.content.decode(errors=errors)

    async def __aenter__(self) -> "_Response":
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to close."""
