"""How often each kind of trouble was drawn, and how often anything came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tests.campaign.evidence import Evidence, Happened

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
    A fault of requests mattered if a request met it. Any other trouble mattered if an order of
    its coin (of any coin where it has none) was sent, filled, ended or refused while it lasted,
    from a second before it until five seconds after.
    """
    moments = list(_moments(seen))
    drawn: Counter[str] = Counter(one.kind for one in seen.happened)
    mattered: Counter[str] = Counter(one.kind for one in seen.happened if _met(one, moments))
    for kind, fired in Counter(f"{FAULT} {kind}" for kind in seen.fired).items():
        mattered[kind] = min(drawn[kind], fired)
    return {kind: (count, mattered[kind]) for kind, count in drawn.items()}


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
