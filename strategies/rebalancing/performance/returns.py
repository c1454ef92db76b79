"""Returns when money comes and goes.

Of the portfolio (time-weighted) and of the money in it (money-weighted).
"""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector

DAY = 86400.0
DAYS_A_YEAR = 365
"""As freqtrade's ratios have it: crypto has no days off."""


def unit_values(values: Vector, flows: Vector) -> Vector:
    """Return what one unit invested at the beginning is worth, with the cash flows taken out.

    Parameters
    ----------
    values : array, shape (moments,)
        Value at each moment, before its cash flow.
    flows : array, shape (moments,)
        Cash flow between each moment and the next one, deposits positive. It counts from the
        beginning of that time.

    Returns
    -------
    array, shape (moments,)
        1 at the first moment; its last value - 1 is the time-weighted return.

    Examples
    --------
    >>> unit_values(np.array([100.0, 110.0, 231.0]), np.array([0.0, 100.0, 0.0])).round(6).tolist()
    [1.0, 1.1, 1.21]
    """
    invested = values[:-1] + flows[:-1]
    growth = np.divide(values[1:], invested, out=np.ones(len(invested)), where=invested > 0)
    units: Vector = np.concatenate([[1.0], np.cumprod(growth)])
    return units


def money_weighted_growth(
    start: float, times: Vector, amounts: Vector, begin: float, end: float, value: float
) -> float:
    """Return the growth over the whole time at which all cash flows add up to the end value.

    Parameters
    ----------
    start : float
        Stake currency invested at `begin`.
    times, amounts : array, shape (flows,)
        When (seconds) and how much (stake currency, deposits positive) came later.
    begin, end : float
        Seconds.
    value : float
        Stake currency at `end`.

    Returns
    -------
    float
        1.1 for a gain of 10 % over the whole time; NaN where no growth explains the value.

    Notes
    -----
    The internal rate of return: each unit of money grows at one rate for as long as it is in.

    Examples
    --------
    >>> nothing = np.zeros(0)
    >>> round(money_weighted_growth(100.0, nothing, nothing, 0.0, 1.0, 121.0), 6)
    1.21
    """
    from scipy.optimize import brentq  # it takes long to be imported

    left = np.clip((end - times) / (end - begin), 0.0, 1.0) if end > begin else times * 0.0

    def excess(logarithm: float) -> float:
        grown = start * np.exp(logarithm) + float((amounts * np.exp(logarithm * left)).sum())
        return float(grown) - value

    low, high = -25.0, 25.0
    if excess(low) * excess(high) > 0:
        return float("nan")
    return float(np.exp(brentq(excess, low, high, xtol=1e-14)))


def daily(time: Vector, values: Vector) -> Vector:
    """Return the last value of each day (UTC), as freqtrade's own ratios take them."""
    days = (time // DAY).astype(np.int64)
    last = np.append(days[1:] != days[:-1], True)
    ends: Vector = values[last]
    return ends


def daily_returns(time: Vector, values: Vector) -> Vector:
    """Return the change of the last value of each day (UTC) over that of the day before."""
    ends = daily(time, values)
    returns: Vector = ends[1:] / ends[:-1] - 1
    return returns
