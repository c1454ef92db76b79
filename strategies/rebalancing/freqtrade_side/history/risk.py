"""Ratios of return and risk, by freqtrade's own functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from freqtrade.data.metrics import (
    calculate_cagr,
    calculate_max_drawdown_from_balance,
    calculate_sharpe_from_balance,
    calculate_sortino_from_balance,
)
from pandas import DataFrame, to_datetime

from rebalancing.market.portfolio import Vector
from rebalancing.performance.returns import DAY, DAYS_A_YEAR, daily_returns

SHORTEST = 28 * DAY
"""Seconds from which a growth is compounded to a year: three good days make millions of it."""


@dataclass(frozen=True)
class Risk:
    """What a run returned and risked, cash flows taken out; fractions.

    Parameters
    ----------
    total_return : float
        Over the whole run.
    annual_return : float or None
        The same, compounded to a year of 365 days; None for less than four weeks.
    volatility : float or None
        Standard deviation of daily returns, a year of 365 days; None for fewer than two of them.
    sharpe, sortino : float or None
        Of daily returns, a year of 365 days, without a riskless rate; None if nothing varied,
        or for fewer than two of them.
    max_drawdown : float
        Largest fall from a peak, positive.
    drawdown_from, drawdown_to : datetime
        That peak, and the bottom after it.
    calmar : float or None
        Annual return / largest drawdown; None if nothing fell, or without an annual return.
    """

    total_return: float
    annual_return: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    max_drawdown: float
    drawdown_from: datetime
    drawdown_to: datetime
    calmar: float | None


def measure_risk(time: Vector, units: Vector) -> Risk:
    """Measure a run.

    Parameters
    ----------
    time : array, shape (moments,)
        Seconds since 1970, UTC; at least two.
    units : array, shape (moments,)
        What one unit in it is worth.

    Notes
    -----
    Calmar is the ratio of its inventor. The one in freqtrade's table is another: the mean
    return of a day times the root of 365 over the drawdown.
    """
    wallet = DataFrame({"date": to_datetime(time, unit="s", utc=True), "total_quote": units})
    fall = calculate_max_drawdown_from_balance(wallet, relative=True)
    annual = annualised(float(units[-1] / units[0]), float(time[-1] - time[0]))
    deepest = float(fall.relative_account_drawdown)
    returns = daily_returns(time, units)
    varies = len(returns) > 1
    return Risk(
        total_return=float(units[-1] / units[0] - 1),
        annual_return=annual,
        volatility=float(returns.std() * np.sqrt(DAYS_A_YEAR)) if varies else None,
        sharpe=_ratio(calculate_sharpe_from_balance(wallet)) if varies else None,
        sortino=_ratio(calculate_sortino_from_balance(wallet)) if varies else None,
        max_drawdown=deepest,
        drawdown_from=_moment(fall.high_date),
        drawdown_to=_moment(fall.low_date),
        calmar=annual / deepest if annual is not None and deepest > 0 else None,
    )


def annualised(growth: float, seconds: float) -> float | None:
    """Compound a growth over some time to a year of 365 days: 1.1 in half a year to 0.21.

    None for less than four weeks.
    """
    if seconds < SHORTEST:
        return None
    return float(calculate_cagr(seconds / DAY, 1.0, growth))


def _ratio(value: float) -> float | None:
    """freqtrade writes -100 where it has to divide by nothing."""
    return None if value == -100.0 else float(value)


def _moment(when: datetime) -> datetime:
    return datetime.fromtimestamp(when.timestamp(), UTC)
