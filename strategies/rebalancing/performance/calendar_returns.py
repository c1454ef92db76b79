"""Returns by calendar month and year (UTC), and the best and the worst of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.returns import daily, daily_returns

Dates = np.ndarray[tuple[int], np.dtype[np.datetime64]]


@dataclass(frozen=True)
class CalendarReturn:
    """The returns within one month or one year, cash flows taken out; fractions.

    Parameters
    ----------
    label : str
        "2024" or "2024-03".
    begin, end : float
        The first and the last moment that count, seconds since 1970: `begin` is the last moment
        of the month or year before, or the first of the run.
    portfolio, hodl : float
        Time-weighted returns.
    premium : float
        (1 + portfolio) / (1 + hodl) - 1: over all months they multiply to the whole one.
    """

    label: str
    begin: float
    end: float
    portfolio: float
    hodl: float
    premium: float


@dataclass(frozen=True)
class BestAndWorst:
    """The best and the worst day and month of the portfolio.

    Parameters
    ----------
    best_day, worst_day : tuple of float and float
        End of the day, seconds since 1970, and its return, a fraction.
    best_month, worst_month : CalendarReturn
        Months at either end of the run may be shorter than the others.
    """

    best_day: tuple[float, float]
    worst_day: tuple[float, float]
    best_month: CalendarReturn
    worst_month: CalendarReturn


def monthly_returns(time: Vector, units: Vector, hodl_units: Vector) -> list[CalendarReturn]:
    """Return the returns of each month, oldest first.

    Parameters
    ----------
    time : array, shape (moments,)
        Seconds since 1970, UTC.
    units, hodl_units : array, shape (moments,)
        What one unit in the portfolio, and in HODL, is worth.
    """
    return _by_calendar(time, units, hodl_units, "datetime64[M]")


def yearly_returns(time: Vector, units: Vector, hodl_units: Vector) -> list[CalendarReturn]:
    """Return the returns of each year, oldest first; the parameters of `monthly_returns`."""
    return _by_calendar(time, units, hodl_units, "datetime64[Y]")


def best_and_worst(
    time: Vector, units: Vector, months: list[CalendarReturn]
) -> BestAndWorst | None:
    """Find the best and the worst day and month; None if no day has one before it."""
    returns, ends = daily_returns(time, units), daily(time, time)[1:]
    if not len(returns):
        return None
    best, worst = int(returns.argmax()), int(returns.argmin())
    return BestAndWorst(
        (float(ends[best]), float(returns[best])),
        (float(ends[worst]), float(returns[worst])),
        max(months, key=lambda month: month.portfolio),
        min(months, key=lambda month: month.portfolio),
    )


def _by_calendar(time: Vector, units: Vector, hodl: Vector, unit: str) -> list[CalendarReturn]:
    dates: Dates = time.astype("datetime64[s]").astype(unit)
    last = np.flatnonzero(np.append(dates[1:] != dates[:-1], True))
    first = np.append(0, last[:-1])
    found = []
    for begin, end in zip(first, last, strict=True):
        own, held = float(units[end] / units[begin]), float(hodl[end] / hodl[begin])
        premium = own / held - 1 if held > 0 else 0.0
        span = float(time[begin]), float(time[end])
        found.append(CalendarReturn(str(dates[end]), *span, own - 1, held - 1, premium))
    return found
