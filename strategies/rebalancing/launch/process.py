"""Run freqtrade as a process that ends when we do."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_GRACE_SECONDS = 5.0
_LOOK_EVERY = 0.2  # seconds
_AS_ON_TERMINAL = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
_UNWRAPPED = "4000"  # columns: a line of freqtrade's log is a line of the file


def run_process(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path | None = None,
    look: Callable[[], None] = lambda: None,
) -> int:
    """Run a command on its leash (module `leash`) to its end and return its exit status.

    Parameters
    ----------
    command
        It has the leash for standard input.
    log
        The new file that gets all it prints; None lets it print here.
    look
        Called a few times a second meanwhile.

    Returns
    -------
    int
        The status; 128 and the signal's number where a signal ended it.

    Notes
    -----
    Ctrl-C in a terminal reaches the command too: it is given time to end by itself, so that its
    own message and status count.
    """
    with termination_as_exit(), _started(command, environment, log) as process:
        status = _wait(process, look)
    return 128 - status if status < 0 else status


@contextmanager
def _started(
    command: Sequence[str], environment: Mapping[str, str], log: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    variables = dict(environment)
    output = None
    if log is not None:
        variables = {name: text for name, text in variables.items() if name not in _AS_ON_TERMINAL}
        variables["COLUMNS"] = _UNWRAPPED
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    process = subprocess.Popen(
        command, env=variables, stdin=subprocess.PIPE, stdout=output, stderr=output
    )
    if output is not None:
        os.close(output)
    assert process.stdin is not None
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        process.stdin.close()


def _wait(process: subprocess.Popen[bytes], look: Callable[[], None]) -> int:
    try:
        while True:
            try:
                return process.wait(_LOOK_EVERY)
            except subprocess.TimeoutExpired:
                look()
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
