"""Charts of value: NAV and what it is compared with."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.single import held_alone
from rebalancing.report.chart import Chart, Trace, line, money_axis, percent_axis, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import GREY, HODL, INK, MIX, NAV, style_of

WIDE = 5.0
"""Highest over lowest NAV from which the chart begins with a logarithmic scale."""


def value_chart(findings: Findings) -> Chart:
    """NAV against HODL, the constant mix, and one asset alone, with the ratio of the first two."""
    history = findings.record.history
    time, nav, held = history.time, findings.nav, findings.hodl_nav
    alone = held_alone(history)
    traces: list[Trace] = [
        line("NAV", time, nav, NAV, width=2.6),
        line("HODL", time, held, HODL, dash="dash", width=2.2),
    ]
    if not findings.flows[1:].any():  # it is known for one unit only
        mix = findings.mix_units * history.start
        traces.append(line("constant mix, no fees", time, mix, MIX, dash="dot", width=1.4))
    choices = ["no asset alone"]
    for number, asset in enumerate(history.assets[:-1]):
        if np.isfinite(alone[:, number]).any():
            view = len(choices)
            choices.append(f"only {asset}")
            traces.append(
                line(choices[-1], time, alone[:, number], INK, len(history.assets), width=1.0,
                     view=view, visible=False)
            )  # fmt: skip
    over = np.divide(nav, held, out=np.ones(len(nav)), where=held > 0)
    traces.append(line("NAV / HODL", time, over, NAV, width=1.6, yaxis="y2"))
    return Chart(
        "value",
        f"Value of the portfolio, against holding, in {history.stake}",
        "NAV is the portfolio, HODL its first purchase simply held, with the same deposits, "
        "withdrawals and fees. Below: NAV / HODL, above 1 where rebalancing is ahead.",
        traces,
        {
            "xaxis": times_axis(time, anchor="y2"),
            "yaxis": money_axis(domain=[0.36, 1]),
            "yaxis2": {"domain": [0, 0.27], "tickformat": ".4~f", "hoverformat": ".4f"},
            "hovermode": "x unified",
            "shapes": [
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": 0,
                    "x1": 1,
                    "yref": "y2",
                    "y0": 1,
                    "y1": 1,
                    "line": {"color": GREY, "width": 1},
                }
            ],
        },
        choices=tuple(choices),
        scales="log" if _factor(nav) >= WIDE else "both",
        height=520,
    )


def growth_chart(all_findings: dict[str, Findings]) -> Chart:
    """Draw the growth of several records side by side."""
    traces: list[Trace] = []
    for number, (name, findings) in enumerate(all_findings.items()):
        style, time = style_of(number), findings.record.history.time
        lines = 2 * len(all_findings)
        traces += [
            line(name, time, findings.units - 1, style.color, lines, width=2.2),
            line(f"{name}: HODL", time, findings.hodl_units - 1, style.color, lines, dash="dot",
                 width=1.2),
        ]  # fmt: skip
    return Chart(
        "growth",
        "Growth of one unit, side by side",
        "Time-weighted return of each result and, dotted, of holding its first purchase.",
        traces,
        {
            "xaxis": times_axis(all_moments(all_findings)),
            "yaxis": percent_axis(),
            "hovermode": "x unified",
        },
    )


def all_moments(all_findings: dict[str, Findings]) -> Vector:
    """Return the first and the last moment of several records."""
    times = [findings.record.history.time for findings in all_findings.values()]
    return np.array([min(time[0] for time in times), max(time[-1] for time in times)])


def _factor(values: Vector) -> float:
    lowest = float(values.min())
    return float(values.max()) / lowest if lowest > 0 else 0.0
