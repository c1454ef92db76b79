"""A warm process in which virtual bots live, one after the other."""

import gc
import logging
import multiprocessing
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.forked_bots import end_with_parent, settle_in
from tests.virtual.director import Director
from tests.virtual.virtual_time import travelling

_FORKS = multiprocessing.get_context("fork")
_MOST_LIVES = 300
_PACKAGE = "rebalancing"
_KILLED = -signal.SIGKILL


class Birth(NamedTuple):
    """What a bot is given: its command line, its folder, its time and its random numbers."""

    arguments: Sequence[str]
    folder: Path
    start: datetime
    elapsed: float
    seed: str


class BotProcess:
    """A process for one bot at a time.

    Attributes
    ----------
    pipe
        To the bot in it.
    """

    _idle: "list[BotProcess]" = []  # noqa: RUF012  all share it

    def __init__(self) -> None:
        self.pipe, theirs = _FORKS.Pipe()
        self._process = _FORKS.Process(target=_live_on, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._lives = 0

    @classmethod
    def of(cls, birth: Birth) -> "BotProcess":
        """Let a bot begin in a process that is free, or in a new one."""
        process = cls._idle.pop() if cls._idle else cls()
        process._lives += 1
        process.pipe.send(birth)
        return process

    def free(self) -> None:
        """Keep it for the next bot, as the one in it has ended."""
        if self._lives < _MOST_LIVES:
            self._idle.append(self)
        else:
            self.pipe.close()
            self._process.join()

    @property
    def status(self) -> int:
        """The status with which the process itself has ended, which no bot should bring about."""
        self._process.join()
        return int(self._process.exitcode or 0)


def _live_on(pipe: Connection) -> None:
    """Let one bot live after the other, until nobody wants one any more."""
    from tests.virtual.virtual_freqtrade import make_virtual

    end_with_parent()
    with travelling(datetime(2026, 1, 1, tzinfo=UTC)) as clock:
        director = Director(pipe, clock)
        make_virtual(director, clock)
        known = {name: type(value)(value) for name, value in _memory()}
        with suppress(EOFError):
            while True:
                birth: Birth = pipe.recv()
                clock.begin(birth.start, birth.elapsed)
                director.begin(birth.seed)
                status = _live(birth)
                _forget(known)
                gc.freeze()  # the next bots need not look through what this one has warmed up
                pipe.send((0, 0.0, "ended", _KILLED if director.is_dead else status))


def _live(birth: Birth) -> int:
    from freqtrade.main import main

    from tests.virtual.virtual_freqtrade import draw_from

    settle_in(birth.folder)
    draw_from(birth.seed)
    try:
        main(list(birth.arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # as Python does where nobody else wants it
        traceback.print_exc()
    return 1


def _memory() -> list[tuple[str, Any]]:
    """Return what modules of the package remember beside their objects: names in capitals do not
    change."""
    return [
        (f"{name}.{key}", value)
        for name, module in sorted(sys.modules.items())
        if name.split(".")[0] == _PACKAGE and module is not None
        for key, value in vars(module).items()
        if isinstance(value, (dict, list, set)) and key != key.upper() and key[:2] != "__"
    ]


def _forget(known: dict[str, Any]) -> None:
    """Lose all that a process loses as it ends."""
    from freqtrade.loggers import bufferHandler
    from freqtrade.persistence.base import ModelBase
    from freqtrade.rpc.api_server.webserver import ApiServer

    from tests.virtual.virtual_freqtrade import loops

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.disable()
    for handler in [*logging.getLogger().handlers]:
        logging.getLogger().removeHandler(handler)
        handler.close()
    bufferHandler.buffer.clear()
    sessions = {}
    for mapper in ModelBase.registry.mappers:
        if "session" in vars(mapper.class_):
            sessions[id(mapper.class_.session)] = mapper.class_.session
            del mapper.class_.session
    for session in sessions.values():
        engine = session.get_bind()
        with suppress(Exception):
            session.remove()  # rolled back
        engine.dispose()
    ApiServer.shutdown()
    for name, value in _memory():
        value.clear()
        before = known.get(name, ())
        value.extend(before) if isinstance(value, list) else value.update(before)
    gc.collect()
    while loops:
        loops.pop().close()
    logging.disable(logging.NOTSET)
