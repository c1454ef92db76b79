"""Whether a round is due, and what of the state says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.policy.drift import drift_of, furthest
from rebalancing.policy.policy import Policy
from rebalancing.policy.triggers import Cause, PeriodGrid, Reason, trigger
from rebalancing.state import State

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


def grid_of(policy: Policy, state: State) -> PeriodGrid:
    """Return the boundaries of the period, as far as they have been served."""
    return PeriodGrid(policy.period, state.origin, state.served)


def sleeps(policy: Policy, state: State, now: datetime) -> bool:
    """Tell that nothing can be decided at a time, whatever the prices: no round is open, and the
    time lies between the boundaries of a period without which none starts, once every asset has
    been seen."""
    if state.round is not None or state.asked is not None or state.origin is None:
        return False
    if not policy.needs_boundary or len(state.seen) < len(policy.assets):
        return False
    return not grid_of(policy, state).due(now)


def is_cooling(policy: Policy, state: State, now: datetime) -> bool:
    """Tell whether the newest round began too recently for another one."""
    if state.last_start is None or state.asked is not None:
        return False
    # A clock that was wrong, and has been set back, must not silence it until then.
    return abs(now - state.last_start) < policy.cooldown + backoff(state.failures)


def due(
    policy: Policy,
    state: State,
    now: datetime,
    portfolio: Portfolio,
    targets: Vector,
    tradable: Mask,
) -> Reason | None:
    """Say why a round is due, the cool-down apart; None if it is not.

    Parameters
    ----------
    policy, state
        What is wanted, and what has happened.
    now : datetime
        Time of the view.
    targets : array, shape (assets + 1,)
        Target weights in force.
    tradable : bool array, shape (assets,)
        An asset is new when it is tradable for the first time.
    """
    available = portfolio.available[:-1]
    if state.last_start is None:
        return Reason(Cause.INITIAL) if available.any() else None
    if event := state.asked or state.again:
        return event
    if portfolio.cash < -OWED * portfolio.nav:
        return Reason(Cause.WITHDRAWAL)
    if len(state.seen) < len(policy.assets):
        new = available & tradable & ~policy.mask(state.seen) & (targets[:-1] > 0)
        if new.any():
            return Reason(Cause.NEW_ASSET, policy.assets[int(np.argmax(new))])
    boundary = grid_of(policy, state).due(now)
    if policy.needs_boundary and policy.thresholds is not None and not boundary:
        return None
    both = policy.period is not None and policy.thresholds is not None
    reached = _reached(policy, drift_of(portfolio.weights, targets), targets)
    return trigger(boundary, reached, policy.settings.combine, both)


def _reached(policy: Policy, drift: Vector, targets: Vector) -> Reason | None:
    bands = policy.bands(targets)
    index = None if bands is None else furthest(drift, bands)
    if index is None:
        return None
    return Reason(Cause.THRESHOLD, policy.members[index], float(drift[index]))


def served(policy: Policy, state: State, now: datetime, reason: Reason | None) -> State:
    """Return the state once the boundaries up to now, and this reason, have been looked at."""
    grid = grid_of(policy, state)
    if grid.due(now):
        state = state.changed(served=grid.boundary(now))
    if reason is not None and (state.asked is not None or state.again is not None):
        state = state.changed(asked=None, again=None)
    return state


def seen(policy: Policy, state: State, available: Mask) -> State:
    """Return the state once these assets are no longer new."""
    if len(state.seen) == len(policy.assets):
        return state
    known = policy.mask(state.seen)
    both = known | available
    return state if (both == known).all() else state.changed(seen=policy.named(both))


def allocated(state: State, now: datetime) -> State:
    """Return the state once the initial allocation is complete, if it was not before: the period
    grid begins."""
    if state.origin is not None:
        return state
    return state.changed(origin=now, last_start=state.last_start or now)


def ended(state: State, reason: Reason, gave_up: bool, is_again: bool) -> State:
    """Return the state once a round is over; one that gave up is due again if nothing else would
    ask for it."""
    again = reason if gave_up and is_again else state.again
    return state.changed(failures=state.failures + 1 if gave_up else 0, again=again)
