"""Return and volatility of the last days, day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.returns import DAYS_A_YEAR, daily, daily_returns

WINDOW = 30
"""Days."""


@dataclass(frozen=True, eq=False)
class Rolling:
    """Figures of a window of days, by the end of the window; empty if the run is shorter.

    Parameters
    ----------
    time : array, shape (days,)
        End of each window, seconds since 1970.
    returns : array, shape (days,)
        Growth over the window, a fraction, not compounded to a year.
    volatility : array, shape (days,)
        Standard deviation of its daily returns, a year of 365 days.
    """

    time: Vector
    returns: Vector
    volatility: Vector


def rolling(time: Vector, units: Vector, window: int = WINDOW) -> Rolling:
    """Measure each window of `window` daily returns.

    Parameters
    ----------
    time : array, shape (moments,)
        Seconds since 1970, UTC.
    units : array, shape (moments,)
        What one unit is worth, cash flows taken out.
    window : int
        Days, at least two.
    """
    ends, values, returns = daily(time, time), daily(time, units), daily_returns(time, units)
    if len(returns) < window:
        nothing = np.zeros(0)
        return Rolling(nothing, nothing, nothing)
    windows = np.lib.stride_tricks.sliding_window_view(returns, window)
    return Rolling(
        ends[window:],
        values[window:] / values[:-window] - 1,
        windows.std(axis=1) * np.sqrt(DAYS_A_YEAR),
    )
