"""Charts of risk: drawdown and rolling volatility."""

from __future__ import annotations

from rebalancing.performance.drawdowns import falls
from rebalancing.performance.rolling import WINDOW
from rebalancing.report.chart import Chart, line, percent_axis, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import HODL, NAV
from rebalancing.report.premium_charts import SOFT


def drawdown_chart(findings: Findings) -> Chart:
    """How far below its highest value, the portfolio and HODL."""
    time = findings.record.history.time
    return Chart(
        "drawdown",
        "Drawdown: how far below the highest value so far",
        "Of the portfolio and of HODL, cash flows taken out.",
        [
            line("portfolio", time, falls(findings.units), NAV, fill="tozeroy", fillcolor=SOFT),
            line("HODL", time, falls(findings.hodl_units), HODL, dash="dash"),
        ],
        {"xaxis": times_axis(time), "yaxis": percent_axis(), "hovermode": "x unified"},
        height=340,
    )


def volatility_chart(findings: Findings) -> Chart | None:
    """Draw the volatility of the last days; none for a run shorter than them."""
    own, held = findings.rolling, findings.hodl_rolling
    if not len(own.time):
        return None
    return Chart(
        "volatility",
        f"Volatility of the last {WINDOW} days",
        "Standard deviation of daily returns, for a year of 365 days.",
        [
            line("portfolio", own.time, own.volatility, NAV),
            line("HODL", held.time, held.volatility, HODL, dash="dash"),
        ],
        {
            "xaxis": times_axis(findings.record.history.time),
            "yaxis": percent_axis(hoverformat=",.1%", rangemode="tozero"),
            "hovermode": "x unified",
        },
        height=320,
    )
