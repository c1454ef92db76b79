"""What is told of a policy that is pointed at, and the marks of the chosen and the present one."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np

from rebalancing.explore.exploration import Exploration, Whole
from rebalancing.numbers import decimals, percent
from rebalancing.report.chart import Trace, plain
from rebalancing.report.explore.policy_words import settings_text
from rebalancing.report.explore.returns import returns_of

FIGURES = ("premium", "max_drawdown", "turnover", "rounds", "fees", "mean_drift")

WIDEST = 44
"""Letters of a line."""


def wrapped(text: str) -> str:
    """Break a text into lines that a phone has room for, as plotly reads it.

    Examples
    --------
    >>> wrapped("period 12h, threshold <0.05, destination edge, scope all")
    'period 12h, threshold &lt;0.05, destination<br>edge, scope all'
    """
    return "<br>".join(plain(line) for line in wrap(text, WIDEST))


def figures_shown(found: Exploration, places: Whole) -> list[list[Any]]:
    """Return what `template` shows of each policy."""
    columns = [getattr(found.figures, name)[places] for name in FIGURES]
    rows = np.column_stack([*columns, returns_of(found, places)]).tolist()
    words = [wrapped(settings_text(found, int(place))) for place in places]
    apart = [percent(value, digits=1) for value in found.figures.tracking_error[places].tolist()]
    return [
        [word, *(float(f"{value:.6g}") for value in row), text]
        for word, row, text in zip(words, rows, apart, strict=True)
    ]


def template(found: Exploration) -> str:
    """Return plotly's words for a point that carries `figures_shown`."""
    stake = plain(found.ground.stake)
    digits = decimals(found.ground.stake)
    return (
        "<b>%{customdata[0]}</b><br>premium %{customdata[1]:+.2%}, return %{customdata[7]:+.1%}<br>"
        "drawdown %{customdata[2]:.1%}, tracking error %{customdata[8]}<br>"
        "turnover %{customdata[3]:,.2f} x NAV a year, %{customdata[4]:,} rounds<br>"
        f"fees %{{customdata[5]:,.{digits}f}} {stake}, mean drift %{{customdata[6]:.2%}}"
        "<extra></extra>"
    )


def mark(found: Exploration, place: int, x: float, y: float) -> Trace:
    """Mark the chosen or the present policy at a point."""
    is_chosen = place == found.chosen
    name = "chosen policy" if is_chosen else "present policy"
    if found.chosen == found.present:
        name = "chosen and present policy"
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [x],
        "y": [y],
        "customdata": figures_shown(found, np.array([place])),
        "hovertemplate": template(found),
        "marker": {
            "symbol": "star" if is_chosen else "diamond",
            "size": 16 if is_chosen else 22,
            "color": "--paper",
            "line": {"color": "--ink", "width": 2},
        },
    }


def marked(found: Exploration) -> list[int]:
    """Return the places to mark: the present policy if it is another, and on top the chosen one."""
    return [place for place in (found.present,) if place not in (None, found.chosen)] + [
        found.chosen
    ]
