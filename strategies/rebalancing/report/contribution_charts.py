"""Charts of who contributed what, and who paid for whom."""

from __future__ import annotations

import numpy as np

from rebalancing.portfolio import Vector
from rebalancing.report.chart import Chart, Trace, line, money_axis, plain, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import ALERT, HODL, NAV, style_of
from rebalancing.report.series import packed


def contribution_chart(findings: Findings) -> Chart:
    """The change of the NAV, bar by bar: gains, fees and cash flows."""
    history, attribution = findings.record.history, findings.attribution
    order = np.argsort(-attribution.gains[-1], kind="stable")
    names = [plain(history.assets[i]) for i in order]
    amounts = list(attribution.gains[-1][order])
    names, amounts = [*names, "fees"], [*amounts, -float(attribution.fees[-1])]
    if findings.flows.any():
        names, amounts = [*names, "cash flows"], [*amounts, float(attribution.flows[-1])]
    names, amounts = [*names, "change of NAV"], [*amounts, float(attribution.change[-1])]
    colors = [NAV if amount >= 0 else ALERT for amount in amounts]
    colors[-1] = HODL
    return Chart(
        "contribution",
        f"Where the change of the NAV came from, in {history.stake}",
        "The price gain of each asset, fees and cash flows; they add up to the change of the NAV, "
        "to the cent." + _fees_said(findings),
        [
            {
                "type": "bar",
                "x": names,
                "y": packed(np.array(amounts), "f8"),
                "marker": {"color": colors},
                "hovertemplate": "%{x}: %{y:+,.6~r} " + plain(history.stake) + "<extra></extra>",
            }
        ],
        {
            "xaxis": {"type": "category", "tickangle": -45},
            "yaxis": money_axis(history.stake, zeroline=True),
            "showlegend": False,
        },
    )


def _fees_said(findings: Findings) -> str:
    sold = findings.record.is_sold
    return "" if sold else " The fees of selling everything now are among them, and off that NAV."


def gains_chart(findings: Findings) -> Chart:
    """The price gain of each asset over time."""
    history = findings.record.history
    return Chart(
        "gains",
        f"Price gain of each asset so far, in {history.stake}",
        "What its sales brought and what is held of it is worth, less what its purchases cost.",
        _lines(findings, findings.attribution.gains, len(history.assets) - 1),
        {
            "xaxis": times_axis(),
            "yaxis": money_axis(history.stake, zeroline=True),
            "hovermode": "closest",
        },
    )


def subsidy_chart(findings: Findings) -> Chart:
    """What each asset has received from the others through rounds."""
    history = findings.record.history
    return Chart(
        "subsidy",
        f"Who paid for whom: what each asset received from the others, in {history.stake}",
        "Purchases less sales of the rounds so far. A line that rises is an asset the others "
        "pay for; if its price falls all the while, they carry it. A line that falls pays. "
        "The stake currency's line counts fees and the deposits that rounds invest.",
        _lines(findings, findings.received, len(history.assets)),
        {
            "xaxis": times_axis(),
            "yaxis": money_axis(history.stake, zeroline=True),
            "hovermode": "closest",
        },
    )


def _lines(findings: Findings, table: Vector, columns: int) -> list[Trace]:
    history = findings.record.history
    time = np.append(history.time, history.time[-1])
    styles = [style_of(number) for number in range(columns)]
    return [
        line(
            *(history.assets[number], time, table[:, number], styles[number].color, columns),
            dash=styles[number].dash,
            width=1.5,
        )
        for number in range(columns)
    ]
