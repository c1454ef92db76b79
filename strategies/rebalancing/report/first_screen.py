"""The first screen: was it worth it, what was the risk, and which times can be looked at."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from rebalancing.market.portfolio import Vector
from rebalancing.numbers import money
from rebalancing.performance.returns import DAY, DAYS_A_YEAR
from rebalancing.performance.summary import moment
from rebalancing.report.figure import Figure
from rebalancing.report.figures import figures_of
from rebalancing.report.findings import Findings
from rebalancing.report.table import Card

RECENT = (90, 30)
"""Days that can be chosen as the time shown, counted from the end."""


def subtitle(findings: Findings) -> str:
    """Say what it is, of when, and from where."""
    record = findings.record
    begin, end = (moment(record.history.time[i]) for i in (0, -1))
    return f"{record.kind}, {begin:%Y-%m-%d} to {end:%Y-%m-%d}, {record.source}"


def cards(findings: Findings) -> list[Card]:
    """Return the first screen: was it worth it, and what was the risk."""
    figures = {figure.key: figure for figure in figures_of(findings)}
    earned = "annual_return" if findings.seconds >= DAYS_A_YEAR * DAY else "total_return"
    keys = ("nav", earned, "max_drawdown", "volatility", "sharpe")
    summary, history = findings.summary, findings.record.history
    made = {key: _card(figures[key]) for key in keys}
    share = figures["premium_share"]
    return [
        Card(
            "Premium", share.text, f"{money(summary.premium, history.stake, '+')} against holding"
        ),
        Card("NAV", made["nav"].text, f"HODL {money(summary.hodl_nav, history.stake)}"),
        *(made[key] for key in keys[1:]),
    ]


def _card(figure: Figure) -> Card:
    text, beside = parted(figure.text)
    return Card(figure.label, text, beside)


def parted(text: str) -> tuple[str, str]:
    """Part the number of a figure from what stands after it, behind a comma or in brackets.

    Examples
    --------
    >>> parted("4.36, from 83 days (HODL 4.28)")
    ('4.36', 'HODL 4.28; from 83 days')
    """
    number, *beside = re.split(r", | \(", text.removesuffix(")"))
    return number, "; ".join(reversed(beside))


def spans(time: Vector) -> list[tuple[str, str]]:
    """Return the times that can be chosen to be shown: all of it, each year, the last days."""
    begin, end = float(time[0]), float(time[-1])
    years = range(moment(begin).year, moment(end).year + 1)
    found = [("whole run", "")]
    if len(years) > 1:
        found += [(str(year), _span(_new_year(year), _new_year(year + 1))) for year in years]
    recent = [days for days in RECENT if end - begin > days * DAY]
    return found + [(f"last {days} days", _span(end - days * DAY, end)) for days in recent]


def _new_year(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()


def _span(begin: float, end: float) -> str:
    """Write a time as the page's script reads it: milliseconds."""
    return f"{begin * 1000:.0f},{end * 1000:.0f}"
