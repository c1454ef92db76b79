"""All policies of a search, followed by several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import count

import numpy as np

from rebalancing.explore.exploration import Figures, Whole
from rebalancing.explore.following import Followed, Follower
from rebalancing.explore.stretches import DAY, Stretches
from rebalancing.explore.worth import Closes, Held, hold
from rebalancing.market.portfolio import Vector
from rebalancing.performance.returns import DAYS_A_YEAR
from rebalancing.policy.policy import Policy

Progress = Callable[[int, int], None]
"""Told from time to time how many policies are done, and of how many."""

EVERY = 0.1
"""Seconds between two words on the progress."""

NUMBERS = ("nav", "hodl_nav", "turnover", "fees", "max_drawdown", "mean_drift", "tracking_error")


@dataclass(frozen=True, eq=False)
class Swept:
    """What was found, in the order of the policies.

    Parameters
    ----------
    done : int array
        Places of the policies that were finished; the other arrays are of these only.
    growth : array, shape (done, stretches)
        Logarithms.
    round_times : tuple of int arrays, or None
        As in `Exploration`.
    """

    done: Whole
    figures: Figures
    growth: Vector
    round_times: tuple[Whole, ...] | None


class Sweep:
    """A search under way.

    Parameters
    ----------
    with_rounds : bool
        Note when each round began.
    """

    def __init__(
        self,
        follower: Follower,
        closes: Closes,
        policies: Sequence[Policy],
        stretches: Stretches,
        with_rounds: bool = False,
    ) -> None:
        self._follower, self._closes, self._policies = follower, closes, policies
        self._stretches = stretches
        self._done = np.zeros(len(policies), dtype=bool)
        self._numbers = {name: np.zeros(len(policies)) for name in NUMBERS}
        self._rounds = np.zeros(len(policies), dtype=np.int64)
        self._growth = np.zeros((len(policies), len(stretches.rows) - 1))
        self._times: dict[int, Whole] | None = {} if with_rounds else None
        self._next, self._stop = count(), threading.Event()

    def run(self, threads: int, progress: Progress) -> Swept:
        """Follow all policies; an interrupt ends it, and what is finished is returned."""
        with ThreadPoolExecutor(threads) as pool:
            try:
                open_ones = {pool.submit(self._work) for _ in range(threads)}
                while open_ones:
                    ended, open_ones = wait(open_ones, EVERY)
                    progress(int(self._done.sum()), len(self._done))
                    for one in ended:
                        one.result()
            except KeyboardInterrupt:
                pass
            finally:
                self._stop.set()
        return self._swept()

    def _work(self) -> None:
        follower = self._follower.another()
        for place in self._next:
            if self._stop.is_set() or place >= len(self._policies):
                return
            policy, rows = self._policies[place], self._stretches.rows
            found = follower.follow(policy, rows)
            held = hold(follower, self._closes, policy, found, rows)
            self._enter(place, found, held)
            if self._times is not None:
                self._times[place] = self._round_times(follower, policy, found)
            self._done[place] = True

    def _enter(self, place: int, found: Followed, held: Held) -> None:
        closes, rows = self._closes, self._stretches.rows
        nav = closes.sold(found.amounts, found.cash)
        candles = rows[-1] - 1  # as in a backtest, which begins with the second one
        years = candles * closes.seconds / (DAYS_A_YEAR * DAY)
        own, other = log_growth_of(found.navs, nav), log_growth_of(held.navs, held.nav)
        self._growth[place] = own
        self._rounds[place] = found.rounds
        apart = float((own - other).std(ddof=1)) if len(own) > 1 else np.nan
        for name, value in {
            "nav": nav,
            "hodl_nav": held.nav,
            "turnover": found.turnover / years,
            "fees": found.fees + closes.closing_fees(found.amounts),
            "max_drawdown": max(found.drawdown, 1 - nav / max(found.peak, nav)),
            "mean_drift": found.mean_drift,
            "tracking_error": apart * np.sqrt(DAYS_A_YEAR / self._stretches.days),
        }.items():
            self._numbers[name][place] = value

    def _round_times(self, follower: Follower, policy: Policy, found: Followed) -> Whole:
        orders = follower.orders(policy, found.orders)
        _, begun = np.unique(orders.round, return_index=True)
        rows = orders.row[begun[orders.round[begun] > 0]]
        times: Whole = self._closes.first + self._closes.seconds * rows
        return times

    def _swept(self) -> Swept:
        done = np.flatnonzero(self._done)
        numbers = {name: values[done] for name, values in self._numbers.items()}
        premium = np.zeros(len(done))
        hodl = numbers["hodl_nav"]
        np.divide(numbers["nav"] - hodl, hodl, out=premium, where=hodl > 0)
        figures = Figures(premium=premium, rounds=self._rounds[done], **numbers)
        times = self._times
        lists = None if times is None else tuple(times[place] for place in done.tolist())
        growth = self._growth if len(done) == len(self._done) else self._growth[done]
        return Swept(done, figures, growth, lists)


def log_growth_of(navs: Vector, nav: float) -> Vector:
    """Return logarithms of growth between NAVs, of which the last one is `nav`."""
    logs = np.log(np.append(navs[:-1], nav))
    growth: Vector = logs[1:] - logs[:-1]
    return growth
