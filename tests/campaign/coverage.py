"""How often each kind of trouble was drawn, and how often anything came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tests.campaign.evidence import Evidence
from tests.campaign.witnessed import (
    DELETED,
    LOCKED,
    PART_SOLD,
    SOLD,
    WITHDRAWN,
    Happened,
)

_BEFORE_MS, _AFTER_MS = 1_000, 5_000

FAULT = "Break"
"""How the kinds of faults of requests begin."""

Coverage = dict[str, tuple[int, int]]
"""By kind: how often it was drawn, and how often it mattered."""


class _Moment(NamedTuple):
    """Something an order did: when, and in which coin."""

    time_ms: int
    asset: str


def coverage_of(seen: Evidence) -> Coverage:
    """Count the kinds of a life.

    Notes
    -----
    A fault of requests mattered if a request met it, and what other hands did if they got so far.
    Any other trouble mattered if an order of
    its coin (of any coin where it has none) was sent, filled, ended or refused while it lasted,
    from a second before it until five seconds after.
    """
    moments = list(_moments(seen))
    drawn: Counter[str] = Counter(one.kind for one in seen.happened)
    mattered: Counter[str] = Counter(one.kind for one in seen.happened if _met(one, moments))
    for kind, count in _came_of(seen).items():
        mattered[kind] = min(drawn[kind], count)
    for kind, fired in Counter(f"{FAULT} {kind}" for kind in seen.fired).items():
        mattered[kind] = min(drawn[kind], fired)
    return {kind: (count, mattered[kind]) for kind, count in drawn.items()}


def _came_of(seen: Evidence) -> Counter[str]:
    """Count what was done by hand or by other programs, where it was done."""
    count: Counter[str] = Counter()
    count["DeleteTrade"] = sum(1 for _ in seen.done_by_hand(DELETED))
    count["SellByHand"] = sum(1 for _ in seen.done_by_hand(SOLD, PART_SOLD))
    count["LockPair"] = sum(1 for _ in seen.done_by_hand(LOCKED))
    count["WithdrawCoins"] = sum(1 for _ in seen.done_by_hand(WITHDRAWN))
    count["LockDatabase"] = len(seen.locked_databases) * ("database is locked" in seen.log)
    count["LowLimits"] = seen.log.count("Too much request weight used")
    count["SecondProcess"] = sum(one.status is not None for one in seen.intruders)
    count["StartAdopter"] = sum(one.status is not None for one in seen.adopters)
    count["StartNeighbour"] = int(bool(seen.neighbour and seen.neighbour.kept_orders))
    return count


def added(coverages: Iterable[Mapping[str, tuple[int, int]]]) -> Coverage:
    """Add up the lives, the kinds in alphabetical order."""
    drawn: Counter[str] = Counter()
    mattered: Counter[str] = Counter()
    for coverage in coverages:
        for kind, (count, came) in coverage.items():
            drawn[kind] += count
            mattered[kind] += came
    return {kind: (drawn[kind], mattered[kind]) for kind in sorted(drawn)}


def _moments(seen: Evidence) -> Iterable[_Moment]:
    for order in seen.orders:
        for time_ms in {order.created_ms, order.updated_ms}:
            yield _Moment(time_ms, order.pair.partition("/")[0])
    for fill in seen.fills:
        yield _Moment(fill.time_ms, fill.pair.partition("/")[0])
    for one in seen.refused:
        yield _Moment(one.time_ms, one.request.pair.partition("/")[0])


def _met(one: Happened, moments: Iterable[_Moment]) -> bool:
    if one.kind.startswith(FAULT):
        return False
    begun, ended = one.begun_ms - _BEFORE_MS, one.ended_ms + _AFTER_MS
    return any(
        begun <= moment.time_ms <= ended and one.asset in (None, moment.asset) for moment in moments
    )
