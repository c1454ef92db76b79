"""Ctrl-C waits until what is being written is whole."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let the first signal that ends a bot wait for the end of the block; a second one does not.

    Notes
    -----
    freqtrade ends by an exception, wherever its main thread is: also between a journal's line
    and the state it belongs to, or within a commit, after which it cannot write what it owes.
    Nothing in the block should wait for the exchange. Signal 9 cannot be held, and one that is
    ignored stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals do not come here
        return
    held: list[int] = []

    def hold(number: int, _: FrameType | None) -> None:
        if held:
            raise KeyboardInterrupt
        held.append(number)

    before = {n: handler for n in _ENDING if callable(handler := signal.getsignal(n))}
    try:
        for number in before:
            signal.signal(number, hold)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if held:
            signal.raise_signal(held[0])
