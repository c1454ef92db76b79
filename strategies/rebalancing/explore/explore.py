"""A search: all policies followed and ranked, and then judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rebalancing.config.settings import read_settings
from rebalancing.explore.choice.timing_luck import timing_luck
from rebalancing.explore.exploration import Block, Exploration, Ranked, Seconds
from rebalancing.explore.following import Kernel
from rebalancing.explore.grid import Grid, essence
from rebalancing.explore.outcome import Archive, Outcome, key_of, outcome_of
from rebalancing.explore.simulation import Clock, Farm, NothingFoundError, Scene, Simulations
from rebalancing.explore.stretches import stretches_of
from rebalancing.explore.sweep import Progress

__all__ = ["NothingFoundError", "Scene", "judged", "rank"]

FEWEST_ROWS = 3
"""Candles without which there is nothing to simulate."""


def rank(
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
    archive: Archive | None = None,
    farm: Farm | None = None,
) -> Ranked:
    """Follow all policies, and rank them.

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
    archive : Archive or None
        Where the outcome of the same search is looked for, and kept; None: nowhere.
    farm : Farm or None
        Other machines that follow the policies; None: this one does.

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
    others = scene.stake, scene.cash, here, offsets, with_rounds
    key = key_of(scene.prices, scene.markets, grid.blocks, *others) if archive else ""
    outcome, seconds = _kept(archive, key), (0.0, 0.0)
    if outcome is None:
        simulations = Simulations(grid.blocks, scene, kernel, threads, with_rounds)
        outcome, seconds = simulations.run(here, offsets, progress, clock, farm)
        if archive is not None and len(outcome.done) == len(grid.blocks):
            archive.save(key, outcome.arrays())
    return _ranked(outcome, grid, here, scene, kernel, Seconds(*seconds, clock() - began))


def _kept(archive: Archive | None, key: str) -> Outcome | None:
    """Return the outcome that is kept; None if there is none, or not a whole one."""
    arrays = None if archive is None else archive.load(key)
    try:
        return None if arrays is None else outcome_of(arrays)
    except KeyError:
        return None


def judged(found: Ranked, clock: Clock) -> Exploration:
    """Judge what may be concluded from policies that were ranked."""
    # Their packages take longer to be imported than most searches: the ranking comes before.
    from rebalancing.explore.choice.conclusion import conclude
    from rebalancing.explore.choice.judgement import Search, judge

    began, present = clock(), found.present
    judgement = judge(
        Search(
            found.growth,
            found.hodl,
            None if present is None else found.growth[present],
            found.days,
            found.starts.get(found.chosen),
            None if present is None else found.starts.get(present),
        )
    )
    conclusion = conclude(judgement)
    seconds = replace(found.seconds, total=found.seconds.total + clock() - began)
    known = {**vars(found), "seconds": seconds}
    return Exploration(**known, judgement=judgement, conclusion=conclusion)


def _ranked(
    outcome: Outcome,
    grid: Grid,
    here: int | None,
    scene: Scene,
    kernel: Kernel,
    seconds: Seconds,
) -> Ranked:
    done, growth, ground = outcome.done, outcome.growth, scene.ground
    chosen, ranking = outcome.paths.rows[0], np.argsort(-growth.sum(axis=1), kind="stable")
    present = None if here is None or here not in done else int(done.searchsorted(here))
    stretches = stretches_of(len(scene.prices.known), ground.step, len(grid.blocks))
    return Ranked(
        ground=ground,
        policies=tuple(grid.blocks[place] for place in done.tolist()),
        axes=grid.axes,
        steps=grid.steps[done],
        figures=outcome.figures,
        ranking=tuple(ranking.tolist()),
        present=present,
        chosen=chosen,
        luck={place: timing_luck(grown) for place, grown in outcome.starts.items()},
        starts=outcome.starts,
        paths=outcome.paths,
        growth=growth,
        hodl=outcome.hodl,
        days=stretches.days,
        stretches=ground.begin + ground.step * stretches.rows,
        round_times=outcome.round_times,
        asked=len(grid.blocks),
        is_compiled=kernel.is_compiled,
        seconds=seconds,
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
    both = replace(grid, blocks=(*grid.blocks, present), steps=steps)
    return both, len(grid.blocks)
