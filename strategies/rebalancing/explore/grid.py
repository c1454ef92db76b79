"""A grid of policies: every sensible combination of the values of some axes, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from math import prod
from typing import Any

import numpy as np

from rebalancing.config.durations import parse_duration, written_duration
from rebalancing.config.settings import Settings, read_settings
from rebalancing.explore.axes import GridError
from rebalancing.explore.exploration import Axis, Block, Whole

MOST = 1_000_000
"""Combinations of a grid, at most."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Policies to be simulated.

    Parameters
    ----------
    blocks : tuple of mapping
        `rebalance` blocks, all valid.
    axes : tuple of Axis
        What was swept; empty where the policies were given one by one.
    steps : int array, shape (policies, axes)
        Which value of each axis a policy has; -1 where that makes no difference to it.
    """

    blocks: tuple[Block, ...]
    axes: tuple[Axis, ...]
    steps: Whole


def make_grid(axes: Sequence[Axis], base: Block, step: timedelta, span: timedelta) -> Grid:
    """Combine axes.

    Parameters
    ----------
    base : mapping
        The block of the configuration: it gives the keys that are not swept, where they are
        valid.
    step, span : timedelta
        Length of a candle, and of all of them together.

    Raises
    ------
    GridError
        If a period does not fit the candles, or no combination is a policy.

    Notes
    -----
    A combination without period and threshold is no policy, and what needs a threshold is left out
    without one. Keys that make no difference are left out of the block: so a policy comes once.
    A period of one candle makes none beside a threshold that has to be reached as well, so where
    thresholds alone are swept too, it is left out.
    """
    _check_size(axes)
    _check_periods(axes, step, span)
    kept = {key: value for key, value in base.items() if key not in {axis.name for axis in axes}}
    found: dict[tuple[int, ...], Block] = {}
    verdicts: dict[tuple[object, ...], str] = {}
    problem = ""
    has_none = any(axis.name == "period" and None in axis.values for axis in axes)
    for steps in product(*(range(len(axis.values)) for axis in axes)):
        block = kept | _swept(axes, steps)
        if has_none and _waits_for_threshold_alone(block, step):
            continue
        idle = _idle(block)
        own = tuple(-1 if axis.name in idle else k for axis, k in zip(axes, steps, strict=True))
        if own in found:
            continue
        block = {key: value for key, value in block.items() if key not in idle}
        kind = _kind(axes, own, block)
        if kind not in verdicts:
            verdicts[kind] = problem_of(block, step, span)
        problem = problem or verdicts[kind]
        if not verdicts[kind]:
            found[own] = block
    if not found:
        raise GridError(f"no combination of these values is a policy; {problem}")
    return Grid(tuple(found.values()), tuple(axes), _table(found, len(axes)))


def given_grid(blocks: Sequence[object], step: timedelta, span: timedelta) -> Grid:
    """Take policies as they are.

    Raises
    ------
    GridError
        If there is none, or one is not valid: it is named by its place, from 1.
    """
    if not blocks:
        raise GridError("there is no policy to simulate")
    found = []
    for place, block in enumerate(blocks, 1):
        if problem := problem_of(block, step, span):
            raise GridError(f"policy {place}: {problem}")
        assert isinstance(block, Mapping)
        found.append(block)
    return Grid(tuple(found), (), np.empty((len(found), 0), dtype=np.int64))


def problem_of(block: object, step: timedelta, span: timedelta) -> str:
    """Return what is wrong with a policy on such candles, one line; empty if nothing is."""
    settings, problems = read_settings(block)
    period = settings.period_duration
    if problems or period is None:
        return problems[0] if problems else ""
    return _period_problem(str(settings.period), period, step, span)


def essence(settings: Settings) -> tuple[object, ...]:
    """Return what a simulation can see of settings: the same for policies that do the same."""
    has_both = settings.period is not None and settings.threshold is not None
    return (
        _in_any_order(settings.targets),
        settings.investment,
        settings.period_duration,
        _in_any_order(settings.threshold),
        settings.combine if has_both else None,
        None if settings.threshold is None else settings.threshold_kind,
        settings.destination,
        settings.scope,
        settings.cooldown_duration,
        settings.min_trade,
    )


def _in_any_order(value: object) -> object:
    return frozenset(value.items()) if isinstance(value, Mapping) else value


def _swept(axes: Sequence[Axis], steps: Sequence[int]) -> dict[str, Any]:
    chosen = ((axis.name, axis.values[k]) for axis, k in zip(axes, steps, strict=True))
    return {name: value for name, value in chosen if value is not None}


def _waits_for_threshold_alone(block: Block, step: timedelta) -> bool:
    """Tell whether a block has a period that comes with each candle, and needs a threshold too."""
    period, has_threshold = block.get("period"), block.get("threshold") is not None
    is_both = has_threshold and block.get("combine", "and") == "and"
    return is_both and isinstance(period, str) and parse_duration(period) == step


def _idle(block: Block) -> set[str]:
    """Name the keys that make no difference to a block."""
    has_period = block.get("period") is not None
    has_threshold = block.get("threshold") is not None
    idle = set() if has_period and has_threshold else {"combine"}
    return idle if has_threshold else idle | {"threshold_kind"}


def _kind(axes: Sequence[Axis], steps: Sequence[int], block: Block) -> tuple[object, ...]:
    """Return the same for blocks that are valid or not for the same reason.

    Which number a threshold is makes no difference: each value of an axis is valid by itself.
    """
    return tuple(
        axis.name in block if axis.name == "threshold" else k
        for axis, k in zip(axes, steps, strict=True)
    )


def _check_size(axes: Sequence[Axis]) -> None:
    size = prod(len(axis.values) for axis in axes)
    if size > MOST:
        raise GridError(f"the axes have {size:,} combinations, at most {MOST:,} are searched")


def _check_periods(axes: Sequence[Axis], step: timedelta, span: timedelta) -> None:
    for axis in axes:
        for value in axis.values if axis.name == "period" else ():
            settings, _ = read_settings({"targets": "equal", "period": value or "1d"})
            period = settings.period_duration
            if value is not None and period is not None:
                problem = _period_problem(value, period, step, span)
                if problem:
                    raise GridError(problem)


def _period_problem(text: str, period: timedelta, step: timedelta, span: timedelta) -> str:
    if period < step:
        return f"period: {text} is shorter than a candle, which is {written_duration(step)} long"
    if period > span:
        return f"period: {text} does not fit into the candles, which span {written_duration(span)}"
    return ""


def _table(found: Mapping[tuple[int, ...], Block], axes: int) -> Whole:
    return np.array(list(found), dtype=np.int64).reshape(len(found), axes)
