"""The numbers of a report, each with its name, its text and what it means."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from rebalancing.numbers import minute, money, percent, points
from rebalancing.report.details import details_of
from rebalancing.report.figure import FOR_SCRIPTS, Figure, Value
from rebalancing.report.findings import Findings
from rebalancing.report.premium_figures import premium_figures
from rebalancing.report.risk_figures import calendar_figures, risk_figures


def figures_of(findings: Findings) -> list[Figure]:
    """Return all numbers of a record, in the order in which they are read."""
    return [
        *_outcome(findings),
        *premium_figures(findings),
        *risk_figures(findings),
        *calendar_figures(findings),
        *_trading(findings),
        *_targets(findings),
    ]


def as_json(findings: Findings) -> dict[str, object]:
    """Return the numbers by key, for scripts, with all that has more than one value."""
    history, attribution = findings.record.history, findings.attribution
    coins = history.assets[:-1]
    return {
        "stake": history.stake,
        "kind": findings.record.kind,
        "source": findings.record.source,
        **{figure.key: _defined(figure.value) for figure in figures_of(findings)},
        "gains": dict(zip(coins, attribution.gains[-1].tolist(), strict=True)),
        "received": dict(zip(history.assets, findings.received[-1].tolist(), strict=True)),
        **details_of(findings),
    }


def _defined(value: Value) -> Value:
    """JSON knows no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _outcome(findings: Findings) -> Iterator[Figure]:
    summary, history = findings.summary, findings.record.history
    figure = partial(Figure, group="Outcome")
    cash = partial(money, stake=history.stake)
    share = summary.premium_share
    sold = "everything sold, after fees" if findings.record.is_sold else "at market, nothing sold"
    for key, label, value, meaning in (
        ("start", "Started with", history.start, "Stake currency at the beginning."),
        ("flows", "Deposits less withdrawals", float(findings.attribution.flows[-1]),
         "Cash flows after the beginning, coins brought in among them."),
        ("nav", "NAV", float(findings.nav[-1]), f"Value of the portfolio at the end, {sold}."),
        ("hodl_nav", "HODL NAV", float(findings.hodl_nav[-1]),
         f"The initial allocation, held, with the same cash flows and fees; {sold}."),
    ):  # fmt: skip
        is_told = key != "flows" or bool(findings.flows.any())
        group = "Outcome" if is_told else FOR_SCRIPTS
        yield Figure(key, group, label, value, cash(value), meaning)
    yield figure(
        "premium", label="Premium", value=summary.premium,
        text=f"{percent(share, '+')} of HODL ({cash(summary.premium, sign='+')})",
        meaning="What rebalancing was worth: NAV less HODL NAV, both sold, after the same fees.",
    )  # fmt: skip
    yield Figure(
        "stranded", "Outcome" if summary.stranded else FOR_SCRIPTS, "In coins without candles",
        summary.stranded, f"{percent(summary.stranded)} of the NAV",
        "What could not be sold at the end; it counts at its last close.",
    )  # fmt: skip
    yield Figure(
        "premium_share", FOR_SCRIPTS, label="Premium, share", value=share, text=percent(share, "+"),
        meaning="Premium over HODL NAV.",
    )  # fmt: skip
    yield figure("fee", label="Fee rate", value=history.fee, text=percent(history.fee, digits=3),
                 meaning="Fraction of every notional, taken for sells still to come.")  # fmt: skip
    yield figure("begin", label="From", value=summary.begin, text=minute(summary.begin),
                 meaning="First candle, UTC.")  # fmt: skip
    yield figure("end", label="To", value=summary.end, text=minute(summary.end),
                 meaning="Last candle, UTC.")  # fmt: skip


def _trading(findings: Findings) -> Iterator[Figure]:
    summary = findings.summary
    figure = partial(Figure, group="Trading")
    fees = float(findings.attribution.fees[-1])
    yield figure(
        "rounds", label="Rounds", value=summary.rounds,
        text=f"{summary.rounds:,} ({summary.orders:,} orders)",
        meaning="Without the initial allocation and the closing.",
    )  # fmt: skip
    orders = f"{summary.orders:,}"
    yield Figure("orders", FOR_SCRIPTS, "Orders", summary.orders, orders, "Of these rounds.")
    yield figure(
        "turnover", label="Turnover a year", value=summary.turnover,
        text=f"{summary.turnover:,.2f} x NAV", meaning="Half the notionals of these rounds / NAV.",
    )  # fmt: skip
    yield figure(
        "fees", label="Fees paid", value=summary.fees,
        text=money(summary.fees, summary.stake),
        meaning="Of all orders, the initial and the closing ones among them.",
    )  # fmt: skip
    to_come = fees - summary.fees
    yield Figure(
        "fees_to_come", FOR_SCRIPTS if findings.record.is_sold else "Trading", "Fees of selling",
        to_come, money(to_come, summary.stake), "What selling everything that is left would cost.",
    )  # fmt: skip


def _targets(findings: Findings) -> Iterator[Figure]:
    summary, mix = findings.summary, float(findings.mix_units[-1] - 1)
    figure = partial(Figure, group="Against the targets")
    largest = f"{summary.largest_drift_of} {minute(summary.largest_drift_at)}"
    yield figure(
        "mean_drift", label="Mean drift", value=summary.mean_drift,
        text=points(summary.mean_drift), meaning="Absolute, over all candles and targets.",
    )  # fmt: skip
    yield figure(
        "largest_drift", label="Largest drift", value=summary.largest_drift,
        text=f"{points(summary.largest_drift, '+')}, {largest}",
        meaning="Before the orders of its candle.",
    )  # fmt: skip
    outside = findings.time_outside
    yield figure(
        "time_outside", label="Time outside the bands", value=outside,
        text="no bands" if outside is None else percent(outside),
        meaning="Share of the candles at which any asset had reached its threshold.",
    )  # fmt: skip
    yield figure(
        "mix_return", label="Constant mix", value=mix, text=percent(mix, "+"),
        meaning="Return of the targets met at every candle without a fee: out of reach.",
    )  # fmt: skip
    yield figure(
        "tracking_error", label="Tracking error", value=findings.tracking_error,
        text=percent(findings.tracking_error),
        meaning="Deviation of daily returns from those of the constant mix, a year of 365 days.",
    )  # fmt: skip
    found = findings.diversification
    rate, days = (None, 0) if found is None else (found.rate, found.days)
    yield figure(
        "diversification_return", label="Diversification return", value=rate,
        text=percent(rate, "+") + (f" a year, from {days:,} days" if found else ""),
        meaning="Half of (weighted mean of the assets' variances less the variance of the "
        "portfolio), a year: how much faster it grows than its assets do on average. Holding "
        "earns most of it too: it is not the gain of rebalancing.",
    )  # fmt: skip
