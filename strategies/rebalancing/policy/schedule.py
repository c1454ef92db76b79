"""When rounds may begin: cool-down, boundaries, and what the state remembers of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from rebalancing.market.portfolio import Mask
from rebalancing.policy.period import boundary, is_due
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Reason
from rebalancing.state import State

LONGEST_BACKOFF = timedelta(hours=1)
"""How long the next round waits at most after rounds that gave up, beside the cool-down."""


def backoff(failures: int) -> timedelta:
    """Return how much longer than the cool-down the next round waits.

    After `failures` rounds in a row that gave up: nothing after one, then a minute, four, sixteen.
    """
    if failures < 2:
        return timedelta(0)
    return min(LONGEST_BACKOFF, timedelta(minutes=4.0 ** min(failures - 2, 5)))


def sleeps(policy: Policy, state: State, now: datetime) -> bool:
    """Tell that nothing can be decided at a time, whatever the prices.

    No round is open, and the time lies between the boundaries of a period without which none
    starts, once every asset has been seen.
    """
    if state.round is not None or state.asked is not None or state.origin is None:
        return False
    if not policy.needs_boundary or len(state.seen) < len(policy.assets):
        return False
    return not is_due(policy.period, state, now)


def is_cooling(policy: Policy, state: State, now: datetime) -> bool:
    """Tell whether the newest round began too recently for another one."""
    if state.last_start is None or state.asked is not None:
        return False
    # A clock that was wrong, and has been set back, must not silence it until then.
    return abs(now - state.last_start) < policy.cooldown + backoff(state.failures)


def served(policy: Policy, state: State, now: datetime, reason: Reason | None) -> State:
    """Return the state once the boundaries up to now, and this reason, have been looked at."""
    if is_due(policy.period, state, now):
        state = state.changed(served=boundary(policy.period, state, now))
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
    """Return the state once the initial allocation is complete, if it was not before.

    The period grid begins.
    """
    if state.origin is not None:
        return state
    return state.changed(origin=now, last_start=state.last_start or now)


def ended(state: State, reason: Reason, gave_up: bool, is_again: bool) -> State:
    """Return the state once a round is over.

    One that gave up is due again if nothing else would ask for it.
    """
    again = reason if gave_up and is_again else state.again
    return state.changed(failures=state.failures + 1 if gave_up else 0, again=again)
