"""A chart: a title that says what it shows, and what plotly draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any, ClassVar

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.report.series import extremes, instants, packed

BUCKETS = 1000
"""Stretches into which one line is divided; a chart of many lines has fewer."""

BUDGET = 8_000
"""Stretches of all lines of a chart together."""

Trace = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """What the page shows in one place.

    Parameters
    ----------
    key : str
        Its name within the page.
    title : str
        What it shows.
    note : str
        How to read it, a sentence or two.
    traces : list of dict
        plotly's data.
    layout : dict
        plotly's layout, without colours and fonts: these are the page's.
    choices : tuple of str
        Titles of the views from which one is chosen; the traces of a view carry its number as
        "view", those without one are in all of them; a trace's "views" are what each view changes
        in it. Empty: there is one view only.
    views : tuple of dict
        What each view changes in the layout; empty if none changes anything.
    scales : str
        "both" offers a logarithmic scale, "log" offers it and begins with it; empty for neither.
    height : int
        Pixels.
    """

    kind: ClassVar[str] = "chart"

    key: str
    title: str
    note: str
    traces: list[Trace]
    layout: dict[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    views: tuple[dict[str, Any], ...] = ()
    scales: str = ""
    height: int = 420

    def as_json(self) -> dict[str, Any]:
        """Return what the page's script draws."""
        return {
            "key": self.key,
            "data": self.traces,
            "layout": self.layout,
            "views": self.views,
            "logarithmic": self.scales == "log",
            "height": self.height,
        }


def plain(text: str) -> str:
    """Write a text so that plotly shows it as it is: it takes tags and some entities for its own.

    Examples
    --------
    >>> plain("<b>&'")
    "&lt;b&gt;&amp;'"
    """
    return escape(text, quote=False)


def buckets_for(lines: int) -> int:
    """Share the budget of points among the lines of a chart."""
    return max(200, min(BUCKETS, BUDGET // max(1, lines)))


def line(name: str, time: Vector, values: Vector, color: str, lines: int = 1, **more: Any) -> Trace:
    """Draw a line through the lowest and highest points of it.

    Parameters
    ----------
    name : str
        For the legend; any text.
    time : array, shape (n,)
        Seconds since 1970.
    values : array, shape (n,)
        NaN for gaps.
    color : str
        Of the line.
    lines : int
        How many such lines the chart has.
    **more
        plotly's attributes; "dash" and "width" are those of the line.
    """
    rows = extremes(values, buckets_for(lines))
    style = {"color": color, "width": more.pop("width", 1.8), "dash": more.pop("dash", "solid")}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(name),
        "x": instants(time[rows]),
        "y": packed(values[rows]),
        "line": style,
        **more,
    }


def flat(name: str, time: Vector, values: Vector, color: str, **more: Any) -> Trace:
    """Draw a line that is mostly flat: only the points where it changes, as steps."""
    changes = np.flatnonzero(np.diff(values, prepend=np.nan) != 0)
    rows = np.unique(np.append(changes, len(values) - 1))
    style = {"color": color, "width": more.pop("width", 1.5), "dash": more.pop("dash", "dash")}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(name),
        "x": instants(time[rows]),
        "y": packed(values[rows]),
        "line": {**style, "shape": "hv"},
        **more,
    }


def money_axis(**more: Any) -> dict[str, Any]:
    """Return an axis in the stake currency, which the title of the chart names."""
    return {"tickformat": ",~r", "hoverformat": ",.6~r", "exponentformat": "none", **more}


def percent_axis(**more: Any) -> dict[str, Any]:
    """Return an axis of fractions, shown as percentages."""
    return {"tickformat": ",.0~%", "hoverformat": "+,.2%", **more}


def times_axis(time: Vector, **more: Any) -> dict[str, Any]:
    """Return the axis of time, UTC, from the first of these moments to the last.

    It is the same in all charts of a run, which are zoomed together.
    """
    whole = [float(time[0]) * 1000, float(time[-1]) * 1000]
    return {"type": "date", "range": whole, "hoverformat": "%Y-%m-%d %H:%M", **more}
