"""Run freqtrade as a process that ends when we do."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

_GRACE_SECONDS = 5.0


def run_process(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end and return its exit status.

    Returns
    -------
    int
        The status; 128 and the signal's number where a signal ended it.

    Notes
    -----
    Ctrl-C in a terminal reaches the command too: it is given time to end by itself, so that its
    own message and status count.
    """
    with termination_as_exit():
        process = subprocess.Popen(command, env=dict(environment))
        try:
            status = _wait(process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    return 128 - status if status < 0 else status


def _wait(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait()
    except KeyboardInterrupt:
        try:
            return process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            return process.wait()


@contextmanager
def termination_as_exit() -> Iterator[None]:
    """Let SIGTERM end the block as an exit does, so that what it holds is given back."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
