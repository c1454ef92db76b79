"""A single axis of a search: the figures along it."""

from __future__ import annotations

from rebalancing.explore.exploration import Exploration
from rebalancing.report.chart import Chart, Trace
from rebalancing.report.explore.best_of import best_of_places, who_is_shown
from rebalancing.report.explore.hover import figures_shown, mark, marked, template
from rebalancing.report.explore.policy_words import configured
from rebalancing.report.explore.scale import Scale
from rebalancing.report.explore.theory_lines import theory_lines
from rebalancing.report.round_marks import edge_axis


def along_axis(found: Exploration, x: Scale, choices: tuple[str, ...]) -> Chart:
    """Draw premium, drawdown or turnover along an axis.

    Parameters
    ----------
    choices : tuple of str
        What these three are called.
    """
    at, places = best_of_places(found, x)
    values = [found.figures.premium, found.figures.max_drawdown, found.figures.turnover]
    line: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "policies",
        "showlegend": False,
        "x": at.tolist(),
        "customdata": figures_shown(found, places),
        "hovertemplate": template(found),
        "line": {"color": "--accent", "width": 1.8},
        "views": [{"y": own[places].tolist()} for own in values],
    }
    marks = []
    for place in marked(found):
        position = x.position(configured(found.policies[place], x.axis.name))
        if position is not None:
            views = [{"y": [float(own[place])]} for own in values]
            marks.append({**mark(found, place, position, 0.0), "views": views})
    lines, said = theory_lines(found, x)
    return Chart(
        f"along-{x.axis.name}",
        f"Along the {x.title.lower()}",
        " ".join([who_is_shown(found, "point", (x,)), *said]),
        [line, *lines, *marks],
        {
            "xaxis": x.layout(type="linear"),
            "yaxis": {"tickformat": "+,.2~%"},
            **edge_axis(),
            "hovermode": "closest",
        },
        choices=choices,
        views=({}, {"yaxis": {"tickformat": ",.2~%"}}, {"yaxis": {"tickformat": ",~r"}}),
    )
