"""All policies of a search, followed by several threads or by other machines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import count

import numpy as np

from rebalancing.explore.course import NUMBERS, Course, Measured
from rebalancing.explore.exploration import Figures, Whole
from rebalancing.explore.policies import Policies
from rebalancing.market.portfolio import Vector
from rebalancing.policy.policy import Policy

Progress = Callable[[int, int], None]
"""Told from time to time how many policies are done, and of how many."""

EVERY = 0.1
"""Seconds between two words on the progress."""


@dataclass(frozen=True, eq=False)
class Swept:
    """What was found, in the order of the policies.

    Parameters
    ----------
    done : int array
        Places of the policies that were finished; the other arrays are of these only.
    growth : array, shape (done, stretches)
        Logarithms.
    round_times : tuple of int arrays, or None
        As in `Exploration`.
    """

    done: Whole
    figures: Figures
    growth: Vector
    round_times: tuple[Whole, ...] | None


class Sweep:
    """A search under way."""

    def __init__(self, course: Course, policies: Policies | Sequence[Policy]) -> None:
        self._course, self._policies = course, policies
        self._done = np.zeros(len(policies), dtype=bool)
        self._numbers = np.zeros((len(NUMBERS), len(policies)))
        self._rounds = np.zeros(len(policies), dtype=np.int64)
        self._growth = np.zeros((len(policies), len(course.stretches.rows) - 1))
        self._times: dict[int, Whole] | None = {} if course.with_rounds else None
        self._next, self._stop = count(), threading.Event()

    def run(self, threads: int, progress: Progress) -> Swept:
        """Follow all policies; an interrupt ends it, and what is finished is returned."""
        with ThreadPoolExecutor(threads) as pool:
            try:
                open_ones = {pool.submit(self._work) for _ in range(threads)}
                while open_ones:
                    ended, open_ones = wait(open_ones, EVERY)
                    progress(int(self._done.sum()), len(self._done))
                    for one in ended:
                        one.result()
            except KeyboardInterrupt:
                pass
            finally:
                self._stop.set()
        return self._swept()

    def gather(self, measured: Iterable[tuple[int, Measured]], progress: Progress) -> Swept:
        """Take what others measure, each with its place; an interrupt ends it likewise."""
        try:
            for number, (place, found) in enumerate(measured, 1):
                self._enter(place, found)
                progress(number, len(self._done))
        except KeyboardInterrupt:
            pass
        return self._swept()

    def _work(self) -> None:
        course = self._course.another()
        for place in self._next:
            if self._stop.is_set() or place >= len(self._policies):
                return
            self._enter(place, course.measure(self._policies[place]))

    def _enter(self, place: int, found: Measured) -> None:
        self._numbers[:, place] = found.numbers
        self._rounds[place], self._growth[place] = found.rounds, found.growth
        if self._times is not None and found.times is not None:
            self._times[place] = found.times
        self._done[place] = True

    def _swept(self) -> Swept:
        done = np.flatnonzero(self._done)
        numbers = dict(zip(NUMBERS, self._numbers[:, done], strict=True))
        premium = np.zeros(len(done))
        hodl = numbers["hodl_nav"]
        np.divide(numbers["nav"] - hodl, hodl, out=premium, where=hodl > 0)
        figures = Figures(premium=premium, rounds=self._rounds[done], **numbers)
        times = self._times
        lists = None if times is None else tuple(times[place] for place in done.tolist())
        growth = self._growth if len(done) == len(self._done) else self._growth[done]
        return Swept(done, figures, growth, lists)
