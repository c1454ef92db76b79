"""Faults on demand: which request is to go wrong, how, and how often. It knows no HTTP server."""

import fnmatch
import math
import random
import threading
from dataclasses import dataclass, replace
from typing import Literal, get_args

from sandbox.exchange.errors import SandboxError

Kind = Literal["status", "cut", "hang", "late"]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with some requests.

    Parameters
    ----------
    kind
        ``status``: the answer is the HTTP status `status`. ``cut``: the connection is cut without
        an answer. ``hang``: no answer for `seconds`, then it is cut. ``late``: the right answer,
        `seconds` later.
    method, path
        The requests it meets; the path may hold wildcards, such as ``/api/v3/*``.
    accepted
        Whether the request is carried out before it goes wrong: an order is taken and nobody is
        told. A late answer always is one to a request carried out.
    status
        429 asks for fewer requests, 418 is a ban, 503 maintenance, 504 "execution unknown".
    retry_after
        Seconds named in the header ``Retry-After``; None for no header.
    count
        How many requests it meets; None for all.
    skip
        How many requests are spared first.
    probability
        Of meeting a request that is not spared.

    Raises
    ------
    SandboxError
        If a value is out of range.
    """

    kind: Kind
    method: str = "*"
    path: str = "/*"
    accepted: bool = False
    status: int = 500
    retry_after: int | None = None
    seconds: float = 60.0
    count: int | None = 1
    skip: int = 0
    probability: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise SandboxError(f"fault {self.kind}: choose {', '.join(get_args(Kind))}")
        if not (math.isfinite(self.probability) and 0 <= self.probability <= 1):
            raise SandboxError(f"probability {self.probability}: must be from 0 to 1")
        if not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise SandboxError(f"seconds {self.seconds}: must not be negative")
        if not 400 <= self.status <= 599:
            raise SandboxError(f"status {self.status}: must be from 400 to 599")
        if self.skip < 0 or (self.count is not None and self.count < 1):
            raise SandboxError("skip must not be negative, count at least 1")

    def meets(self, method: str, path: str) -> bool:
        """Return whether it concerns a request."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)


class Faults:
    """The faults in force, drawn from a seed.

    Parameters
    ----------
    seed
        The same seed and the same requests give the same faults.

    Attributes
    ----------
    fired
        What went wrong so far: fault, method and path, oldest first.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._pending: list[Fault] = []
        self._lock = threading.Lock()
        self.fired: list[tuple[Fault, str, str]] = []

    @property
    def pending(self) -> tuple[Fault, ...]:
        """The faults in force, with the counts that are left."""
        return tuple(self._pending)

    def add(self, *faults: Fault) -> None:
        """Put faults in force; the first that meets a request wins."""
        with self._lock:
            self._pending += faults

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._pending.clear()

    def next(self, method: str, path: str) -> Fault | None:
        """Return what goes wrong with a request; None where nothing does."""
        with self._lock:
            for place, fault in enumerate(self._pending):
                if not fault.meets(method, path):
                    continue
                if fault.skip:
                    self._pending[place] = replace(fault, skip=fault.skip - 1)
                elif self._random.random() < fault.probability:
                    self._use(place, fault)
                    self.fired.append((fault, method, path))
                    return fault
        return None

    def _use(self, place: int, fault: Fault) -> None:
        if fault.count == 1:
            del self._pending[place]
        elif fault.count is not None:
            self._pending[place] = replace(fault, count=fault.count - 1)
