"""A search on a Dask cluster: the same results, and one line for whatever fails."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rebalancing.cli import main
from rebalancing.launch import cluster
from rebalancing.launch.progress import Done, ProgressDisplay
from tests.support.builders import PROJECT
from tests.support.command_lines import clean_environment
from tests.support.explorer_folders import explorer_folder
from tests.support.patience import PATIENCE

pytest.importorskip("distributed")

SHORT = [{"targets": "equal", "threshold": number / 1000} for number in range(10, 50)]
LONG = [{"targets": "equal", "threshold": number / 50_000} for number in range(1, 201)]
"""So many rounds that no worker is through before the test has done what it does."""

SCHEDULER = """
import asyncio, sys
from distributed import Scheduler
async def serve():
    async with Scheduler(host="127.0.0.1", port=int(sys.argv[1]), dashboard=False) as one:
        print("ready", flush=True)
        await one.finished()
asyncio.run(serve())
"""
WORKER = """
import asyncio, sys
sys.modules["numba"] = None
from distributed import Worker
async def serve():
    async with Worker(sys.argv[1], host="127.0.0.1", nthreads=1, dashboard=False) as one:
        print("ready", flush=True)
        await one.finished()
asyncio.run(serve())
"""
"""Workers do not compile: that would take longer than all that is simulated here."""


class Machines:
    """A scheduler and its workers, each a process."""

    def __init__(self, room: Path) -> None:
        self._room = room
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        self.workers: list[subprocess.Popen[str]] = []
        self.scheduler = self._start(SCHEDULER, self.address.rpartition(":")[2])

    def add_workers(self, count: int) -> None:
        """Start workers, and wait until they are ready."""
        self.workers += [self._start(WORKER, self.address) for _ in range(count)]
        for one in self.workers[-count:]:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"

    def end(self) -> None:
        """Kill all of them."""
        for one in (*self.workers, self.scheduler):
            kill(one)

    def _start(self, code: str, word: str) -> subprocess.Popen[str]:
        paths = f"{PROJECT}:{PROJECT / 'strategies'}"
        return subprocess.Popen(
            [sys.executable, "-c", code, word],
            cwd=self._room,
            env=clean_environment() | {"PYTHONPATH": paths, "XDG_CACHE_HOME": str(self._room)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


def kill(process: subprocess.Popen[str]) -> None:
    """End a process as a power failure would."""
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler, at first without workers."""
    made = Machines(tmp_path_factory.mktemp("machines"))
    assert made.scheduler.stdout is not None
    assert made.scheduler.stdout.readline() == "ready\n"
    yield made
    made.end()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a configuration, candles and many policies; it is the current one."""
    monkeypatch.setattr(cluster, "LOST", 1.0)
    explorer_folder(tmp_path, monkeypatch, 120, {"short.json": SHORT, "long.json": LONG})


def explore(*words: str, policies: str = "short.json") -> Result:
    asked = ("--policies", policies, "--json", "--rounds", "--no-cache")
    return CliRunner().invoke(main, ["explore", *asked, *words])


def found(ended: Result) -> dict[str, Any]:
    assert ended.exit_code == 0, ended.stderr
    return {key: value for key, value in json.loads(ended.stdout).items() if key != "seconds"}


def line(ended: Result) -> str:
    """Return the error; progress is told beside it where the machine is slow."""
    assert "Traceback" not in ended.stderr
    (said,) = [one for one in ended.stderr.splitlines() if one.startswith("error: ")]
    return said


def when_some_are_done(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], some: int = 3
) -> None:
    """Do something once, in the middle of a search."""
    left = [act]

    def show(_: ProgressDisplay, done: Done | None) -> None:
        if left and done is not None and done[0] >= some:
            left.pop()()

    monkeypatch.setattr(ProgressDisplay, "show", show)


@pytest.mark.usefixtures("folder")
def test_an_address_at_which_nobody_answers(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in ("10.0.0.5:8786", "tcp://10.0.0.5", "http://a:1", "tcp://a b:1", ""):
        ended = explore("--cluster", address)
        assert ended.exit_code == 2
        assert "is no address of a scheduler" in line(ended)
    monkeypatch.setattr(cluster, "CONNECTING", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    ended = explore("--cluster", f"tcp://127.0.0.1:{free}")
    assert ended.exit_code == 2
    assert "no scheduler answers there" in line(ended)
    ended = explore("--cluster", machines.address)
    assert ended.exit_code == 2
    assert line(ended).endswith(f"has no workers; start one with: dask worker {machines.address}")
    monkeypatch.setitem(sys.modules, "distributed", None)
    ended = explore("--cluster", machines.address)
    assert ended.exit_code == 2
    assert line(ended).endswith("pip install 'dask[distributed]' joblib")


@pytest.mark.usefixtures("folder")
def test_workers_find_the_same_and_what_fails_is_one_line(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = found(explore())
    machines.add_workers(2)
    assert found(explore("--cluster", machines.address)) == alone

    with monkeypatch.context() as patch:
        patch.setattr(cluster, "sources", lambda: "other")
        ended = explore("--cluster", machines.address)
    assert (ended.exit_code, "another version of the project" in line(ended)) == (2, True)

    def press() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        when_some_are_done(patch, press)
        ended = explore("--cluster", machines.address, policies="long.json")
    some = json.loads(ended.stdout)
    assert (ended.exit_code, some["complete"]) == (130, False)
    assert 3 <= len(some["policies"]) < len(LONG)
    assert all(policy["nav"] > 0 for policy in some["policies"])

    first, second = machines.workers
    with monkeypatch.context() as patch:
        when_some_are_done(patch, lambda: kill(first))
        assert found(explore("--cluster", machines.address)) == alone
    with monkeypatch.context() as patch:
        when_some_are_done(patch, lambda: kill(second))
        ended = explore("--cluster", machines.address, policies="long.json")
    assert (ended.exit_code, line(ended)) == (
        2,
        f"error: --cluster {machines.address}: its workers are gone; nothing is shown",
    )


@pytest.mark.usefixtures("folder")
def test_a_scheduler_that_dies_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machines = Machines(tmp_path)
    try:
        machines.add_workers(1)
        when_some_are_done(monkeypatch, lambda: kill(machines.scheduler))
        ended = explore("--cluster", machines.address, policies="long.json")
    finally:
        machines.end()
    assert ended.exit_code == 2
    assert line(ended).startswith(f"error: --cluster {machines.address}: ")
