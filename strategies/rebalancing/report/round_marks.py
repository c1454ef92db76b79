"""The rounds as marks in charts over time."""

from __future__ import annotations

from typing import Any

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.executions import INITIAL
from rebalancing.report.chart import Trace, plain
from rebalancing.report.findings import Findings
from rebalancing.report.palette import ALERT
from rebalancing.report.series import instants, packed
from rebalancing.rounds.tag import round_tag

MANY = 60
"""Rounds from which dots would hide the line: they become ticks at the lower edge."""


def round_times(findings: Findings) -> Vector:
    """Return when the rounds were, without the initial allocation; seconds since 1970."""
    return np.array([row.time for row in findings.rows if row.number > INITIAL])


def round_marks(findings: Findings, values: Vector, **more: Any) -> Trace:
    """Mark each round, with its reason.

    Parameters
    ----------
    values : array, shape (rounds,)
        Where the dots are; ticks of many rounds stand at the lower edge instead.
    **more
        plotly's attributes.

    Returns
    -------
    dict
        A trace; the layout of its chart needs `edge_axis`.
    """
    rows = [row for row in findings.rows if row.number > INITIAL]
    dots: dict[str, Any] = {
        "y": packed(values),
        "marker": {"color": ALERT, "size": 7, "line": {"width": 1, "color": "#ffffff"}},
    }
    ticks: dict[str, Any] = {
        "y": packed(np.full(len(rows), 0.02)),
        "yaxis": "y9",
        "marker": {
            "color": ALERT,
            "symbol": "line-ns-open",
            "size": 9,
            "opacity": 0.7,
            "line": {"width": 1},
        },
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "round",
        "x": instants(round_times(findings)),
        "text": [plain(round_tag(row.number, row.reason)) for row in rows],
        "hovertemplate": "%{text}<br>%{x|%Y-%m-%d %H:%M}<extra></extra>",
        **(ticks if len(rows) >= MANY else dots),
        **more,
    }


def edge_axis() -> dict[str, Any]:
    """Return the axis on which ticks stand at the lower edge of a chart, whatever its scale."""
    axis = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    return {"yaxis9": axis}
