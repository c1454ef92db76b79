"""When the next round is due, from the policy and from what has happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from rebalancing.config.settings import Settings
from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.policy.drift import drift_of, furthest, threshold_vector, tolerance_bands
from rebalancing.policy.triggers import Cause, PeriodGrid, Reason, trigger
from rebalancing.state import ScheduleState

LONGEST_BACKOFF = timedelta(hours=1)
"""How long the next round waits at most after rounds that gave up, beside the cool-down."""

OWED = 0.01
"""Fraction of the NAV that has been taken out and is not there in cash, above which coins are sold
for it at once: a drift of the cash would be a number of thousands of points."""


def backoff(failures: int) -> timedelta:
    """Return how much longer than the cool-down the next round waits after `failures` rounds in
    a row gave up: nothing after one, then a minute, four, sixteen."""
    if failures < 2:
        return timedelta(0)
    return min(LONGEST_BACKOFF, timedelta(minutes=4.0 ** min(failures - 2, 5)))


class Schedule:
    """Knows when rounds began and how they ended, and says when the next one is due.

    Parameters
    ----------
    settings : Settings
        The policy, valid.
    assets : sequence of str
        Codes of the assets other than the stake currency.
    stake : str
        Code of the stake currency.

    Attributes
    ----------
    asked : Reason or None
        A round that an event asks for: it is due at once, whatever the cool-down.
    """

    def __init__(self, settings: Settings, assets: Sequence[str], stake: str) -> None:
        self.asked: Reason | None = None
        self._settings = settings
        self._assets = tuple(assets)
        self._members = (*self._assets, stake)
        self._grid = PeriodGrid(settings.period_duration)
        self._cooldown = settings.cooldown_duration
        self._last_start: datetime | None = None
        self._seen = np.zeros(len(self._assets), dtype=bool)
        self._failures = 0
        self._again: Reason | None = None
        self._thresholds: Vector | None = None
        if settings.threshold is not None:
            self._thresholds = threshold_vector(settings.threshold, self._assets, stake)
            targets = settings.targets if isinstance(settings.targets, Mapping) else {}
            if settings.threshold_kind == "relative" and not targets.get(stake):
                self._thresholds[-1] = np.nan  # the reserve that is in force is no target

    @property
    def seen(self) -> Mask:
        """Which assets have been available when a round began, shape (assets,)."""
        return self._seen

    @property
    def has_begun(self) -> bool:
        """There has been a round, or nothing to do for the initial one."""
        return self._last_start is not None

    def sleeps(self, now: datetime) -> bool:
        """Tell that no round can be due, whatever the prices: between the boundaries of a period
        without which nothing starts, once every asset has been seen."""
        if self.asked is not None or self._grid.origin is None or not self._seen.all():
            return False
        needs_boundary = self._thresholds is None or self._settings.combine == "and"
        return self._grid.period is not None and needs_boundary and not self._grid.due(now)

    def is_cooling(self, now: datetime) -> bool:
        """Tell whether the newest round began too recently for another one."""
        if self._last_start is None or self.asked is not None:
            return False
        # A clock that was wrong, and has been set back, must not silence it until then.
        return abs(now - self._last_start) < self._cooldown + backoff(self._failures)

    def due(
        self, now: datetime, portfolio: Portfolio, targets: Vector, tradable: Mask
    ) -> Reason | None:
        """Say why a round is due, the cool-down apart; None if it is not. An asset is new when it
        is `tradable` for the first time."""
        available = portfolio.available[:-1]
        if self._last_start is None:
            return Reason(Cause.INITIAL) if available.any() else None
        if event := self.asked or self._again:
            return event
        if portfolio.cash < -OWED * portfolio.nav:
            return Reason(Cause.WITHDRAWAL)
        new = available & tradable & ~self._seen & (targets[:-1] > 0)
        if new.any():
            return Reason(Cause.NEW_ASSET, self._assets[int(np.argmax(new))])
        boundary = self._grid.due(now)
        both = self._grid.period is not None and self._thresholds is not None
        if both and self._settings.combine == "and" and not boundary:
            return None
        reached = self._reached(drift_of(portfolio.weights, targets), targets)
        return trigger(boundary, reached, self._settings.combine, both)

    def bands(self, targets: Vector) -> Vector | None:
        """Return the half-width of each member's tolerance band; None without a threshold."""
        if self._thresholds is None:
            return None
        relative = self._settings.threshold_kind == "relative"
        return tolerance_bands(self._thresholds, targets, relative)

    def serve(self, now: datetime, reason: Reason | None) -> None:
        """The boundaries up to now have been looked at, and so has this reason."""
        self._grid = self._grid.serve(now)
        if reason is not None:
            self.asked = self._again = None

    def see(self, available: Mask) -> None:
        """These assets are no longer new."""
        self._seen = self._seen | available

    def forget(self, assets: Collection[str]) -> None:
        """Take assets for never seen: they are bought again when they are next available."""
        self._seen = self._seen & ~self._mask(assets)

    def started(self, now: datetime) -> None:
        """A round begins."""
        self._last_start = now

    def allocated(self, now: datetime) -> None:
        """The initial allocation is complete, if it was not before: the period grid begins."""
        if self._grid.origin is None:
            self._last_start = self._last_start or now
            self._grid = replace(self._grid, origin=now)

    def ended(self, reason: Reason, gave_up: bool, is_again: bool) -> None:
        """A round is over; one that gave up is due again if nothing else would ask for it."""
        self._failures = self._failures + 1 if gave_up else 0
        if gave_up and is_again:
            self._again = reason

    def state(self) -> ScheduleState:
        """Return what must survive a restart."""
        return ScheduleState(
            period=self._settings.period,
            origin=self._grid.origin,
            served=self._grid.served,
            last_start=self._last_start,
            seen=tuple(n for n, seen in zip(self._assets, self._seen, strict=True) if seen),
            failures=self._failures,
            asked=self.asked,
            again=self._again,
        )

    def resume(self, state: ScheduleState, now: datetime) -> None:
        """Go on where a life before ended; a changed period looks at its next boundary, not at
        those that passed."""
        self._last_start = state.last_start
        self._failures, self.asked, self._again = state.failures, state.asked, state.again
        self._seen = self._mask(state.seen)
        self._grid = replace(self._grid, origin=state.origin, served=state.served)
        if state.period != self._settings.period:
            self._grid = replace(self._grid, served=self._grid.boundary(now))

    def _reached(self, drift: Vector, targets: Vector) -> Reason | None:
        bands = self.bands(targets)
        index = None if bands is None else furthest(drift, bands)
        if index is None:
            return None
        return Reason(Cause.THRESHOLD, self._members[index], float(drift[index]))

    def _mask(self, names: Collection[str]) -> Mask:
        return np.array([name in names for name in self._assets], dtype=bool)
