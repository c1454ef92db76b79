"""Charts of the weights: what the portfolio holds, and how far that is from the targets."""

from __future__ import annotations

import numpy as np

from rebalancing.performance.executions import INITIAL
from rebalancing.report.chart import (
    Chart,
    Trace,
    buckets_for,
    flat,
    line,
    percent_axis,
    times_axis,
)
from rebalancing.report.findings import Findings
from rebalancing.report.palette import GREY, INK, style_of
from rebalancing.report.round_marks import edge_axis, round_marks
from rebalancing.report.series import ends, instants, packed

READABLE = 15
"""Borders that can be told from the areas; more are there to be asked for."""


def weights_chart(findings: Findings) -> Chart:
    """Draw the weights as stacked areas, with the targets as their wanted borders."""
    history = findings.record.history
    rows = ends(len(history.time), buckets_for(len(history.assets)))
    time, traces = instants(history.time[rows]), []
    for number, asset in enumerate(history.assets):
        style = style_of(number)
        trace = line(asset, history.time[:1], history.time[:1], style.color, width=0.6)
        traces.append(
            {
                **trace,
                "x": time,
                "y": packed(findings.weights[rows, number]),
                "stackgroup": "weights",
                "fillpattern": {"shape": style.pattern, "solidity": 0.2, "fillmode": "overlay"},
            }
        )
    said = (
        "Stacked, the stake currency on top. The dashed lines are where the borders would "
        "be if every asset had its target weight"
    )
    if findings.bands is not None:
        said += "; the grey strip around each is as wide as the band of the asset below it"
    return Chart(
        "weights",
        "Weights: what share of the portfolio each asset is",
        f"{said}. Tap them in the legend to show or hide them.",
        traces + _borders(findings),
        {
            "xaxis": times_axis(history.time),
            "yaxis": percent_axis(range=[0, 1], hoverformat=",.2%"),
            "hovermode": "x unified",
        },
    )


def _borders(findings: Findings) -> list[Trace]:
    """Draw the borders that the targets want between the areas, and the bands around them."""
    history = findings.record.history
    borders = np.cumsum(history.shown_targets()[:, :-1], axis=1)
    count = borders.shape[1]
    shown = {"hoverinfo": "skip", "visible": True if count <= READABLE else "legendonly"}
    traces: list[Trace] = []
    if findings.bands is not None:
        edge = {"legendgroup": "bands", "width": 0.0, "dash": "solid", **shown}
        for number, (border, band) in enumerate(zip(borders.T, findings.bands.T, strict=False)):
            low, high = np.maximum(border - band, 0.0), np.minimum(border + band, 1.0)
            traces += [
                flat("bands", history.time, low, INK, showlegend=False, **edge),
                flat("bands", history.time, high, INK, showlegend=number == 0, fill="tonexty",
                     fillcolor="rgba(128,128,128,0.5)", **edge),
            ]  # fmt: skip
    for number, border in enumerate(borders.T):
        line_of = {"legendgroup": "targets", "showlegend": number == 0, "width": 1.0, **shown}
        traces.append(flat("targets", history.time, border, INK, **line_of))
    return traces


def asset_chart(findings: Findings) -> Chart:
    """Draw the weight of one asset at a time, with its target and its band."""
    history, targets = findings.record.history, findings.record.history.shown_targets()
    weights = np.where(np.isfinite(findings.drift), findings.weights, np.nan)
    traces: list[Trace] = []
    for number, asset in enumerate(history.assets):
        style, lines = style_of(number), len(history.assets)
        view: list[Trace] = []
        if findings.bands is not None:
            band, wanted = findings.bands[:, number], targets[:, number]
            edge = {"width": 0.8, "dash": "dot", "hoverinfo": "skip"}
            view += [
                flat("band", history.time, np.maximum(wanted - band, 0.0), GREY, showlegend=False,
                     **edge),
                flat("band", history.time, wanted + band, GREY, fill="tonexty",
                     fillcolor="rgba(136,136,136,0.18)", **edge),
            ]  # fmt: skip
        at = np.array([row.before[number] for row in findings.rows if row.number > INITIAL])
        view += [
            flat("target", history.time, targets[:, number], GREY),
            line(asset, history.time, weights[:, number], style.color, lines),
            round_marks(findings, at),
        ]
        traces += [{**trace, "view": number, "visible": number == 0} for trace in view]
    return Chart(
        "asset",
        "One asset: its weight, target and tolerance band",
        "Within the grey band nothing has to be done. The marks are rounds; dots stand at "
        "the weight that was there before their orders.",
        traces,
        {
            "xaxis": times_axis(history.time),
            "yaxis": percent_axis(tickformat=",.1~%", hoverformat=",.2%"),
            **edge_axis(),
            "hovermode": "closest",
        },
        choices=history.assets,
    )
