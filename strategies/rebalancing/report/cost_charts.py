"""Charts of what rebalancing costs: turnover and fees."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.executions import INITIAL
from rebalancing.performance.summary import turnovers
from rebalancing.report.chart import Chart, Trace, money_axis, times_axis
from rebalancing.report.findings import Findings
from rebalancing.report.palette import ALERT, NAV
from rebalancing.report.series import instants, packed


def cost_chart(findings: Findings) -> Chart:
    """Cumulative turnover of the rounds and fees of all orders."""
    history, orders = findings.record.history, findings.record.history.executions
    time = np.concatenate([history.time[:1], orders.time, history.time[-1:]])
    turned = np.where(orders.round > INITIAL, turnovers(history), 0.0)
    fees, turnover = _running(orders.fees), _running(turned)
    return Chart(
        "costs",
        f"Turnover and fees so far, in times NAV and in {history.stake}",
        "Above: how many times the portfolio was turned over by rounds. Below: the fees of all "
        "orders, the first purchase and a backtest's closing sale among them.",
        [
            _steps("turnover", time, turnover, NAV, yaxis="y"),
            _steps("fees", time, fees, ALERT, yaxis="y2"),
        ],
        {
            "xaxis": times_axis(history.time, anchor="y2"),
            "yaxis": {"domain": [0.55, 1], "hoverformat": ".3f", "rangemode": "tozero"},
            "yaxis2": money_axis(domain=[0, 0.45], rangemode="tozero"),
            "hovermode": "x",
        },
    )


def _running(changes: Vector) -> Vector:
    sums = np.cumsum(changes)
    return np.concatenate([[0.0], sums, sums[-1:]])


def _steps(name: str, time: Vector, values: Vector, color: str, **more: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": instants(time),
        "y": packed(values),
        "line": {"color": color, "shape": "hv", "width": 1.8},
        **more,
    }
