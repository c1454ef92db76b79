"""The numbers of a report, each with its name, its text and what it means."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from rebalancing.report.findings import Findings
from rebalancing.report.numbers import money, percent, points, ratio, when

FOR_SCRIPTS = "For scripts"
"""Group of the figures that people read beside another one."""

Value = float | int | str | datetime | None


@dataclass(frozen=True)
class Figure:
    """A number.

    Parameters
    ----------
    key : str
        Its name for scripts.
    group, label : str
        Its place and name for people.
    value : float, int, str, datetime or None
        Money in the stake currency, fractions otherwise; None if it is not defined.
    text : str
        The value with its unit.
    meaning : str
        What it is, in a sentence.
    """

    key: str
    group: str
    label: str
    value: Value
    text: str
    meaning: str


def figures_of(findings: Findings) -> list[Figure]:
    """Return all numbers of a record, in the order in which they are read."""
    return [*_outcome(findings), *_risk(findings), *_trading(findings), *_targets(findings)]


def as_json(findings: Findings) -> dict[str, object]:
    """Return the numbers by key, for scripts, with the attribution and what each asset got."""
    history, attribution = findings.record.history, findings.attribution
    coins = history.assets[:-1]
    return {
        "stake": history.stake,
        "kind": findings.record.kind,
        "source": findings.record.source,
        **{figure.key: _defined(figure.value) for figure in figures_of(findings)},
        "gains": dict(zip(coins, attribution.gains[-1].tolist(), strict=True)),
        "received": dict(zip(history.assets, findings.received[-1].tolist(), strict=True)),
    }


def _defined(value: Value) -> Value:
    """JSON knows no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _outcome(findings: Findings) -> Iterator[Figure]:
    summary, history = findings.summary, findings.record.history
    figure = partial(Figure, group="Outcome")
    cash = partial(money, stake=history.stake)
    share = summary.premium / summary.hodl_nav if summary.hodl_nav else 0.0
    sold = "everything sold, after fees" if findings.record.is_sold else "at market, nothing sold"
    for key, label, value, meaning in (
        ("start", "Started with", history.start, "Stake currency at the beginning."),
        ("flows", "Deposits less withdrawals", float(findings.attribution.flows[-1]),
         "Cash flows after the beginning, coins brought in among them."),
        ("nav", "NAV", float(findings.nav[-1]), f"Value of the portfolio at the end, {sold}."),
        ("hodl_nav", "HODL NAV", float(findings.hodl_nav[-1]),
         f"The initial allocation, held, with the same cash flows and fees; {sold}."),
    ):  # fmt: skip
        yield figure(key, label=label, value=value, text=cash(value), meaning=meaning)
    yield figure(
        "premium", label="Premium", value=summary.premium,
        text=f"{cash(summary.premium, sign='+')} ({percent(share, '+')} of HODL)",
        meaning="What rebalancing was worth: NAV less HODL NAV, both sold, after the same fees.",
    )  # fmt: skip
    yield Figure(
        "premium_share", FOR_SCRIPTS, label="Premium, share", value=share, text=percent(share, "+"),
        meaning="Premium over HODL NAV.",
    )  # fmt: skip
    yield figure("fee", label="Fee rate", value=history.fee, text=percent(history.fee, digits=3),
                 meaning="Fraction of every notional, taken for sells still to come.")  # fmt: skip
    yield figure("begin", label="From", value=summary.begin, text=when(summary.begin),
                 meaning="First candle, UTC.")  # fmt: skip
    yield figure("end", label="To", value=summary.end, text=when(summary.end),
                 meaning="Last candle, UTC.")  # fmt: skip


def _risk(findings: Findings) -> Iterator[Figure]:
    risk, hodl = findings.risk, findings.hodl_risk
    growth = findings.money_growth - 1
    year = "compounded to 365 days, from four weeks on"
    daily = "of daily returns, cash flows taken out, a year of 365 days"
    by = "computed by freqtrade"
    rows: tuple[tuple[str, str, float | None, float | None, Callable[..., str], str], ...] = (
        ("total_return", "Total return", risk.total_return, hodl.total_return, percent,
         "Time-weighted: what one unit invested at the beginning made; deposits do not count."),
        ("annual_return", "Annual return", risk.annual_return, hodl.annual_return, percent,
         f"Time-weighted, {year}; {by}."),
        ("money_return", "Money-weighted return", growth, None, percent,
         "Internal rate of return of all cash flows, over the whole time: what the money made."),
        ("money_annual", "Money-weighted, a year", findings.money_annual, None, percent,
         f"The same, {year}."),
        ("volatility", "Volatility", risk.volatility, hodl.volatility, percent,
         f"Standard deviation {daily}."),
        ("sharpe", "Sharpe", risk.sharpe, hodl.sharpe, ratio, f"{daily.capitalize()}; {by}."),
        ("sortino", "Sortino", risk.sortino, hodl.sortino, ratio,
         f"{daily.capitalize()}, over the deviation of the falling days; {by}."),
        ("calmar", "Calmar", risk.calmar, hodl.calmar, ratio,
         "Annual return over the largest drawdown (freqtrade's own table shows another ratio)."),
        ("max_drawdown", "Largest drawdown", risk.max_drawdown, hodl.max_drawdown, percent,
         f"From {when(risk.drawdown_from)} to {when(risk.drawdown_to)}, at every candle; {by}."),
    )  # fmt: skip
    for key, label, own, other, write, meaning in rows:
        beside = "" if other is None else f" (HODL {write(other)})"
        text = write(own) + beside
        yield Figure(key, "Return and risk", label, own, text, meaning)
        if not key.startswith("money_"):
            yield Figure(
                f"hodl_{key}",
                FOR_SCRIPTS,
                f"HODL: {label}",
                other,
                write(other),
                f"HODL's. {meaning}",
            )


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
    yield figure(
        "fees_to_come", label="Fees of selling", value=fees - summary.fees,
        text=money(fees - summary.fees, summary.stake),
        meaning="What selling everything that is left would cost.",
    )  # fmt: skip


def _targets(findings: Findings) -> Iterator[Figure]:
    summary, mix = findings.summary, float(findings.mix_units[-1] - 1)
    figure = partial(Figure, group="Against the targets")
    largest = f"{summary.largest_drift_of} {when(summary.largest_drift_at)}"
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
