"""Heat maps: every two axes of a search against each other."""

from __future__ import annotations

from itertools import combinations
from math import isqrt
from typing import Any

from rebalancing.explore.exploration import Exploration, Whole
from rebalancing.report.chart import Chart, Trace
from rebalancing.report.explore.along_axis import along_axis
from rebalancing.report.explore.best_of import best_of_squares, who_is_shown
from rebalancing.report.explore.colours import BAD, PLAIN, signed, unsigned
from rebalancing.report.explore.hover import figures_shown, mark, marked, template
from rebalancing.report.explore.policy_words import configured
from rebalancing.report.explore.scale import Scale, scales_of
from rebalancing.report.explore.theory_lines import theory_lines
from rebalancing.report.table import Note

CELLS = 5_000
"""Squares of all maps together, so that the page stays small."""

TEXTS = 8
"""Columns up to which a square of a wide window has room for its number."""

CHOICES = ("premium", "drawdown", "turnover")


def heat_maps(found: Exploration) -> tuple[Chart | Note, ...]:
    """Draw a map for every two axes, a line for a single one; say why where there is none."""
    count = sum(len(axis.values) > 1 for axis in found.axes)
    pairs = max(1, count * (count - 1) // 2)
    scales = scales_of(found, isqrt(CELLS // pairs))
    if not scales:
        why = "Only one value was tried" if found.axes else "The policies were given one by one"
        return (Note("", (f"{why}: there are no axes to draw a map of.",)),)
    if len(scales) == 1:
        return (along_axis(found, scales[0], CHOICES),)
    return tuple(_map(found, *sorted(two, key=_size)) for two in combinations(scales, 2))


def _size(scale: Scale) -> int:
    return scale.count


def _map(found: Exploration, y: Scale, x: Scale) -> Chart:
    columns, rows, places = best_of_squares(found, x, y)
    marks, absent = _marks(found, x, y)
    lines, said = theory_lines(found, x, y)
    empty = ["An empty square has no policy."] * (len(places) < x.count * y.count)
    has_number = [
        x.count <= TEXTS and not any(_covers(trace, *square) for trace in (*lines, *marks))
        for square in zip(columns.tolist(), rows.tolist(), strict=True)
    ]
    squares = {
        "type": "bar",
        "name": "policies",
        "showlegend": False,
        "x": columns.tolist(),
        "base": (rows - 0.47).round(2).tolist(),
        "y": [0.94] * len(places),
        "width": 0.94,
        "customdata": figures_shown(found, places),
        "hovertemplate": template(found),
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "views": _views(found, places, has_number),
    }
    return Chart(
        f"map-{x.axis.name}-{y.axis.name}",
        f"{x.title} and {y.title.lower()}",
        " ".join([who_is_shown(found, "square", (x, y)), *empty, *absent, *said]),
        [squares, *lines, *marks],
        {
            "xaxis": x.layout(type="linear"),
            "yaxis": y.layout(type="linear"),
            "barmode": "overlay",
            "hovermode": "closest",
            "uniformtext": {"minsize": 9, "mode": "hide"},
        },
        choices=CHOICES,
        height=min(640, 190 + 30 * y.count),
    )


def _covers(trace: Trace, column: int, row: int) -> bool:
    """Tell whether a mark or a line would hide the number of a square."""
    places = ((trace["x"], column), (trace["y"], row))
    return all(min(ends) - 0.4 < place < max(ends) + 0.4 for ends, place in places)


def _views(found: Exploration, places: Whole, has_number: list[bool]) -> list[dict[str, Any]]:
    """Colour the same squares by each figure, and write it in those that have room for it."""
    figures, views = found.figures, []
    for number, (values, scale, style) in enumerate(
        (
            (figures.premium[places], signed(figures.premium[places]), "+.1%"),
            (figures.max_drawdown[places], unsigned(figures.max_drawdown[places], BAD), ".1%"),
            (figures.turnover[places], unsigned(figures.turnover[places], PLAIN), ",.2~r"),
        ),
        1,
    ):
        bar = {"thickness": 10, "outlinewidth": 0, "xpad": 4, "ticks": "", "tickformat": style}
        marker = {
            "color": [float(f"{value:.5g}") for value in values.tolist()],
            "showscale": True,
            "colorbar": bar,
            "line": {"width": 0},
            **scale,
        }
        text = f"%{{customdata[{number}]:{style}}}"
        texts = [text if has else " " for has in has_number] if any(has_number) else ""
        views.append({"marker": marker, "texttemplate": texts})
    return views


def _marks(found: Exploration, x: Scale, y: Scale) -> tuple[list[Trace], list[str]]:
    """Mark the chosen and the present policy; say which of them is not on the map."""
    traces, absent = [], []
    for place in marked(found):
        block = found.policies[place]
        column, row = (scale.position(configured(block, scale.axis.name)) for scale in (x, y))
        if column is None or row is None:
            who = "chosen" if place == found.chosen else "present"
            absent.append(f"The {who} policy is not on this map.")
        else:
            traces.append(mark(found, place, column, row))
    return traces, absent
