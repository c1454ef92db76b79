"""Return and risk as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from rebalancing.numbers import minute, percent, ratio
from rebalancing.performance.returns import DAY, DAYS_A_YEAR
from rebalancing.performance.summary import moment
from rebalancing.report.figure import FOR_SCRIPTS, Figure
from rebalancing.report.findings import Findings

YEARLY = {"annual_return", "money_annual", "volatility", "sharpe", "sortino", "calmar"}
"""Keys of the figures that speak of a year."""


def risk_figures(findings: Findings) -> Iterator[Figure]:
    """Give returns and ratios, HODL's beside; what speaks of a year is marked in a shorter run."""
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
         f"From {minute(risk.drawdown_from)} to {minute(risk.drawdown_to)}, every candle; {by}."),
    )  # fmt: skip
    for key, label, own, other, write, meaning in rows:
        mark = _from_less_than_a_year(findings) if key in YEARLY and own is not None else ""
        beside = "" if other is None else f" (HODL {write(other)})"
        is_money = key.startswith("money_")  # the total return again, unless money came or went
        group = FOR_SCRIPTS if is_money and not findings.flows.any() else "Return and risk"
        yield Figure(key, group, label, own, write(own) + mark + beside, meaning)
        if not is_money:
            yield Figure(
                f"hodl_{key}",
                FOR_SCRIPTS,
                f"HODL: {label}",
                other,
                write(other),
                f"HODL's. {meaning}",
            )


def _from_less_than_a_year(findings: Findings) -> str:
    """Mark what a short run says of a whole year."""
    days = findings.seconds / DAY
    return "" if days >= DAYS_A_YEAR else f", from {days:.0f} days"


def calendar_figures(findings: Findings) -> Iterator[Figure]:
    """Give the best and the worst day and month; nothing for a run within one day."""
    found = findings.best_and_worst
    if found is None:
        return
    for kind in ("best", "worst"):
        end, change = found.best_day if kind == "best" else found.worst_day
        day = f"{percent(change, '+')}, {moment(end):%Y-%m-%d}"
        month = found.best_month if kind == "best" else found.worst_month
        figure = partial(Figure, group="Return and risk")
        yield figure(
            f"{kind}_day", label=f"{kind.capitalize()} day", value=change, text=day,
            meaning="Change of the last value of a day (UTC) over that of the day before.",
        )  # fmt: skip
        yield figure(
            f"{kind}_month", label=f"{kind.capitalize()} month", value=month.portfolio,
            text=f"{percent(month.portfolio, '+')}, {month.label}",
            meaning="Of calendar months (UTC); those at either end of the run may be shorter.",
        )  # fmt: skip
