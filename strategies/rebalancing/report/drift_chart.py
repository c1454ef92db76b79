"""The chart of the drift: the largest of all, and that of one asset."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.report.chart import Chart, Trace, flat, line, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import GREY, style_of
from rebalancing.report.round_marks import edge_axis, round_marks, round_times


def drift_chart(findings: Findings) -> Chart:
    """Between the most underweight and the most overweight, one asset at a time."""
    history = findings.record.history
    drift = findings.drift * 100
    low, high = _bounds(drift)
    traces: list[Trace] = [
        line("most underweight of all", history.time, low, GREY, width=0.8, showlegend=False),
        line("all assets", history.time, high, GREY, width=0.8, fill="tonexty",
             fillcolor="rgba(136,136,136,0.25)"),
    ]  # fmt: skip
    for number, asset in enumerate(history.assets):
        traces.append(
            line(asset, history.time, drift[:, number], style_of(number).color,
                 len(history.assets), width=1.6, view=number, visible=number == 0)
        )  # fmt: skip
    furthest = np.where(high >= -low, high, low)
    at = np.interp(round_times(findings), history.time, np.nan_to_num(furthest))
    return Chart(
        "drift",
        "Drift: how far the weights are from their targets, in points",
        "In percentage points of the portfolio, before the orders of each candle. The grey area "
        "reaches from the most underweight asset to the most overweight one; the line is one "
        f"asset.{_bands_said(findings)}",
        [*traces, *_edges(findings), round_marks(findings, at)],
        {
            "xaxis": times_axis(history.time),
            "yaxis": {"hoverformat": "+.2f", "zeroline": True},
            **edge_axis(),
            "hovermode": "closest",
        },
        choices=history.assets,
    )


def _bounds(drift: Vector) -> tuple[Vector, Vector]:
    """Return the lowest and the highest of each moment; NaN where nothing is known."""
    known = np.isfinite(drift)
    low = np.where(known, drift, np.inf).min(axis=1)
    high = np.where(known, drift, -np.inf).max(axis=1)
    nothing = ~known.any(axis=1)
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def _edges(findings: Findings) -> list[Trace]:
    """Return the band, if it is the same for all."""
    if findings.bands is None or np.ptp(findings.bands) > 0:
        return []
    time, band = findings.record.history.time, findings.bands[:, 0] * 100
    dotted = {"dash": "dot", "hoverinfo": "skip", "legendgroup": "band"}
    return [
        flat("band", time, edge, GREY, showlegend=is_first, **dotted)
        for edge, is_first in ((band, True), (-band, False))
    ]


def _bands_said(findings: Findings) -> str:
    if findings.bands is None:
        return " This policy has no threshold, so there are no bands."
    if np.ptp(findings.bands) > 0:
        return " The bands differ from asset to asset: see the chart of one asset."
    return " The dotted lines are the band."
