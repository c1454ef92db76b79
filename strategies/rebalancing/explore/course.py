"""What a single policy came to on a history."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rebalancing.explore.exploration import Whole
from rebalancing.explore.following import Followed, Follower
from rebalancing.explore.stretches import DAY, Stretches
from rebalancing.explore.worth import Closes, Held, hold
from rebalancing.market.portfolio import Vector
from rebalancing.performance.returns import DAYS_A_YEAR
from rebalancing.policy.policy import Policy

NUMBERS = ("nav", "hodl_nav", "turnover", "fees", "max_drawdown", "mean_drift", "tracking_error")


class Measured(NamedTuple):
    """Figures of a policy.

    Parameters
    ----------
    numbers : tuple of float
        In the order of `NUMBERS`, each as in `Figures`.
    rounds : int
        The initial allocation apart.
    growth : array, shape (stretches,)
        Logarithms.
    times : int array, or None
        When the rounds began, seconds since 1970, UTC; None where it was not asked for.
    """

    numbers: tuple[float, ...]
    rounds: int
    growth: Vector
    times: Whole | None


class Course:
    """A history on which policies are measured; not for several threads at once.

    Parameters
    ----------
    with_rounds : bool
        Note when each round began.
    """

    def __init__(
        self, follower: Follower, closes: Closes, stretches: Stretches, with_rounds: bool = False
    ) -> None:
        self.follower, self.closes, self.stretches = follower, closes, stretches
        self.with_rounds = with_rounds

    def another(self) -> Course:
        """Return one for another thread, on the same candles."""
        return Course(self.follower.another(), self.closes, self.stretches, self.with_rounds)

    def measure(self, policy: Policy) -> Measured:
        """Follow a policy to the end."""
        rows = self.stretches.rows
        found = self.follower.follow(policy, rows)
        held = hold(self.follower, self.closes, policy, found, rows)
        times = self._round_times(policy, found) if self.with_rounds else None
        return self._measured(found, held, times)

    def _measured(self, found: Followed, held: Held, times: Whole | None) -> Measured:
        closes, rows = self.closes, self.stretches.rows
        nav = closes.sold(found.amounts, found.cash)
        candles = rows[-1] - 1  # as in a backtest, which begins with the second one
        years = candles * closes.seconds / (DAYS_A_YEAR * DAY)
        own, other = log_growth_of(found.navs, nav), log_growth_of(held.navs, held.nav)
        numbers = {
            "nav": nav,
            "hodl_nav": held.nav,
            "turnover": found.turnover / years,
            "fees": found.fees + closes.closing_fees(found.amounts),
            "max_drawdown": max(found.drawdown, 1 - nav / max(found.peak, nav)),
            "mean_drift": found.mean_drift,
            "tracking_error": _spread(own - other) * math.sqrt(DAYS_A_YEAR / self.stretches.days),
        }
        return Measured(tuple(float(numbers[name]) for name in NUMBERS), found.rounds, own, times)

    def _round_times(self, policy: Policy, found: Followed) -> Whole:
        orders = self.follower.orders(policy, found.orders)
        _, begun = np.unique(orders.round, return_index=True)
        rows = orders.row[begun[orders.round[begun] > 0]]
        times: Whole = self.closes.first + self.closes.seconds * rows
        return times


def log_growth_of(navs: Vector, nav: float) -> Vector:
    """Return logarithms of growth between NAVs, of which the last one is `nav`."""
    logs = navs.copy()
    logs[-1] = nav
    np.log(logs, out=logs)
    growth: Vector = logs[1:] - logs[:-1]
    return growth


def _spread(values: Vector) -> float:
    """Return the standard deviation as numpy computes it, in a third of its time."""
    count = len(values)
    if count < 2:
        return math.nan
    apart = values - values.sum() / count
    return math.sqrt(float((apart * apart).sum()) / (count - 1))
