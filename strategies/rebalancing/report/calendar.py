"""A calendar of the rounds: a square for each day, stronger the more was traded."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.numbers import percent
from rebalancing.performance.executions import INITIAL
from rebalancing.report.findings import Findings
from rebalancing.rounds.tag import round_tag

LEVELS = 4
NARROWEST = 16
"""Weeks, so that the squares of a short run are no larger than those of others."""


@dataclass(frozen=True)
class Day:
    """A square: week and weekday are its place, level its strength (0: no round)."""

    week: int
    weekday: int
    level: int
    title: str


@dataclass(frozen=True)
class Year:
    """The squares of a year, the weeks in which its months begin, and the weeks shown."""

    number: int
    days: tuple[Day, ...]
    months: tuple[tuple[int, str], ...]
    first: int
    last: int


@dataclass(frozen=True)
class Calendar:
    """The years with rounds.

    Parameters
    ----------
    years : tuple of Year
        Oldest first.
    quiet : tuple of int
        Years of the run without any round, which are not drawn.
    steps : tuple of str
        What each strength means, the weakest first; empty without rounds.
    """

    years: tuple[Year, ...]
    quiet: tuple[int, ...]
    steps: tuple[str, ...]


def calendar_of(findings: Findings) -> Calendar:
    """Lay out the days of a run, year by year."""
    history = findings.record.history
    first, last = (datetime.fromtimestamp(history.time[i], UTC).date() for i in (0, -1))
    rounds: dict[date, list[tuple[str, float]]] = defaultdict(list)
    for row in findings.rows:
        if row.number > INITIAL:
            day = datetime.fromtimestamp(row.time, UTC).date()
            rounds[day].append((round_tag(row.number, row.reason), row.turnover))
    sums = sorted(sum(turned for _, turned in found) for found in rounds.values())
    edges = np.quantile(sums, np.arange(1, LEVELS) / LEVELS) if sums else np.zeros(0)
    years: dict[int, list[Day]] = defaultdict(list)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        years[day.year].append(_square(day, rounds.get(day, []), edges))
    busy = {day.year for day in rounds}
    return Calendar(
        tuple(_year(year, days) for year, days in years.items() if year in busy),
        tuple(year for year in years if year not in busy),
        _steps(edges),
    )


def _steps(edges: Vector) -> tuple[str, ...]:
    """Say what the strengths mean, in turnover of a day."""
    if not len(edges):
        return ()
    bounds = [percent(float(edge), digits=1) for edge in edges]
    between = [f"{low} to {high}" for low, high in itertools.pairwise(bounds)]
    return (f"up to {bounds[0]}", *between, f"more than {bounds[-1]}")


def _year(number: int, days: list[Day]) -> Year:
    """Return a year with the weeks of the run only."""
    first, last = days[0].week, max(days[-1].week, days[0].week + NARROWEST - 1)
    months = tuple((week, name) for week, name in _months(number) if first <= week <= days[-1].week)
    return Year(number, tuple(days), months, first, last)


def _square(day: date, found: list[tuple[str, float]], edges: Vector) -> Day:
    turned = sum(part for _, part in found)
    level = 1 + int(np.searchsorted(edges, turned, side="left")) if found else 0
    said = "; ".join(f"{name}, turnover {percent(part)}" for name, part in found)
    return Day(_week(day), day.weekday(), level, f"{day:%a %Y-%m-%d}: {said or 'no round'}")


def _week(day: date) -> int:
    start = date(day.year, 1, 1)
    return ((day - start).days + start.weekday()) // 7


def _months(year: int) -> tuple[tuple[int, str], ...]:
    return tuple((_week(date(year, m, 1)), f"{date(year, m, 1):%b}") for m in range(1, 13))
