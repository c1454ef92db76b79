"""The spread of timing luck: the same policies, begun at other moments."""

from __future__ import annotations

from math import expm1

import numpy as np

from rebalancing.explore.exploration import Exploration
from rebalancing.numbers import percent
from rebalancing.report.chart import Chart, Trace, percent_axis, plain
from rebalancing.report.explore.hover import wrapped
from rebalancing.report.explore.policy_words import rank_text, settings_text
from rebalancing.report.explore.returns import hodl_return
from rebalancing.report.palette import HODL
from rebalancing.report.table import Cell, Note, Table

DOTS = 120
"""Starts of one policy that are drawn; of more, as many at equal steps of rank."""


def luck_parts(found: Exploration) -> tuple[Chart | Table | Note, ...]:
    """Draw and list the starts of the chosen policy, the present one and the best few."""
    shown = [
        place for place in found.ranking if place in found.luck and found.luck[place].starts > 1
    ]
    if not shown:
        return (
            Note("", ("No policy was begun at other moments, so its timing luck is not known.",)),
        )
    return _chart(found, shown), _table(found, shown)


def _chart(found: Exploration, shown: list[int]) -> Chart:
    names = [plain(rank_text(found, place)) for place in shown]
    held = hodl_return(found, found.chosen)
    traces: list[Trace] = []
    for row, place in enumerate(shown):
        traces += _policy(found, place, row)
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "marker": {"opacity": 0},  # it keeps the line off the edge of the chart
            "name": "HODL",
            "x": [held, held],
            "y": [-0.5, len(shown) - 0.5],
            "hovertemplate": "HODL %{x:+.1%}<extra></extra>",
            "line": {"color": HODL, "width": 1.8, "dash": "dash"},
        }
    )
    return Chart(
        "luck",
        "What the moment of the start made of it",
        "Return of the same policy, begun at other moments: a dot is a start, the bar holds nine "
        "of ten. A lead that is shorter than the bars is no merit of the policy. The names are "
        "ranks: the table has the policies.",
        traces,
        {
            "xaxis": percent_axis(tickformat="+,.2~%", type="linear"),
            "yaxis": {
                "type": "linear", "tickvals": [*range(len(shown))], "ticktext": names,
                "range": [len(shown) - 0.4, -0.6], "showgrid": False, "zeroline": False,
            },
            "hovermode": "closest",
        },
        height=110 + 38 * len(shown),
    )  # fmt: skip


def _policy(found: Exploration, place: int, row: int) -> list[Trace]:
    """Draw the starts of one policy in a row: the bar, the dots, the median, and offset 0."""
    luck, grown = found.luck[place], np.expm1(np.sort(found.starts[place]))
    dots = grown[np.unique(np.linspace(0, len(grown) - 1, DOTS).round().astype(int))]
    name = wrapped(f"{rank_text(found, place)}: {settings_text(found, place)}")
    ends = [expm1(luck.low), expm1(luck.high)]
    told = f"<b>{name}</b><br>%{{fullData.name}} %{{x:+.2%}}<extra></extra>"
    bar = {"mode": "lines", "x": ends, "line": {"color": "--l1", "width": 14}}
    points = {"mode": "markers", "x": dots.tolist(),
              "marker": {"color": "--accent", "size": 5, "opacity": 0.6}}  # fmt: skip
    median = _mark(expm1(luck.median), "line-ns-open", 18, "--ink")
    zero = _mark(expm1(float(found.starts[place][0])), "diamond", 11, "--paper")
    return [
        {"type": "scatter", "name": kind, "legendgroup": kind, "showlegend": row == 0,
         "y": [row] * len(trace["x"]), "hovertemplate": told, **trace}
        for kind, trace in (
            ("nine of ten starts", bar), ("a start", points), ("median", median),
            ("start at offset 0", zero),
        )
    ]  # fmt: skip


def _mark(value: float, symbol: str, size: int, color: str) -> Trace:
    line = {"color": "--ink", "width": 2}
    return {
        "mode": "markers",
        "x": [value],
        "marker": {"symbol": symbol, "size": size, "color": color, "line": line},
    }


def _table(found: Exploration, shown: list[int]) -> Table:
    rows = []
    for place in shown:
        luck, zero = found.luck[place], float(found.starts[place][0])
        rows.append(
            (
                Cell(rank_text(found, place)),
                Cell(settings_text(found, place), is_prose=True),
                Cell(f"{luck.starts:,}"),
                Cell(percent(expm1(luck.median), "+", 1)),
                Cell(percent(expm1(luck.spread), digits=1)),
                Cell(percent(expm1(zero), "+", 1)),
                Cell(f"{luck.rank:,} of {luck.starts:,}"),
            )
        )
    return Table(
        "The same in figures",
        "Spread: how much more the high end of the bar ended with than the low one.",
        ("Rank", "Policy", "Starts", "Median", "Spread", "Offset 0", "Rank of offset 0"),
        rows,
    )
