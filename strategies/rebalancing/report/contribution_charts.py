"""Charts of who contributed what, and who paid for whom."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.report.chart import Chart, Trace, line, money_axis, plain, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import ALERT, GREY, NAV, style_of
from rebalancing.report.series import packed

SHOWN = 12
"""Assets with a bar, or a line, of their own; the others are one bar, or asked for."""

Step = tuple[str, float]


def contribution_chart(findings: Findings) -> Chart:
    """Draw the change of the NAV as a waterfall: gains, fees, cash flows, and their sum."""
    history = findings.record.history
    steps = [*_gains(findings), ("fees", -float(findings.attribution.fees[-1]))]
    if findings.flows.any():
        steps.append(("cash flows", float(findings.attribution.flows[-1])))
    change = float(findings.attribution.change[-1])
    sizes = np.array([size for _, size in steps])
    names = [*(plain(name) for name, _ in steps), "change of NAV"]
    colors = [*(NAV if size >= 0 else ALERT for size in sizes), GREY]
    return Chart(
        "contribution",
        f"Where the change of the NAV came from, in {history.stake}",
        "The price gain of each asset, fees and cash flows. Each bar begins where the one above "
        f"it ends; they add up to the change of the NAV, to the cent.{_fees_said(findings)}",
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": names,
                "x": packed(np.append(sizes, change), "f8"),
                "base": packed(np.append(np.cumsum(sizes) - sizes, 0.0), "f8"),
                "marker": {"color": colors},
                "customdata": packed(np.append(sizes, change), "f8"),
                "hovertemplate": "%{y}: %{customdata:+,.6~r} "
                + plain(history.stake)
                + "<extra></extra>",
            }
        ],
        {
            "xaxis": money_axis(zeroline=True, zerolinecolor=GREY, nticks=6, tickangle=0),
            "yaxis": {"type": "category", "autorange": "reversed"},
            "showlegend": False,
            "bargap": 0.35,
        },
        height=90 + 28 * len(names),
    )


def _gains(findings: Findings) -> list[Step]:
    """Draw the gains of the assets, the largest first; those of many small ones together."""
    assets, gains = findings.record.history.assets, findings.attribution.gains[-1]
    order = np.argsort(-gains, kind="stable")
    largest = set(np.argsort(-np.abs(gains), kind="stable")[:SHOWN].tolist())
    if len(gains) == SHOWN + 1:
        largest = set(range(len(gains)))
    steps = [(assets[i], float(gains[i])) for i in order if i in largest]
    if len(gains) > len(largest):
        rest = float(sum(gains[i] for i in order if i not in largest))
        steps.append((f"{len(gains) - len(largest)} others", rest))
    return steps


def _fees_said(findings: Findings) -> str:
    sold = findings.record.is_sold
    return "" if sold else " The fees of selling everything now are among them, and off that NAV."


def gains_chart(findings: Findings) -> Chart:
    """Draw the price gain of each asset over time."""
    history = findings.record.history
    return Chart(
        "gains",
        f"Price gain of each asset so far, in {history.stake}",
        "What its sales brought and what is held of it is worth, less what its purchases cost."
        + _rest_said(len(history.assets) - 1),
        _lines(findings, findings.attribution.gains, len(history.assets) - 1),
        _layout(history.time),
    )


def subsidy_chart(findings: Findings) -> Chart:
    """Draw what each asset has received from the others through rounds."""
    history = findings.record.history
    return Chart(
        "subsidy",
        f"Who paid for whom: what each asset received from the others, in {history.stake}",
        "Purchases less sales of the rounds so far. A line that rises is an asset the others "
        "pay for; if its price falls all the while, they carry it. A line that falls pays. "
        "The stake currency's line counts fees and the deposits that rounds invest."
        + _rest_said(len(history.assets)),
        _lines(findings, findings.received, len(history.assets)),
        _layout(history.time),
    )


def _layout(time: Vector) -> dict[str, object]:
    yaxis = money_axis(zeroline=True)
    return {"xaxis": times_axis(time), "yaxis": yaxis, "hovermode": "closest"}


def _rest_said(columns: int) -> str:
    if columns <= SHOWN:
        return ""
    return f" The {SHOWN} that end furthest from zero are drawn; tap others in the legend."


def _lines(findings: Findings, table: Vector, columns: int) -> list[Trace]:
    history = findings.record.history
    time = np.append(history.time, history.time[-1])
    styles = [style_of(number) for number in range(columns)]
    furthest = set(np.argsort(-np.abs(table[-1, :columns]), kind="stable")[:SHOWN].tolist())
    return [
        line(
            *(history.assets[number], time, table[:, number], styles[number].color, columns),
            dash=styles[number].dash,
            width=1.5,
            visible=True if number in furthest else "legendonly",
        )
        for number in range(columns)
    ]
