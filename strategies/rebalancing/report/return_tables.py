"""Returns by month and year, the best and the worst of them, and the deepest drawdowns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rebalancing.numbers import percent
from rebalancing.performance.calendar_returns import CalendarReturn
from rebalancing.performance.returns import DAY
from rebalancing.performance.summary import moment
from rebalancing.report.findings import Findings
from rebalancing.report.table import Card, Cards, Cell, Table, shaded

MONTHS = tuple(f"{date(2000, month, 1):%b}" for month in range(1, 13))
NOTHING = Cell("")


def returns_map(findings: Findings) -> Table:
    """Return the portfolio's returns by month and year."""
    return _calendar_map(
        findings,
        "Returns by month and year, in %",
        "Of the portfolio, cash flows taken out; point at a month for HODL's. The first and the "
        "last month of the run may be incomplete.",
        lambda found: found.portfolio,
    )


def premium_map(findings: Findings) -> Table:
    """Return the premium by month and year."""
    return _calendar_map(
        findings,
        "Premium by month and year, in % of HODL",
        "Growth of the portfolio over growth of HODL within that month or year, less 1. They "
        "multiply to the premium of the whole run.",
        lambda found: found.premium,
    )


def best_and_worst_cards(findings: Findings) -> Cards | None:
    """Return the best and the worst day and month; none for a run within one day."""
    found = findings.best_and_worst
    if found is None:
        return None
    days = (("Best day", *found.best_day), ("Worst day", *found.worst_day))
    months = (("Best month", found.best_month), ("Worst month", found.worst_month))
    return Cards(
        (
            *(Card(label, percent(made, "+"), _day(end)) for label, end, made in days),
            *(Card(label, percent(month.portfolio, "+"), month.label) for label, month in months),
        )
    )


def drawdown_table(findings: Findings) -> Table | None:
    """Return the five deepest drawdowns; none if nothing ever fell."""
    rows = [
        (
            Cell(str(number)),
            Cell(percent(-fall.depth)),
            Cell(_day(fall.peak)),
            Cell(_day(fall.trough)),
            Cell("not yet" if fall.recovery is None else _day(fall.recovery)),
            Cell(_days(fall.falling)),
            Cell("" if fall.recovering is None else _days(fall.recovering)),
            Cell(_days(fall.length)),
        )
        for number, fall in enumerate(findings.drawdowns, 1)
    ]
    if not rows:
        return None
    return Table(
        "Deepest drawdowns of the portfolio",
        "From a peak to the bottom after it, and back to the height of the peak. Times in days.",
        ("", "Depth", "Peak", "Bottom", "Recovered", "Falling", "Recovering", "Below the peak"),
        rows,
    )


def _calendar_map(
    findings: Findings, title: str, note: str, value: Callable[[CalendarReturn], float]
) -> Table:
    months = {found.label: found for found in findings.months}
    largest = max((abs(value(found)) for found in findings.months), default=0.0)
    widest = max((abs(value(found)) for found in findings.years), default=0.0)
    rows = []
    for year in findings.years:
        found = [months.get(f"{year.label}-{month:02d}") for month in range(1, 13)]
        cells = [NOTHING if item is None else _cell(item, value, largest) for item in found]
        rows.append((Cell(year.label), *cells, _cell(year, value, widest)))
    return Table(title, note, ("", *MONTHS, "Year"), rows, is_map=True)


def _cell(found: CalendarReturn, value: Callable[[CalendarReturn], float], largest: float) -> Cell:
    said = (("portfolio", found.portfolio), ("HODL", found.hodl), ("premium", found.premium))
    title = f"{found.label}: " + ", ".join(f"{name} {percent(part, '+')}" for name, part in said)
    return shaded(value(found), largest, percent(value(found), "+", 1).removesuffix(" %"), title)


def _day(seconds: float) -> str:
    return f"{moment(seconds):%Y-%m-%d}"


def _days(seconds: float) -> str:
    return f"{seconds / DAY:,.0f}"
