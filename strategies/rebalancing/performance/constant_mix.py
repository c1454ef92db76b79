"""The frictionless constant mix.

What the targets earn if they are met at every moment, for free.
"""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.history import History
from rebalancing.performance.returns import daily_returns


def constant_mix(history: History) -> Vector:
    """Return what one unit in the constant mix is worth at each moment, shape (moments,).

    Notes
    -----
    Its weights are the targets over what is available at each moment; it stays in cash until
    the initial allocation, and as it was through times without any candle. An asset that has no
    price at the next moment stands still.
    """
    prices = history.known_prices()
    before, after = prices[:-1], prices[1:]
    change = np.divide(after, before, out=np.ones_like(before), where=before > 0) - 1
    invested = history.allocated[1:]
    earned = (history.shown_targets()[:-1, :-1] * change).sum(axis=1) * invested
    mix: Vector = np.concatenate([[1.0], np.cumprod(1 + earned)])
    return mix


def tracking_error(history: History, units: Vector, days_a_year: int) -> float | None:
    """Return the yearly standard deviation of daily returns less those of the constant mix.

    Parameters
    ----------
    units : array, shape (moments,)
        What one unit in the portfolio is worth.
    days_a_year : int
        Trading days.

    Returns
    -------
    float or None
        Fraction; None if there are fewer than two daily returns.
    """
    time = history.time
    off = daily_returns(time, units) - daily_returns(time, constant_mix(history))
    return float(off.std() * np.sqrt(days_a_year)) if len(off) > 1 else None
