"""Charts of value: NAV and what it is compared with, premium, drawdown."""

from __future__ import annotations

import numpy as np

from rebalancing.performance.executions import INITIAL
from rebalancing.performance.single import held_alone
from rebalancing.portfolio import Vector
from rebalancing.report.chart import Chart, line, marks, money_axis, percent_axis, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import ALERT, HODL, MIX, NAV, style_of


def value_chart(findings: Findings) -> Chart:
    """NAV against HODL, the constant mix, and each asset held alone."""
    history = findings.record.history
    alone = held_alone(history)
    lines = alone.shape[1] + 3
    traces = [
        line("NAV", history.time, findings.nav, NAV, width=2.6),
        line("HODL", history.time, findings.hodl_nav, HODL, dash="dash", width=2.2),
    ]
    if not findings.flows[1:].any():  # it is known for one unit only
        mix = findings.mix_units * history.start
        traces.append(line("constant mix, no fees", history.time, mix, MIX, dash="dot", width=1.4))
    for number, asset in enumerate(history.assets[:-1]):
        if np.isfinite(alone[:, number]).any():
            style = style_of(number)
            traces.append(
                line(
                    f"only {asset}",
                    history.time,
                    alone[:, number],
                    style.color,
                    lines,
                    width=1.0,
                    dash=style.dash,
                    visible="legendonly",
                )
            )
    return Chart(
        "value",
        f"Value of the portfolio, against holding, in {history.stake}",
        "NAV is the portfolio, HODL its first purchase simply held, with the same deposits, "
        "withdrawals and fees. Tap a name of the legend to add what the same money would be in "
        "that asset alone.",
        traces,
        {
            "xaxis": times_axis(),
            "yaxis": money_axis(history.stake),
            "hovermode": "x unified",
        },
        has_log=True,
    )


def premium_chart(findings: Findings) -> Chart:
    """The premium over time, with the rounds."""
    history, premium = findings.record.history, findings.premium
    time, texts = round_marks(findings)
    at = np.interp(time, history.time, premium)
    return Chart(
        "premium",
        f"Rebalancing premium over time, in {history.stake}",
        "NAV less HODL NAV, as if both were sold at that moment, after fees. Above zero "
        "rebalancing is ahead of holding. Each dot is a round: it moves money, the premium "
        "comes from what prices do after it.",
        [
            line("premium", history.time, premium, NAV, fill="tozeroy",
                 fillcolor="rgba(0,114,178,0.15)"),
            marks("round", time, at, texts, marker={"color": ALERT, "size": 7,
                  "line": {"width": 1, "color": "#ffffff"}}),
        ],
        {"xaxis": times_axis(), "yaxis": money_axis(history.stake), "hovermode": "closest"},
    )  # fmt: skip


def drawdown_chart(findings: Findings) -> Chart:
    """How far below its highest value, the portfolio and HODL."""
    time = findings.record.history.time
    return Chart(
        "drawdown",
        "Drawdown: how far below the highest value so far",
        "Of the portfolio and of HODL, cash flows taken out.",
        [
            line("portfolio", time, _fall(findings.units), NAV, fill="tozeroy",
                 fillcolor="rgba(0,114,178,0.15)"),
            line("HODL", time, _fall(findings.hodl_units), HODL, dash="dash"),
        ],
        {"xaxis": times_axis(), "yaxis": percent_axis("below the peak"), "hovermode": "x unified"},
    )  # fmt: skip


def growth_chart(all_findings: dict[str, Findings]) -> Chart:
    """The growth of several records side by side."""
    traces = []
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
        {"xaxis": times_axis(), "yaxis": percent_axis("return"), "hovermode": "x unified"},
    )


def premiums_chart(all_findings: dict[str, Findings]) -> Chart:
    """The premium of several records, as a share of HODL."""
    traces = [
        line(name, findings.record.history.time, _share(findings), style_of(number).color,
             len(all_findings), dash=style_of(number).dash)
        for number, (name, findings) in enumerate(all_findings.items())
    ]  # fmt: skip
    return Chart(
        "premiums",
        "Premium over holding, side by side, as a share of HODL",
        "NAV less HODL NAV over HODL NAV, after fees.",
        traces,
        {"xaxis": times_axis(), "yaxis": percent_axis("of HODL"), "hovermode": "x unified"},
    )


def round_marks(findings: Findings) -> tuple[Vector, list[str]]:
    """Return the times and titles of the rounds, without the initial allocation."""
    rows = [row for row in findings.rows if row.number > INITIAL]
    return np.array([row.time for row in rows]), [f"r{row.number} {row.reason}" for row in rows]


def _fall(units: Vector) -> Vector:
    fall: Vector = units / np.maximum.accumulate(units) - 1
    return fall


def _share(findings: Findings) -> Vector:
    held = findings.hodl_nav
    return np.divide(findings.premium, held, out=np.zeros(len(held)), where=held > 0)
