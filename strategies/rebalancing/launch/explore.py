"""A search over the policies of a configuration: what is asked for, and the engine's answer."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np

from rebalancing.config.durations import parse_duration
from rebalancing.explore.axes import GridError, default_axes, parse_axis, weights_axis
from rebalancing.explore.exploration import Axis, Block, Exploration, Ranked
from rebalancing.explore.explore import FEWEST_ROWS, NothingFoundError, Scene, judged, rank
from rebalancing.explore.grid import Grid, given_grid, make_grid
from rebalancing.explore.simulation import Farm
from rebalancing.launch.config_edit import write_block
from rebalancing.launch.errors import REFUSED, LaunchError
from rebalancing.launch.kept_kernel import kept_kernel
from rebalancing.launch.kept_results import KeptResults
from rebalancing.launch.policy_files import read_policies, read_weights
from rebalancing.launch.simulated import BLOCK, Asked, Simulated, read_simulated

_CLOCK = time.monotonic

INTERRUPTED = 130
"""Status of a command that Ctrl-C has ended."""

Tell = Callable[[int, int], None]
"""Is told how many policies are done, of how many."""


@dataclass(frozen=True)
class Search:
    """What the user wants to know.

    Attributes
    ----------
    asked
        Which configuration.
    cache
        The folder for what may be computed anew.
    axes
        What is swept, as typed, by key of the block; empty for what is sensible.
    weights
        Sets of targets, as typed.
    policies
        A file of policies to be simulated as they are; None if there is none.
    round_times
        Note when the rounds were.
    offsets
        By how much later periods are begun to measure timing luck, as typed; None for a sample.
    is_kept
        What was found before may be shown again, and what is found now is kept.
    cluster
        Address of a Dask scheduler whose workers follow the policies; None: this machine does.
    """

    asked: Asked
    cache: Path
    axes: Mapping[str, str] = field(default_factory=dict)
    weights: tuple[str, ...] = ()
    policies: Path | None = None
    round_times: bool = False
    offsets: str | None = None
    is_kept: bool = True
    cluster: str | None = None


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found, and on what.

    Attributes
    ----------
    ranked
        Figures and ranks of all policies.
    asked
        How many of its first policies were asked for; the present one may follow.
    """

    simulated: Simulated
    ranked: Ranked
    asked: int

    def judged(self) -> Exploration:
        """Judge what was found."""
        return judged(self.ranked, _CLOCK)


def search(wanted: Search, tell: Tell) -> Searched:
    """Simulate what is wanted.

    Raises
    ------
    LaunchError
        If the configuration, the candles or what is to be simulated is wrong: a line each; and if
        Ctrl-C came before anything was finished.
    """
    blocks = read_policies(wanted.policies) if wanted.policies is not None else ()
    simulated = read_simulated(wanted.asked, blocks)
    inputs = simulated.inputs
    try:
        grid = _grid(wanted, simulated, blocks)
        archive = KeptResults(wanted.cache / "results") if wanted.is_kept else None
        with kept_kernel(wanted.cache) as kernel, _farm(wanted.cluster) as farm:
            found = rank(
                grid,
                Scene(inputs.prices, inputs.markets, inputs.stake, inputs.cash),
                simulated.present,
                kernel,
                threads=_processors() if kernel.is_compiled else 1,
                clock=_CLOCK,
                progress=tell,
                offsets=_offsets(wanted.offsets),
                with_rounds=wanted.round_times,
                archive=archive,
                farm=farm,
            )
    except GridError as error:
        raise LaunchError(str(error)) from None
    except NothingFoundError as error:
        is_short = len(inputs.prices.known) < FEWEST_ROWS
        raise LaunchError(str(error), status=REFUSED if is_short else INTERRUPTED) from None
    if archive is not None and archive.remark:
        print(f"note: {archive.remark}", file=sys.stderr)
    extra = found.asked - len(grid.blocks) if found.present is not None else 0
    return Searched(simulated, found, len(found.policies) - extra)


def _farm(address: str | None) -> AbstractContextManager[Farm | None]:
    if address is None:
        return nullcontext()
    from rebalancing.launch.cluster import cluster_at

    return cluster_at(address)


def _offsets(text: str | None) -> tuple[int, ...] | None:
    """Return offsets of a period's grid in seconds."""
    if text is None:
        return None
    try:
        found = [parse_duration(word.strip()) for word in text.split(",")]
    except ValueError as error:
        raise LaunchError(f"--offset: {error}") from None
    return tuple(int(offset.total_seconds()) for offset in found)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def write_best(asked: Asked, found: Searched, file: str) -> list[str]:
    """Write the chosen policy into the configuration, and return the files that changed.

    Parameters
    ----------
    file
        The only one that may be changed; empty for any of the configuration's.

    Raises
    ------
    LaunchError
        If it cannot be written, or would not count.
    """
    into = next((name for name in asked.files if _is_same(name, file)), None) if file else None
    if file and into is None:
        raise LaunchError(
            f"--write {file}: is none of the configuration files, which are "
            f"{', '.join(asked.files)}; name it with --config"
        )
    found.simulated.refuse_parameter_file("--write")
    block = found.ranked.policies[found.ranked.chosen]
    if problem := found.simulated.problem_of(block):
        raise LaunchError(f"--write: {problem}")
    return write_block(asked.files, BLOCK, block, into)


def _is_same(one: str, other: str) -> bool:
    return Path(one).resolve() == Path(other).resolve()


def _grid(wanted: Search, simulated: Simulated, blocks: tuple[object, ...]) -> Grid:
    """Return the policies of a file, and behind them those of the sweep."""
    step = simulated.inputs.step
    span = step * len(simulated.inputs.prices.known)
    for place, block in enumerate(blocks, 1):
        if problem := simulated.problem_of(block):
            raise LaunchError(f"{wanted.policies}: policy {place}: {problem}")
    axes = _axes(wanted, simulated, step, span)
    swept = make_grid(axes, simulated.base, step, span) if axes else None
    given = given_grid(blocks, step, span) if blocks else None
    if given is None or swept is None:
        found = given or swept
        assert found is not None
        return found
    none = np.full((len(given.blocks), len(axes)), -1, dtype=np.int64)
    return Grid((*given.blocks, *swept.blocks), swept.axes, np.concatenate([none, swept.steps]))


def _axes(
    wanted: Search, simulated: Simulated, step: timedelta, span: timedelta
) -> tuple[Axis, ...]:
    axes = [parse_axis(name, text) for name, text in wanted.axes.items()]
    if sets := read_weights(wanted.weights):
        for name, targets in sets.items():
            if problem := simulated.problem_of({**_triggered(simulated.base), "targets": targets}):
                raise LaunchError(f"--weights: {name}: {problem}")
        axes.append(weights_axis(sets))
    if axes or wanted.policies is not None:
        return tuple(axes)
    return default_axes(step, span)


def _triggered(block: Block) -> Block:
    return block if {"period", "threshold"} & block.keys() else {**block, "period": "24h"}
