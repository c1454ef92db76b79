"""A Dask cluster that follows policies, reached through joblib."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from rebalancing.config.settings import read_settings
from rebalancing.explore.course import Course, Measured
from rebalancing.explore.exploration import Block
from rebalancing.explore.simulation import Scene, course_on
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.kept_code import cache_folder
from rebalancing.launch.kept_kernel import kept_kernel
from rebalancing.launch.kept_results import sources
from rebalancing.policy.policy import Policy

PACKAGES = ("dask", "distributed", "joblib")
CONNECTING, LOST = 10, 10.0
"""Seconds in which a scheduler and a worker must be there, at first and later."""

_TOGETHER = 50  # policies that a worker is sent at once, at most
_LOOK_EVERY = 1.0  # second

Chunk = Sequence[tuple[int, Block]]
"""Policies, each with its place."""

Found = list[tuple[int, Measured]]


@dataclass(frozen=True)
class Errand:
    """What all workers are told once.

    Parameters
    ----------
    key
        The same for the same errand, wherever it is unpacked.
    sources
        Of the code that asks: a worker with other code could find something else.
    """

    key: str
    sources: str = field(compare=False)
    scene: Scene = field(compare=False)
    policies: int = field(compare=False)
    with_rounds: bool = field(compare=False)


class Cluster:
    """A scheduler with workers."""

    def __init__(self, address: str, client: Any) -> None:
        self._address, self._client = address, client

    def measure(
        self, scene: Scene, blocks: Sequence[Block], with_rounds: bool
    ) -> Iterator[tuple[int, Measured]]:
        """Give what each policy came to, with its place, as the workers finish.

        Raises
        ------
        LaunchError
            If the scheduler or all workers are lost, or a worker fails: one line.
        """
        errand = Errand(uuid4().hex, sources(), scene, len(blocks), with_rounds)
        size = len(blocks) // (8 * sum(self._client.nthreads().values()))
        size = min(_TOGETHER, max(1, size))
        places = list(enumerate(blocks))
        chunks = [places[k : k + size] for k in range(0, len(places), size)]
        found: SimpleQueue[Found | Exception] = SimpleQueue()
        threading.Thread(target=self._hand_out, args=(errand, chunks, found), daemon=True).start()
        left, seen = len(blocks), time.monotonic()
        while left:
            try:
                item = found.get(timeout=_LOOK_EVERY)
            except Empty:
                seen = self._looked_after(seen)
                continue
            if isinstance(item, Exception):
                raise self._failed(item) from None
            yield from item
            left -= len(item)

    def _hand_out(
        self, errand: Errand, chunks: Sequence[Chunk], found: SimpleQueue[Found | Exception]
    ) -> None:
        """Send the policies; what comes back, or fails, is put into the queue."""
        from joblib import Parallel, delayed, parallel_config

        try:
            with parallel_config("dask", client=self._client, scatter=[errand]):
                handed = Parallel(n_jobs=-1, batch_size=1, return_as="generator_unordered")
                for item in handed(delayed(measured)(errand, chunk) for chunk in chunks):
                    found.put(item)
        except Exception as error:  # in a thread nobody would hear of it; `measure` raises it
            found.put(error)

    def _looked_after(self, seen: float) -> float:
        """Return when there were workers last; joblib itself would wait for ever."""
        futures = [*self._client.futures.values()]
        if bad := next((one for one in futures if one.status in ("error", "lost")), None):
            raise self._failed(getattr(bad, "exception", None))
        if self._client.status == "running" and self._workers():
            return time.monotonic()
        if time.monotonic() - seen > LOST:
            lost = "its workers" if self._client.status == "running" else "the scheduler"
            raise LaunchError(f"--cluster {self._address}: {lost} are gone; nothing is shown")
        return seen

    def _workers(self) -> int:
        try:
            return len(self._client.nthreads())
        except Exception:  # of many kinds, by where the connection breaks: it is being lost
            return 0

    def _failed(self, error: Exception | None) -> LaunchError:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        return LaunchError(f"--cluster {self._address}: a worker failed: {said}")


@contextmanager
def cluster_at(address: str) -> Iterator[Cluster]:
    """Connect with the scheduler of a cluster.

    Raises
    ------
    LaunchError
        If the address is wrong, a package is missing, or nobody answers: one line.
    """
    option = f"--cluster {address}"
    if not re.fullmatch(r"tcp://(\[[0-9a-fA-F:]+\]|[^:/\s]+):\d{1,5}", address):
        raise LaunchError(
            f"{option}: is no address of a scheduler; write it like tcp://10.0.0.5:8786"
        )
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        raise LaunchError(
            f"{option}: needs the package {missing[0]}: pip install 'dask[distributed]' joblib"
        )
    from distributed import Client

    for name in ("distributed", "tornado", "asyncio"):  # what matters is said in one line
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            client: Any = Client(  # type: ignore[no-untyped-call]  # distributed has no types
                address, timeout=CONNECTING, set_as_default=False
            )
    except (OSError, ValueError) as error:
        raise LaunchError(f"{option}: no scheduler answers there ({error})") from None
    try:
        if any("Mismatched versions" in str(one.message) for one in said):
            print(f"note: {option}: runs other versions of packages", file=sys.stderr)
        try:
            client.wait_for_workers(1, timeout=CONNECTING)
        except TimeoutError:
            raise LaunchError(
                f"{option}: has no workers; start one with: dask worker {address}"
            ) from None
        yield Cluster(address, client)
    finally:
        client.close(timeout=1)


def measured(errand: Errand, chunk: Chunk) -> Found:
    """Measure policies on a worker."""
    with _BUILDING:  # one of its threads compiles, the others wait
        course = _course(errand)
    scene, course = errand.scene, course.another()
    assets, stake = scene.prices.assets, scene.stake
    return [
        (place, course.measure(Policy(read_settings(block)[0], assets, stake)))
        for place, block in chunk
    ]


_BUILDING = threading.Lock()
_ANY = {"targets": "equal", "period": "1d"}


@lru_cache(maxsize=1)
def _course(errand: Errand) -> Course:
    if errand.sources != sources():
        raise ValueError("it has another version of the project than this machine")
    scene = errand.scene
    with kept_kernel(cache_folder()) as kernel:
        course = course_on(scene, kernel, errand.policies, errand.with_rounds)
        course.follower.warm(Policy(read_settings(_ANY)[0], scene.prices.assets, scene.stake))
    return course
