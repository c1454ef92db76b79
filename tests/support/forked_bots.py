"""Processes of ``freqtrade`` and ``rebalance`` that begin with freqtrade already imported."""

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "ccxt.async_support",
        "freqtrade.main",
        "freqtrade.worker",
        "freqtrade.exchange.binance",
        "freqtrade.plugins.pairlist.StaticPairList",
        "freqtrade.rpc.api_server.webserver",
        "freqtrade.rpc.rpc_manager",
        "pydantic",
        "pyarrow.feather",
        "rebalancing.freqtrade_side.charts.annotations",
        "rebalancing.freqtrade_side.live.start",
        "rebalancing.freqtrade_side.modes",
        "rebalancing.freqtrade_side.setup.parameter_file",
        "talib.abstract",
        "uvicorn",
    ]
)
LOOP_SECONDS = 0.3  # of a bot whose configuration does not say; freqtrade's own are 5
RETRY_SECONDS = 1.0  # of rest after a loop that failed for want of the exchange; else 30


def freqtrade_process(arguments: Sequence[str], folder: Path) -> BaseProcess:
    """Start freqtrade in a folder; what it prints is appended to ``printed.txt`` there.

    Notes
    -----
    Importing freqtrade takes five seconds, a fork of a process that has done so none. All that
    follows (the command line, the configuration, ccxt, HTTP) is what ``freqtrade`` itself does.
    """
    process = FORKS.Process(target=run_freqtrade, args=(list(arguments), folder), daemon=True)
    process.start()
    return process


def command_process(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], printed: tuple[str, str]
) -> BaseProcess:
    """Start ``rebalance`` or ``freqtrade`` in a folder and an environment, away from any terminal;
    what it prints goes to two files, the second for its errors."""
    process = FORKS.Process(target=_command, args=([*words], folder, dict(environment), printed))
    process.start()
    return process


def call_apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a process of its own, for what keeps its state in globals.

    Raises
    ------
    RuntimeError
        If the function does.
    """
    reader, writer = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_answer, args=(writer, function, arguments), daemon=True)
    process.start()
    writer.close()
    with reader:
        try:
            error, value = reader.recv()
        except EOFError:
            error, value = "it ended without an answer", None
    process.kill()  # it has nothing more to do
    process.join()
    if error:
        raise RuntimeError(f"{function.__name__}: {error}")
    return value


def _answer(writer: Any, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
    try:
        writer.send((None, function(*arguments)))
    except Exception as error:
        writer.send((repr(error), None))


def run_freqtrade(arguments: Sequence[str], folder: Path) -> None:
    """Be freqtrade, in a process that was forked for it, and end with its status."""
    end_with_parent()
    settle_in(folder)
    from freqtrade.main import main

    main(list(arguments))


def _begin(folder: Path) -> None:
    faulthandler.register(signal.SIGUSR1)  # one that hangs can be asked where
    # A shell lets what it runs in the background ignore interrupts; a bot must not inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)


def _command(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], printed: tuple[str, str]
) -> None:
    end_with_parent()
    _begin(folder)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  that of the server is closed
    for stream, file in zip((sys.stdout, sys.stderr), printed, strict=True):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream.fileno())
    if words[0] == "freqtrade":
        from freqtrade.main import main as freqtrade

        freqtrade([*words[1:]])
    from rebalancing.cli import main

    main([*words[1:]], prog_name=words[0])


def settle_in(folder: Path) -> None:
    """Make a process one that a person has started in a folder."""
    _begin(folder)
    printed = os.open("printed.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(printed, stream.fileno())
    os.close(printed)
    # Where PYTEST_VERSION says that a test is running freqtrade opens no log file.
    for name in [*os.environ]:
        if name == "PYTEST_VERSION" or name.startswith("FREQTRADE__"):
            del os.environ[name]
    from freqtrade import worker

    worker.PROCESS_THROTTLE_SECS = LOOP_SECONDS  # the configuration takes whole seconds only
    worker.RETRY_TIMEOUT = RETRY_SECONDS


def end_with_parent() -> None:
    """Let this process end when the one that forked it does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
