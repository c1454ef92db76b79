"""Charts of the premium: over time, and for who would have started later."""

from __future__ import annotations

import numpy as np

from rebalancing.report.chart import Chart, line, money_axis, percent_axis, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import NAV, style_of
from rebalancing.report.round_marks import edge_axis, round_marks, round_times
from rebalancing.report.value_charts import all_moments

SOFT = "rgba(0,114,178,0.15)"


def premium_chart(findings: Findings) -> Chart:
    """Draw the premium over time, as a share of HODL or in money, with the rounds."""
    history = findings.record.history
    traces = []
    for view, values in enumerate((findings.premium_path.share, findings.premium)):
        shown = {"view": view, "visible": view == 0}
        at = np.interp(round_times(findings), history.time, values)
        traces += [
            line("premium", history.time, values, NAV, fill="tozeroy", fillcolor=SOFT, **shown),
            round_marks(findings, at, **shown),
        ]
    return Chart(
        "premium",
        "Rebalancing premium over time",
        "NAV less HODL NAV, as if both were sold at that moment, after fees. Above zero "
        "rebalancing is ahead of holding. Each mark is a round: it moves money, the premium "
        "comes from what prices do after it.",
        traces,
        {
            "xaxis": times_axis(history.time),
            "yaxis": percent_axis(tickformat=",.2~%"),
            **edge_axis(),
            "hovermode": "closest",
        },
        choices=("in % of HODL", f"in {history.stake}"),
        views=({}, {"yaxis": money_axis()}),
    )


def starts_chart(findings: Findings) -> Chart | None:
    """Draw the premium by day of the start; none for a run of a few days."""
    starts, history = findings.starts, findings.record.history
    if len(starts.time) < 3:
        return None
    return Chart(
        "starts",
        "Premium for a start on each day",
        "What the premium at the end would be for somebody who had taken over the portfolio on "
        "that day, against keeping those coins until the end. A line that is often on the "
        "other side of zero says: the result above depends on its first day.",
        [line("premium", starts.time, starts.premium, NAV, fill="tozeroy", fillcolor=SOFT)],
        {
            "xaxis": times_axis(history.time),
            "yaxis": percent_axis(tickformat=",.2~%"),
            "hovermode": "x",
        },
        height=320,
    )


def premiums_chart(all_findings: dict[str, Findings]) -> Chart:
    """Draw the premium of several records, as a share of HODL."""
    traces = [
        line(name, findings.record.history.time, findings.premium_path.share,
             style_of(number).color, len(all_findings), dash=style_of(number).dash)
        for number, (name, findings) in enumerate(all_findings.items())
    ]  # fmt: skip
    return Chart(
        "premiums",
        "Premium over holding, side by side, in % of HODL",
        "NAV less HODL NAV over HODL NAV, after fees.",
        traces,
        {
            "xaxis": times_axis(all_moments(all_findings)),
            "yaxis": percent_axis(tickformat=",.2~%"),
            "hovermode": "x unified",
        },
    )
