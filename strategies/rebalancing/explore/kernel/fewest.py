"""The fewest trades, as `rebalancing.policy.fewest` finds them."""

from __future__ import annotations

from rebalancing.explore.kernel.memory import (
    BANDS,
    BEFORE,
    CHOSEN,
    DRIFT,
    FINAL,
    MINIMUM,
    NAV,
    PARTS,
    ROOM,
    TARGETS,
    Numbers,
)
from rebalancing.explore.kernel.sums import total
from rebalancing.policy.drift import TOLERANCE
from rebalancing.policy.fewest import LAST_BIT, SHARE

_NOBODY = 0
"""A first count; as the name of a number it has the type of all counts."""


def fewest_trades(assets: int, desk: Numbers, marks: Numbers) -> None:
    """Fill in the final drifts. The smallest trades, as fractions of the NAV, are in `PARTS`."""
    for i in range(assets):
        desk[PARTS + i] = desk[MINIMUM + i] / desk[NAV]
        _correct(i, desk)
    cash = -total(desk, FINAL, assets)
    low, high = _lowest(assets, desk), SHARE * desk[BANDS + assets]
    push = cash - min(max(cash, low), high)
    _measure_room(push, assets, desk, marks)
    _call_helpers(abs(push), assets, desk, marks)
    whole = _room_of_chosen(assets, desk, marks)
    for i in range(assets):
        if whole > 0 and marks[CHOSEN + i] == 1:
            share = min(1.0, abs(push) / whole)
            desk[FINAL + i] += (1.0 if push > 0 else -1.0) * desk[ROOM + i] * share
        if abs(desk[FINAL + i] - desk[DRIFT + i]) < desk[PARTS + i] - TOLERANCE:
            desk[FINAL + i] = desk[DRIFT + i]
    desk[FINAL + assets] = -total(desk, FINAL, assets)


def _lowest(i: int, desk: Numbers) -> float:
    return -float(min(SHARE * desk[BANDS + i], desk[TARGETS + i]))


def _correct(i: int, desk: Numbers) -> None:
    """Bring an asset to the edge of its quarter; its room is -1 where it is exempt."""
    drift, low, high = desk[DRIFT + i], _lowest(i, desk), SHARE * desk[BANDS + i]
    correction = min(max(drift, low), high) - drift
    desk[FINAL + i], desk[ROOM + i] = drift, 0.0
    if abs(correction) < TOLERANCE:
        return
    size = max(abs(correction), desk[PARTS + i])
    most = drift - low if correction < 0 else high - drift
    if size > most + TOLERANCE:
        desk[ROOM + i] = -1.0
    else:
        desk[FINAL + i] = drift + (size if correction > 0 else -size)


def _measure_room(push: float, assets: int, desk: Numbers, marks: Numbers) -> None:
    """Fill in how far each asset could go on, and who trades anyway."""
    for i in range(assets):
        final = desk[FINAL + i]
        moved = final - desk[DRIFT + i]
        ahead = SHARE * desk[BANDS + i] - final if push > 0 else final - _lowest(i, desk)
        is_opposed = (moved > 0 and push < 0) or (moved < 0 and push > 0)
        desk[ROOM + i] = 0.0 if desk[ROOM + i] < 0 or is_opposed else max(ahead, 0.0)
        marks[CHOSEN + i] = 1 if moved != 0 else 0


def _room_of_chosen(assets: int, desk: Numbers, marks: Numbers) -> float:
    found = _NOBODY
    for i in range(assets):
        if marks[CHOSEN + i] == 1:
            desk[BEFORE + found] = desk[ROOM + i]
            found += 1
    return total(desk, BEFORE, found)


def _call_helpers(push: float, assets: int, desk: Numbers, marks: Numbers) -> None:
    """Choose the fewest further assets whose room suffices; the first ones if several do."""
    missing = push - _room_of_chosen(assets, desk, marks)
    wanted, reach = 0, 0.0
    free = _spread(_NOBODY, assets, desk, marks)
    while missing > 0 and reach < missing - LAST_BIT and wanted < free:
        reach += _take_largest(free, desk)
        wanted += 1
    for i in range(assets):
        if wanted == 0:
            return
        if not _is_free(i, desk, marks):
            continue
        later, rest = _spread(i + 1, assets, desk, marks), 0.0
        if later >= wanted:
            for _ in range(wanted - 1):
                rest += _take_largest(later, desk)
        if later < wanted or missing - desk[ROOM + i] <= rest + LAST_BIT:
            marks[CHOSEN + i] = 1
            missing -= desk[ROOM + i]
            wanted -= 1


def _is_free(i: int, desk: Numbers, marks: Numbers) -> bool:
    return bool(marks[CHOSEN + i] == 0 and desk[ROOM + i] > max(desk[PARTS + i], 0.0))


def _spread(first: int, assets: int, desk: Numbers, marks: Numbers) -> int:
    """Lay out the room of who is free from `first` on, and return how many there are."""
    found = _NOBODY
    for i in range(first, assets):
        if _is_free(i, desk, marks):
            desk[BEFORE + found] = desk[ROOM + i]
            found += 1
    return found


def _take_largest(count: int, desk: Numbers) -> float:
    """Return the largest of the first `count` laid out, and take it away."""
    best = 0
    for i in range(count):
        if desk[BEFORE + i] > desk[BEFORE + best]:
            best = i
    value: float = desk[BEFORE + best]
    desk[BEFORE + best] = -1.0
    return value
