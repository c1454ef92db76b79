"""Growth of a portfolio from stretch to stretch, the measure in which policies are compared."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector

DAYS_A_YEAR = 365.0


def log_growth(nav: Vector, step: int) -> Vector:
    """Return the logarithms of the growth over stretches of equal length.

    Parameters
    ----------
    nav : array, shape (..., rows)
        Stake currency, positive; a row is a candle.
    step : int
        Rows of a stretch: 24 for days of hourly candles.

    Returns
    -------
    array, shape (..., stretches)
        0.01 for a gain of about 1 %. What is left over at the beginning belongs to no stretch.

    Raises
    ------
    ValueError
        If a NAV is not positive and finite: its growth has no logarithm.

    Notes
    -----
    The growth of one policy less that of another is the same in any currency and in any market:
    it says what the policy added, not what prices did. Sums of it are the growth over longer times.

    Examples
    --------
    >>> log_growth(np.array([1.0, 2.0, 2.0, 4.0, 8.0]), 2).round(3).tolist()
    [0.693, 1.386]
    """
    ends = nav[..., (nav.shape[-1] - 1) % step :: step]
    if not (np.isfinite(ends) & (ends > 0)).all():
        raise ValueError("a NAV is zero, negative or not a number: its growth is not defined")
    grown: Vector = np.diff(np.log(ends), axis=-1)
    return grown


def a_year(growth: float, days: float) -> float:
    """Return a growth over some days as a yearly rate, a fraction.

    Examples
    --------
    >>> round(a_year(np.log(1.21), 730), 6)
    0.1
    """
    return float(np.expm1(growth * DAYS_A_YEAR / days))
