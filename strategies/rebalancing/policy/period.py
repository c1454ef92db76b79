"""The boundaries of a period: the end of the initial allocation + k x period."""

from __future__ import annotations

from datetime import datetime, timedelta

from rebalancing.config.durations import parse_duration
from rebalancing.state import State


def boundary(period: timedelta | None, state: State, now: datetime) -> int:
    """Return the number of the newest boundary at or before `now`.

    0 before the first, without a period, and before the initial allocation has ended.
    """
    if period is None or state.origin is None:
        return 0
    return max(0, (now - state.origin) // period)


def is_due(period: timedelta | None, state: State, now: datetime) -> bool:
    """Tell whether a boundary has come that has not been served; several count as one."""
    return boundary(period, state, now) > state.served


def next_boundary(state: State) -> datetime | None:
    """Return the next boundary of the period; None without one, and before the initial round."""
    if state.period is None or state.origin is None:
        return None
    return state.origin + (state.served + 1) * parse_duration(state.period)
