"""freqtrade in a process whose time, requests, commits and random numbers are given to it."""

import asyncio
import logging
import os
import random
import ssl
import time
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from logging.handlers import BaseRotatingHandler
from typing import Any

import aiohttp
import requests
from freqtrade import freqtradebot, worker
from freqtrade.enums import State
from multidict import CIMultiDict
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from urllib3 import HTTPResponse
from yarl import URL

from tests.virtual.director import TIMED_OUT, Director
from tests.virtual.memory_http import Answer
from tests.virtual.patient_sqlite import wait_on
from tests.virtual.rest_api import serve_from_memory
from tests.virtual.virtual_time import VirtualLoop, VirtualTime

loops: list[VirtualLoop] = []
"""Those that freqtrade has made."""


def make_virtual(director: Director, clock: VirtualTime) -> None:
    """Let a director give this process its time and its exchange, for good.

    Notes
    -----
    What belongs to libraries is replaced by assignment, which mypy is told to allow: freqtrade and
    ccxt offer no place to hand in a clock, a connection or a commit. Only the process of virtual
    bots does so, and it does nothing else.
    """
    _replace_time(director, clock)
    _replace_requests(director)
    _replace_commits(director)
    _replace_files(director)
    wait_on(clock, director)
    serve_from_memory(director)
    _replace_worker(director)
    ssl.create_default_context = cache(ssl.create_default_context)  # read from disk in each life


def draw_from(seed: str) -> None:
    """Let all that is random come from a seed: identifiers, the numbers of client orders."""
    random.seed(seed)
    source = random.Random(seed).randbytes
    os.urandom = source
    random._urandom = source  # type: ignore[attr-defined]  # of secrets


def _replace_time(director: Director, clock: VirtualTime) -> None:
    time.sleep = director.sleep
    time.monotonic = lambda: clock.elapsed
    freqtradebot.sleep = director.sleep

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self) -> asyncio.AbstractEventLoop:
            loops.append(VirtualLoop(clock, director.sleep))
            return loops[-1]

    asyncio.set_event_loop_policy(Policy())


def _replace_commits(director: Director) -> None:
    commit = DefaultDialect.do_commit

    def slow(self: Any, connection: Any) -> None:
        director.commit()
        commit(self, connection)
        director.commit()

    DefaultDialect.do_commit = slow  # type: ignore[method-assign]

    @event.listens_for(Engine, "connect")
    def be_quick(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")  # the machine does not lose its power


def _replace_files(director: Director) -> None:
    """Let the dead write no log and no journal: some code goes on after any exception."""
    emit = BaseRotatingHandler.emit

    def while_alive(self: BaseRotatingHandler, record: logging.LogRecord) -> None:
        if not director.is_dead:
            emit(self, record)

    BaseRotatingHandler.emit = while_alive  # type: ignore[method-assign]


def _replace_worker(director: Director) -> None:
    class Worker(worker.Worker):
        """freqtrade's, which reads its configuration again when it is told, can be killed, and says
        when it rests between two loops."""

        _sleep = staticmethod(director.rest)

        def run(self) -> None:
            director.reload = self._reload
            super().run()

        def _reload(self) -> None:
            self.freqtrade.state = State.RELOAD_CONFIG  # as /reload_config does

        def exit(self) -> None:
            if not director.is_dead:
                super().exit()

    worker.Worker = Worker


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
