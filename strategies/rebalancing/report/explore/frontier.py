"""The frontier: how much trading which premium took."""

from __future__ import annotations

from typing import Any

import numpy as np

from rebalancing.explore.exploration import Exploration, Whole
from rebalancing.market.portfolio import Vector
from rebalancing.report.chart import Chart, Trace
from rebalancing.report.explore.hover import figures_shown, mark, marked, template
from rebalancing.report.table import Note

MOST = 1_500
"""Policies up to which all are drawn."""

SIDE = 36
"""Steps of premium and of turnover, beyond that: one policy is drawn for each two of them."""

WIDE = 20.0
"""Highest over lowest turnover from which its axis begins with a logarithmic scale."""


def frontier(found: Exploration) -> Chart | Note:
    """Draw premium against turnover, and the line of those that no other one beats with less."""
    if len(found.policies) == 1:
        return Note("", ("A single policy has nothing to be compared with.",))
    figures = found.figures
    best = _best_for_less(figures.turnover, figures.premium)
    places = _drawn(found, best)
    dots: Trace = {
        "type": "scatter",
        "mode": "markers",
        "name": "policies",
        "x": figures.turnover[places].tolist(),
        "y": figures.premium[places].tolist(),
        "customdata": figures_shown(found, places),
        "hovertemplate": template(found),
        "marker": {"color": "--accent", "size": 6, "opacity": 0.45},
    }
    edge: Trace = {
        "type": "scatter",
        "mode": "lines",
        "name": "most premium for this turnover or less",
        "x": [*figures.turnover[best].tolist(), float(figures.turnover.max())],
        "y": [*figures.premium[best].tolist(), float(figures.premium.max())],
        "hoverinfo": "skip",
        "line": {"color": "--bad", "width": 1.6, "shape": "hv"},
    }
    marks = [
        mark(found, place, float(figures.turnover[place]), float(figures.premium[place]))
        for place in marked(found)
    ]
    scales = (_axis("log"), _axis("linear"))
    is_wide = _is_wide(figures.turnover)
    return Chart(
        "frontier",
        "Premium against turnover",
        _note(found, len(places), is_wide=is_wide),
        [dots, edge, *marks],
        {
            "yaxis": {"tickformat": "+,.2~%", "title": {"text": "Premium over holding"}},
            "xaxis": scales[0 if is_wide else 1],
            "hovermode": "closest",
        },
        choices=("turnover by factors", "turnover by amounts") if is_wide else (),
        views=({}, {"xaxis": scales[1]}) if is_wide else (),
        height=460,
    )


def _axis(kind: str) -> dict[str, Any]:
    axis: dict[str, Any] = {"title": {"text": "Turnover a year, x NAV"}, "type": kind}
    return {**axis, "tickformat": ",~r", **({"dtick": "D2"} if kind == "log" else {})}


def _is_wide(turnover: Vector) -> bool:
    moved = turnover[turnover > 0]
    return bool(len(moved) and moved.max() / moved.min() >= WIDE)


def _best_for_less(turnover: Vector, premium: Vector) -> Whole:
    """Return the policies that no other one beats with as much turnover or less, least first."""
    order = np.lexsort((-premium, turnover))
    before = np.maximum.accumulate(np.append(-np.inf, premium[order][:-1]))
    ahead: Whole = order[premium[order] > before]
    return ahead


def _drawn(found: Exploration, best: Whole) -> Whole:
    """Choose the policies that are drawn: of many, the one that grew most in each region."""
    ranked = np.array(found.ranking)
    if len(ranked) <= MOST:
        return ranked
    regions = np.zeros(len(ranked), dtype=np.int64)
    for values in (np.log(np.maximum(found.figures.turnover, 1e-3)), found.figures.premium):
        low, high = values.min(), values.max()
        step = (values[ranked] - low) / (high - low or 1) * SIDE
        regions = regions * SIDE + np.minimum(step, SIDE - 1).astype(np.int64)
    _, first = np.unique(regions, return_index=True)
    return np.union1d(ranked[first], best)


def _note(found: Exploration, drawn: int, *, is_wide: bool) -> str:
    said = (
        "Further left is cheaper, higher is better. What is far below the line trades more than "
        "its premium needs."
    )
    if drawn < len(found.policies):
        said += (
            f" Of {len(found.policies):,} policies {drawn:,} are drawn: all on the line, and of "
            "those with much the same premium and turnover the one that grew most."
        )
    idle = int((found.figures.turnover == 0).sum())
    if is_wide and idle:
        who = "1 policy that never trades" if idle == 1 else f"{idle:,} policies that never trade"
        said += f" A scale of factors has no place for {who}."
    return said
