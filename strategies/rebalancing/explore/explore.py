"""A search: all policies followed, ranked, and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from rebalancing.config.settings import read_settings
from rebalancing.explore.choice.conclusion import conclude
from rebalancing.explore.choice.judgement import Search, judge
from rebalancing.explore.choice.timing_luck import timing_luck
from rebalancing.explore.exploration import Block, Exploration, Ground, Paths, Seconds
from rebalancing.explore.following import Follower, Kernel
from rebalancing.explore.grid import Grid, essence
from rebalancing.explore.luck import starts_of
from rebalancing.explore.stretches import Stretches, stretches_of
from rebalancing.explore.sweep import Progress, Sweep, Swept, log_growth_of
from rebalancing.explore.worth import Closes, hold
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy

BEST = 5
"""Policies beside the chosen and the present one whose path and timing luck are kept."""

FEWEST_ROWS = 3
"""Candles without which there is nothing to simulate."""

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


class NothingFoundError(ValueError):
    """There is nothing to conclude from: one line."""


def explore(
    grid: Grid,
    scene: Scene,
    present: Block | None,
    kernel: Kernel,
    *,
    threads: int,
    clock: Clock,
    progress: Progress,
    offsets: tuple[int, ...] | None = None,
    with_rounds: bool = False,
) -> Exploration:
    """Follow all policies, rank them, and judge what may be concluded.

    Parameters
    ----------
    grid : Grid
        Policies, all valid on these candles.
    present : mapping or None
        The block of the configuration, if it is valid; it is simulated too, after the others if it
        is none of them.
    kernel : Kernel
        Compiled or not: the figures are the same, the time is not.
    threads : int
        How many work; one is enough where nothing is compiled.
    offsets : tuple of int, or None
        Seconds, for the timing luck of policies with a period; None: a sample of their grid.
    with_rounds : bool
        Note when the rounds of each policy begin; it takes twice as long.

    Raises
    ------
    NothingFoundError
        If there are fewer than three candles, or it was interrupted before the first policy was
        finished.
    """
    began = clock()
    if len(scene.prices.known) < FEWEST_ROWS:
        raise NothingFoundError(f"there are fewer than {FEWEST_ROWS} candles")
    grid, here = _with_present(grid, present)
    policies = [_policy(block, scene) for block in grid.blocks]
    follower = Follower(kernel, scene.prices, scene.markets, scene.cash)
    compiling = clock()
    follower.warm(policies[0])
    simulating = clock()
    closes = Closes(scene.prices, scene.markets.fee)
    stretches = stretches_of(len(closes.newest), closes.seconds, len(policies))
    sweep = Sweep(follower, closes, policies, stretches, with_rounds)
    swept = sweep.run(threads, progress)
    if not len(swept.done):
        raise NothingFoundError("it was stopped before the first policy was finished")
    found = _Found(scene, follower, closes, stretches, swept, [policies[k] for k in swept.done])
    place = None if here is None or here not in swept.done else int(swept.done.searchsorted(here))
    return found.explored(
        grid, place, offsets, threads, kernel, (began, compiling, simulating), clock
    )


def _with_present(grid: Grid, present: Block | None) -> tuple[Grid, int | None]:
    """Add the present policy, if it is not there, and return its place."""
    if present is None:
        return grid, None
    own = essence(read_settings(present)[0])
    for place, block in enumerate(grid.blocks):
        if essence(read_settings(block)[0]) == own:
            return grid, place
    steps = np.vstack([grid.steps, np.full((1, len(grid.axes)), -1)])
    return replace(grid, blocks=(*grid.blocks, present), steps=steps), len(grid.blocks)


def _policy(block: Block, scene: Scene) -> Policy:
    return Policy(read_settings(block)[0], scene.prices.assets, scene.stake)


@dataclass(frozen=True, eq=False)
class _Found:
    """A finished sweep, and what is looked at again; policies are those that were finished."""

    scene: Scene
    follower: Follower
    closes: Closes
    stretches: Stretches
    swept: Swept
    policies: list[Policy]

    def explored(
        self,
        grid: Grid,
        present: int | None,
        offsets: tuple[int, ...] | None,
        threads: int,
        kernel: Kernel,
        times: tuple[float, float, float],
        clock: Clock,
    ) -> Exploration:
        done, growth = self.swept.done, self.swept.growth
        grown = growth.sum(axis=1)
        chosen = int(grown.argmax())
        ranking = np.argsort(-grown, kind="stable").tolist()
        kept = tuple(dict.fromkeys([chosen, *([] if present is None else [present]), *ranking]))
        kept = kept[: BEST + (1 if present in (None, chosen) else 2)]
        starts = self._starts(kept, offsets, threads)
        paths = self._paths(kept)
        simulated = clock()
        judgement = judge(
            Search(
                growth,
                self._hodl_growth(chosen),
                None if present is None else growth[present],
                self.stretches.days,
                starts.get(chosen),
                None if present is None else starts.get(present),
            )
        )
        began, compiling, simulating = times
        return Exploration(
            ground=self.scene.ground,
            policies=tuple(grid.blocks[place] for place in done.tolist()),
            axes=grid.axes,
            steps=grid.steps[done],
            figures=self.swept.figures,
            ranking=tuple(ranking),
            present=present,
            chosen=chosen,
            luck={place: timing_luck(grown) for place, grown in starts.items()},
            starts=starts,
            paths=paths,
            days=self.stretches.days,
            stretches=self.closes.first + self.closes.seconds * self.stretches.rows,
            judgement=judgement,
            conclusion=conclude(judgement),
            round_times=self.swept.round_times,
            asked=len(grid.blocks),
            is_compiled=kernel.is_compiled,
            seconds=Seconds(simulating - compiling, simulated - simulating, clock() - began),
        )

    def _starts(
        self, kept: tuple[int, ...], offsets: tuple[int, ...] | None, threads: int
    ) -> Mapping[int, Vector]:
        """Begin policies at other moments, as many of them as there is time for."""

        def begin(place: int) -> Vector:
            follower = self.follower.another()
            return starts_of(follower, self.closes, self.policies[place], offsets)

        found: dict[int, Vector] = {}
        with ThreadPoolExecutor(threads) as pool:
            try:
                for place, grown in zip(kept, pool.map(begin, kept), strict=True):
                    found[place] = grown
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
        return found

    def _paths(self, kept: tuple[int, ...]) -> Paths:
        closes = self.closes
        rows = stretches_of(len(closes.newest), closes.seconds, 1).rows
        navs = np.empty((len(kept), len(rows)))
        for k, place in enumerate(kept):
            policy = self.policies[place]
            found = self.follower.follow(policy, rows)
            navs[k] = np.append(found.navs[:-1], closes.sold(found.amounts, found.cash))
            if k == 0:
                held = hold(self.follower, closes, policy, found, rows)
                hodl = np.append(held.navs[:-1], held.nav)
        return Paths(closes.first + closes.seconds * rows, kept, navs, hodl)

    def _hodl_growth(self, place: int) -> Vector:
        policy, rows = self.policies[place], self.stretches.rows
        found = self.follower.follow(policy, rows)
        held = hold(self.follower, self.closes, policy, found, rows)
        return log_growth_of(held.navs, held.nav)
