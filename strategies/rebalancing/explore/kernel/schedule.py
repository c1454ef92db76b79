"""Boundaries and cool-down, as `rebalancing.policy.schedule` has them."""

from __future__ import annotations

from rebalancing.explore.kernel.memory import (
    FAILURES,
    LAST_START,
    NOW,
    OPEN,
    ORIGIN,
    SEEN,
    SERVED,
    Numbers,
    Terms,
)
from rebalancing.policy.schedule import LONGEST_BACKOFF

_LONGEST = int(LONGEST_BACKOFF.total_seconds())


def first_boundary(terms: Terms, origin: int) -> int:
    """Return when the grid of a period begins; its first boundary is a period later."""
    return origin + terms.offset - (terms.period if terms.offset > 0 else 0)


def has_boundary(terms: Terms, marks: Numbers) -> bool:
    """Tell whether a boundary has come that has not been served."""
    return bool(_boundary(terms, marks) > marks[SERVED])


def _boundary(terms: Terms, marks: Numbers) -> int:
    """Return the number of the newest boundary; 0 before the first."""
    if terms.period <= 0 or marks[ORIGIN] < 0:
        return 0
    passed = marks[NOW] - first_boundary(terms, marks[ORIGIN])
    return int(max(0, passed // terms.period))


def pause(terms: Terms, marks: Numbers) -> int:
    """Return the seconds from the start of the newest round to that of the next at the earliest."""
    if marks[FAILURES] < 2:
        return terms.cooldown
    minutes = 1
    for _ in range(min(marks[FAILURES] - 2, 5)):
        minutes *= 4
    return terms.cooldown + min(_LONGEST, 60 * minutes)


def needs_boundary(terms: Terms) -> bool:
    """Tell whether no round starts between the boundaries of the period."""
    return terms.period > 0 and not (terms.has_threshold and terms.is_either)


def awaits_assets(terms: Terms, marks: Numbers) -> bool:
    """Tell whether an asset has never been available."""
    for i in range(terms.assets):
        if marks[SEEN + i] == 0:
            return True
    return False


def sleeps(terms: Terms, marks: Numbers) -> bool:
    """Tell that nothing can be decided, whatever the prices."""
    if marks[OPEN] == 1 or marks[ORIGIN] < 0 or not needs_boundary(terms):
        return False
    return not awaits_assets(terms, marks) and not has_boundary(terms, marks)


def is_cooling(terms: Terms, marks: Numbers) -> bool:
    """Tell whether the newest round began too recently for another one."""
    last = marks[LAST_START]
    return bool(last >= 0 and marks[NOW] - last < pause(terms, marks))


def serve(terms: Terms, marks: Numbers) -> None:
    """Take note that the boundaries up to now have been looked at."""
    marks[SERVED] = max(marks[SERVED], _boundary(terms, marks))


def allocate(marks: Numbers, moment: int) -> None:
    """Let the period grid begin, if it has not."""
    if marks[ORIGIN] < 0:
        marks[ORIGIN] = moment
        if marks[LAST_START] < 0:
            marks[LAST_START] = moment
