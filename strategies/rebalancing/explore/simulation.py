"""The simulations of a search: all policies, and once more those that are looked at closely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rebalancing.explore.course import Course, Measured, log_growth_of
from rebalancing.explore.exploration import Block, Ground, Paths
from rebalancing.explore.following import Follower, Kernel
from rebalancing.explore.luck import starts_of
from rebalancing.explore.outcome import Outcome
from rebalancing.explore.policies import Policies
from rebalancing.explore.stretches import stretches_of
from rebalancing.explore.sweep import Progress, Sweep
from rebalancing.explore.worth import Closes, hold
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy

BEST = 5
"""Policies beside the chosen and the present one whose path and timing luck are kept."""

Clock = Callable[[], float]
"""Gives seconds."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What policies are tried on.

    Parameters
    ----------
    prices : PriceMatrix
        Of all assets, with opens.
    markets : Markets
        Of a backtest: lots, minimums and fee, in the order of the assets.
    stake : str
        Code of the stake currency.
    cash : float
        Stake currency at the start, where a policy names no investment.
    """

    prices: PriceMatrix
    markets: Markets
    stake: str
    cash: float

    @property
    def ground(self) -> Ground:
        """The same in numbers."""
        prices = self.prices
        end = prices.first + prices.seconds * (len(prices.known) - 1)
        begun = self.cash, self.markets.fee, prices.first, end, prices.seconds
        return Ground(prices.assets, self.stake, *begun)


class Farm(Protocol):
    """Other machines that measure policies."""

    def measure(
        self, scene: Scene, blocks: Sequence[Block], with_rounds: bool
    ) -> Iterable[tuple[int, Measured]]:
        """Give what each policy came to, with its place, in any order."""


def course_on(scene: Scene, kernel: Kernel, policies: int, with_rounds: bool) -> Course:
    """Return a course on which so many policies are compared."""
    return Course(
        Follower(kernel, scene.prices, scene.markets, scene.cash),
        Closes(scene.prices, scene.markets.fee),
        stretches_of(len(scene.prices.known), scene.prices.seconds, policies),
        with_rounds,
    )


class NothingFoundError(ValueError):
    """There is nothing to conclude from: one line."""


class Simulations:
    """Policies on a scene.

    Parameters
    ----------
    blocks : sequence of mapping
        One for each policy, all valid.
    threads : int
        How many work at it.
    with_rounds : bool
        Note when each round began.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        scene: Scene,
        kernel: Kernel,
        threads: int,
        with_rounds: bool = False,
    ) -> None:
        self._scene = scene
        self._policies = Policies(blocks, scene.prices.assets, scene.stake)
        self._course = course_on(scene, kernel, len(blocks), with_rounds)
        self._follower, self._closes = self._course.follower, self._course.closes
        self._threads = threads

    def run(
        self,
        present: int | None,
        offsets: tuple[int, ...] | None,
        progress: Progress,
        clock: Clock,
        farm: Farm | None = None,
    ) -> tuple[Outcome, tuple[float, float]]:
        """Follow all policies; an interrupt ends it, and what is finished is returned.

        Parameters
        ----------
        present : int or None
            Place of the present policy.
        farm : Farm or None
            Measures all policies; None: the threads do. Either way these begin the best at other
            moments.

        Returns
        -------
        Outcome, and two floats
            The seconds are those of the compiler and those of the simulations.

        Raises
        ------
        NothingFoundError
            If it was interrupted before the first policy was finished.
        """
        began = clock()
        self._follower.warm(self._policies[0])
        warm = clock()
        sweep = Sweep(self._course, self._policies)
        if farm is None:
            swept = sweep.run(self._threads, progress)
        else:
            measured = farm.measure(self._scene, self._policies.blocks, self._course.with_rounds)
            swept = sweep.gather(measured, progress)
        if not len(swept.done):
            raise NothingFoundError("it was stopped before the first policy was finished")
        places, ranking = swept.done.tolist(), np.argsort(-swept.growth.sum(axis=1), kind="stable")
        own = [k for k, place in enumerate(places) if place == present and k != ranking[0]]
        kept = tuple(dict.fromkeys([int(ranking[0]), *own, *ranking.tolist()]))
        kept = kept[: 1 + len(own) + BEST]
        policies = {k: self._policies[places[k]] for k in kept}
        starts = self._starts(policies, offsets)
        paths = self._paths(policies)
        hodl = self._hodl(policies[kept[0]])
        outcome = Outcome(
            swept.done, swept.figures, swept.growth, hodl, starts, paths, swept.round_times
        )
        return outcome, (warm - began, clock() - warm)

    def _starts(
        self, policies: Mapping[int, Policy], offsets: tuple[int, ...] | None
    ) -> Mapping[int, Vector]:
        """Begin policies at other moments, as many of them as there is time for."""

        def begin(policy: Policy) -> Vector:
            return starts_of(self._follower.another(), self._closes, policy, offsets)

        found: dict[int, Vector] = {}
        with ThreadPoolExecutor(self._threads) as pool:
            try:
                begun = pool.map(begin, policies.values())
                for place, grown in zip(policies, begun, strict=True):
                    found[place] = grown
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
        return found

    def _paths(self, policies: Mapping[int, Policy]) -> Paths:
        closes = self._closes
        rows = stretches_of(len(closes.newest), closes.seconds, 1).rows
        navs = np.empty((len(policies), len(rows)))
        for k, policy in enumerate(policies.values()):
            found = self._follower.follow(policy, rows)
            navs[k] = np.append(found.navs[:-1], closes.sold(found.amounts, found.cash))
            if k == 0:
                held = hold(self._follower, closes, policy, found, rows)
                hodl = np.append(held.navs[:-1], held.nav)
        return Paths(closes.first + closes.seconds * rows, tuple(policies), navs, hodl)

    def _hodl(self, policy: Policy) -> Vector:
        rows = self._course.stretches.rows
        found = self._follower.follow(policy, rows)
        held = hold(self._follower, self._closes, policy, found, rows)
        return log_growth_of(held.navs, held.nav)
