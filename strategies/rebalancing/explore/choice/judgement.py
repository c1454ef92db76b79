"""All judges of a search, called in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.explore.choice.deflated_sharpe import deflated_sharpe
from rebalancing.explore.choice.extras import ExtraMissingError
from rebalancing.explore.choice.overfitting import BLOCKS, Overfitting, overfitting
from rebalancing.explore.choice.superior import SEED, Superiority, superiority
from rebalancing.explore.choice.timing_luck import TimingLuck, timing_luck, unmoved
from rebalancing.explore.choice.walk_forward import WalkForward, walk_forward
from rebalancing.market.portfolio import Vector

FEWEST = 60
"""Stretches of growth, from which anything is concluded."""

LEVEL = 0.02
"""Chance of a wrong "better" that the tests of a search allow together. By the usual 0.05, six of a
hundred searches on random walks were called better once (docs/measurements.md)."""

HODL, PRESENT = "holding", "the present policy"


@dataclass(frozen=True, eq=False)
class Search:
    """What a search found.

    Parameters
    ----------
    growth : array, shape (policies, stretches)
        Logarithms of growth over equal stretches of time (`log_growth`).
    hodl : array, shape (stretches,)
        Of holding.
    present : array, shape (stretches,), or None
        Of the policy of the configuration; None if there is none.
    days : float
        Length of a stretch.
    starts : array, shape (starts,), or None
        Growth over the whole time of the chosen policy, begun at each offset, offset 0 first; None
        if it was begun once only. `present_starts` likewise.
    """

    growth: Vector
    hodl: Vector
    present: Vector | None = None
    days: float = 1.0
    starts: Vector | None = None
    present_starts: Vector | None = None

    @property
    def chosen(self) -> int:
        """The policy that grew most; the first of several."""
        return int(self.growth.sum(axis=1).argmax())


@dataclass(frozen=True, eq=False)
class Contest:
    """The policies of a search against one benchmark.

    Parameters
    ----------
    rival : str
        The benchmark, for a sentence.
    lead : float
        Growth of the chosen policy less that of the benchmark, over the whole time, a logarithm.
    own_luck, rival_luck : TimingLuck
        Of the chosen policy and of the benchmark; where they were begun once only, without spread.
    tests : Superiority or None
        None where arch is not installed, or the history is too short.
    walk : WalkForward or None
        None where the history is too short.
    is_chosen_superior : bool or None
        The stepwise selection names the chosen policy; None without the tests.
    """

    rival: str
    lead: float
    own_luck: TimingLuck
    rival_luck: TimingLuck
    tests: Superiority | None
    walk: WalkForward | None
    is_chosen_superior: bool | None


@dataclass(frozen=True, eq=False)
class Judgement:
    """What all judges say of a search.

    Parameters
    ----------
    policies, stretches : int
        How many.
    days : float
        Length of a stretch.
    chosen : int
        Row of the chosen policy.
    hodl : Contest
        Against holding.
    present : Contest or None
        Against the present policy; None if there is none.
    deflated_sharpe : float or None
        None where it is not defined, or skfolio is not installed.
    overfitting : Overfitting or None
        None for a single policy, or where the history is too short.
    missing : tuple of str
        What was not computed as a package is not installed, a line each.
    """

    policies: int
    stretches: int
    days: float
    chosen: int
    hodl: Contest
    present: Contest | None
    deflated_sharpe: float | None
    overfitting: Overfitting | None
    missing: tuple[str, ...]

    @property
    def history(self) -> str:
        """How many stretches there are, and how long each is, in words."""
        count = "1 stretch" if self.stretches == 1 else f"{self.stretches:,} stretches"
        return f"{count} of {'a day' if self.days == 1 else f'{self.days:g} days'}"


def judge(search: Search, level: float = LEVEL, seed: int = SEED) -> Judgement:
    """Ask all judges.

    Parameters
    ----------
    level : float
        Chance of a wrong "better" that the tests allow together. With a present policy there are
        two tests, and each has half of it.
    seed : int
        Of the bootstrap: the same seed gives the same figures.

    Raises
    ------
    ValueError
        If there is no policy, or the shapes do not fit.
    """
    policies, stretches = _shape(search)
    missing: list[str] = []
    share = level if search.present is None else level / 2
    hodl = _contest(search, HODL, search.hodl, None, share, seed, missing)
    present = None
    if search.present is not None:
        starts = search.present_starts
        present = _contest(search, PRESENT, search.present, starts, share, seed, missing)
    difference, ratio, fitted = search.growth - search.hodl, None, None
    if stretches >= FEWEST:
        try:
            ratio = deflated_sharpe(difference, search.chosen)
        except ExtraMissingError as error:
            missing.append(str(error))
        fitted = overfitting(difference, BLOCKS) if policies > 1 else None
    lines = tuple(dict.fromkeys(missing))
    return Judgement(
        policies, stretches, search.days, search.chosen, hodl, present, ratio, fitted, lines
    )


def _shape(search: Search) -> tuple[int, int]:
    if search.growth.ndim != 2 or not search.growth.size:
        raise ValueError("a search needs the growth of at least one policy, shape (policies, rows)")
    policies, stretches = search.growth.shape
    for other in (search.hodl, search.present):
        if other is not None and other.shape != (stretches,):
            raise ValueError(f"a benchmark needs {stretches} stretches, has shape {other.shape}")
    return policies, stretches


def _contest(
    search: Search,
    rival: str,
    benchmark: Vector,
    starts: Vector | None,
    level: float,
    seed: int,
    missing: list[str],
) -> Contest:
    chosen, tests, walk = search.chosen, None, None
    difference = search.growth - benchmark
    if len(benchmark) >= FEWEST:
        walk = walk_forward(difference)
        try:
            tests = superiority(search.growth, benchmark, level=level, seed=seed)
        except ExtraMissingError as error:
            missing.append(str(error))
    return Contest(
        rival,
        float(difference[chosen].sum()),
        _luck(search.starts, search.growth[chosen]),
        _luck(starts, benchmark),
        tests,
        walk,
        None if tests is None else bool(tests.superior[chosen]),
    )


def _luck(starts: Vector | None, growth: Vector) -> TimingLuck:
    return unmoved(float(np.sum(growth))) if starts is None else timing_luck(starts)
