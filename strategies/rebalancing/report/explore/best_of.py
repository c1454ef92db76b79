"""Which of many policies stands for a place on an axis, or for a square of two axes."""

from __future__ import annotations

import numpy as np

from rebalancing.explore.assets.cautions import joined
from rebalancing.explore.exploration import Exploration, Whole
from rebalancing.report.explore.policy_words import axis_title
from rebalancing.report.explore.scale import Scale


def best_of_places(found: Exploration, scale: Scale) -> tuple[Whole, Whole]:
    """Return the places that have a policy, and in each the policy that grew most."""
    ranked = np.array(found.ranking)
    at = scale.places[ranked]
    return _first(at[at >= 0], ranked[at >= 0])


def best_of_squares(found: Exploration, x: Scale, y: Scale) -> tuple[Whole, Whole, Whole]:
    """Return columns and rows of the squares that have a policy, and the one that grew most.

    A policy to which one of the two axes makes no difference stands in all squares along it.
    """
    ranked = np.array(found.ranking)
    column, row = x.places[ranked], y.places[ranked]
    order, squares = [], []
    for columns, rows in (
        (column, row),
        *((np.where(column < 0, place, -1), row) for place in range(x.count)),
        *((column, np.where(row < 0, place, -1)) for place in range(y.count)),
    ):
        has = np.flatnonzero((columns >= 0) & (rows >= 0))
        order.append(has)
        squares.append(rows[has] * x.count + columns[has])
    by_rank = np.argsort(np.concatenate(order), kind="stable")
    taken, best = _first(np.concatenate(squares)[by_rank], ranked[np.concatenate(order)[by_rank]])
    return taken % x.count, taken // x.count, best


def who_is_shown(found: Exploration, where: str, shown: tuple[Scale, ...]) -> str:
    """Say which policy stands for a point or a square, and in what else policies differ."""
    names = {scale.axis.name for scale in shown}
    others = tuple(
        axis_title(axis.name).lower()
        for axis in found.axes
        if len(axis.values) > 1 and axis.name not in names
    )
    said = f"Each {where} is a policy: point at it for its figures."
    if others:
        said = (
            f"Each {where} shows the policy that grew most of those that share it. It may differ "
            f"from the next in its {joined(others)}, too: point at it to see."
        )
    for scale in shown:
        values = len(scale.axis.values)
        if scale.count < values:
            said += (
                f" The {values:,} values of the {scale.title.lower()} share {scale.count} places."
            )
    return said


def _first(keys: Whole, ranked: Whole) -> tuple[Whole, Whole]:
    """Return each key once, with the first of its policies."""
    once, first = np.unique(keys, return_index=True)
    return once, ranked[first]
