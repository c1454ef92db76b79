"""Daily closes and volumes of several assets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rebalancing.market.portfolio import Vector
from rebalancing.performance.returns import DAY

Days = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DailyCloses:
    """A row a day (UTC).

    Parameters
    ----------
    assets : tuple of str
        Codes, in the order of the columns.
    stake : str
        Code of the currency of all prices.
    days : int array, shape (days,)
        Days since 1970, each one more than the one before.
    closes : array, shape (days, assets)
        The last price of the day, stake currency; NaN on days without candles.
    volumes : array, shape (days, assets)
        Traded that day, stake currency; 0 on days without candles.
    """

    assets: tuple[str, ...]
    stake: str
    days: Days
    closes: Vector
    volumes: Vector

    @cached_property
    def returns(self) -> Vector:
        """Change of each close over that of the day before, shape (days - 1, assets).

        NaN where one of the two is missing.
        """
        changes: Vector = self.closes[1:] / self.closes[:-1] - 1
        return changes

    @property
    def time(self) -> Vector:
        """The end of each day, seconds since 1970."""
        return (self.days.astype(np.float64) + 1) * DAY
