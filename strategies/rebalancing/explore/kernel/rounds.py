"""The decision of one moment, as `decide` makes it: a round begins, goes on, or ends."""

from __future__ import annotations

from rebalancing.explore.kernel.destinations import set_destination
from rebalancing.explore.kernel.memory import (
    AGAIN,
    BOUGHT,
    BUY_GOALS,
    BUYS,
    CASH,
    DESTINATION,
    DRIFT,
    FAILURES,
    IS_EVENT,
    LAST_START,
    MEMBERS,
    MINIMUM,
    NAV,
    NEVER,
    NOW,
    NUMBER,
    OPEN,
    ORDERED_AT,
    PLANNED,
    PRICES,
    SEEN,
    SELL_GOALS,
    SELLS,
    SOLD,
    TARGETS,
    TRIES,
    WAITING,
    WANTED,
    WEIGHTS,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.planning import plan_round, set_rules
from rebalancing.explore.kernel.schedule import (
    allocate,
    has_boundary,
    is_cooling,
    needs_boundary,
    serve,
)
from rebalancing.explore.kernel.weighing import is_outside, set_bands, set_targets
from rebalancing.policy.drift import TOLERANCE
from rebalancing.policy.triggers.events import OWED
from rebalancing.rounds.round import MAX_TRIES

NOTHING, EVENT, POLICY = 0, 1, 2
"""Why a round is due: it is not, an event asks for it, period or threshold do."""


def decide(terms: Terms, desk: Numbers, marks: Numbers) -> None:
    """Go on with the open round or end it, and open one if one is due and has a trade."""
    while True:
        is_open = marks[OPEN] == 1
        is_wanted = _is_unfinished(terms, desk, marks) if is_open else is_due(terms, desk, marks)
        has_trades = is_wanted and plan_round(terms.assets, terms.fee, desk, marks)
        if is_open:
            _go_on(terms.assets, is_wanted, has_trades, desk, marks)
        elif is_wanted:
            _open(terms.assets, has_trades, desk, marks)
        if not is_open or marks[OPEN] == 1:
            return


def is_due(terms: Terms, desk: Numbers, marks: Numbers) -> bool:
    """Fill in destination and members of the round that is due."""
    if desk[NAV] <= 0 or is_cooling(terms, marks):
        return False
    set_targets(terms.assets, desk)
    for i in range(terms.assets + 1):
        desk[DRIFT + i] = desk[WEIGHTS + i] - desk[TARGETS + i]
    if terms.has_threshold:
        set_bands(terms, desk)
    reason = _due(terms, desk, marks)
    serve(terms, marks)
    if reason == NOTHING:
        return False
    set_rules(terms, desk)
    set_destination(reason == POLICY, terms, desk, marks)
    marks[AGAIN], marks[IS_EVENT] = 0, 1 if reason == EVENT else 0
    for i in range(terms.assets):
        away = abs(desk[DESTINATION + i] - desk[WEIGHTS + i])
        marks[MEMBERS + i] = 1 if away > TOLERANCE else 0
    return True


def _due(terms: Terms, desk: Numbers, marks: Numbers) -> int:
    has_price, has_new = False, False
    for i in range(terms.assets):
        is_known = desk[PRICES + i] == desk[PRICES + i]
        has_price = has_price or is_known
        has_new = has_new or (is_known and marks[SEEN + i] == 0 and desk[TARGETS + i] > 0)
    if marks[LAST_START] < 0:
        return EVENT if has_price else NOTHING
    if marks[AGAIN] == 1 or desk[CASH] < -OWED * desk[NAV] or has_new:
        return EVENT
    has_come = has_boundary(terms, marks)
    if not has_come and (not terms.has_threshold or needs_boundary(terms)):
        return NOTHING
    if has_come and not (terms.has_threshold and needs_boundary(terms)):
        return POLICY
    return POLICY if is_outside(terms.assets, desk) else NOTHING


def _open(assets: int, has_trades: bool, desk: Numbers, marks: Numbers) -> None:
    is_balanced = True
    for i in range(assets):
        is_balanced = is_balanced and desk[WANTED + i] == 0
        if desk[PRICES + i] == desk[PRICES + i]:
            marks[SEEN + i] = 1
    if not has_trades:
        if marks[LAST_START] < 0 and is_balanced:
            allocate(marks, marks[NOW])
        return
    for i in range(assets):
        desk[SELL_GOALS + i] = desk[BUY_GOALS + i] = desk[SOLD + i] = desk[BOUGHT + i] = 0.0
    marks[OPEN], marks[TRIES], marks[ORDERED_AT] = 1, 0, NEVER
    marks[LAST_START] = marks[NOW]
    marks[NUMBER] += 1
    _adopt(assets, desk, marks)


def _adopt(assets: int, desk: Numbers, marks: Numbers) -> None:
    """Take the plan for what is left of the round."""
    for i in range(assets):
        sells, buys, price = desk[SELLS + i], desk[BUYS + i], desk[PRICES + i]
        desk[WAITING + i], desk[PLANNED + i] = 0.0, price
        if sells > 0:
            desk[WAITING + i] = -sells
            desk[SELL_GOALS + i], desk[BUY_GOALS + i] = desk[SOLD + i] + sells, desk[BOUGHT + i]
        elif buys > 0:
            desk[WAITING + i] = buys
            desk[SELL_GOALS + i] = desk[SOLD + i]
            desk[BUY_GOALS + i] = desk[BOUGHT + i] + buys * price
    marks[TRIES] += 1


def _is_unfinished(terms: Terms, desk: Numbers, marks: Numbers) -> bool:
    """Mark the assets whose orders fall short of the plan by a trade or more."""
    set_rules(terms, desk)
    found = False
    for i in range(terms.assets):
        coins = max(0.0, desk[SELL_GOALS + i] - desk[SOLD + i])
        left = coins * desk[PRICES + i] + max(0.0, desk[BUY_GOALS + i] - desk[BOUGHT + i])
        is_short = left >= desk[MINIMUM + i]
        marks[MEMBERS + i] = 1 if is_short else 0
        found = found or is_short
    return found


def _go_on(
    assets: int, is_unfinished: bool, has_trades: bool, desk: Numbers, marks: Numbers
) -> None:
    """Close the open round, or take the plan of what is left of it."""
    gives_up = marks[TRIES] >= MAX_TRIES
    if has_trades and not gives_up:
        _adopt(assets, desk, marks)
    else:
        _close(assets, is_unfinished and gives_up, desk, marks)


def _close(assets: int, gave_up: bool, desk: Numbers, marks: Numbers) -> None:
    allocate(marks, marks[ORDERED_AT] if marks[ORDERED_AT] >= 0 else marks[NOW])
    if gave_up and marks[IS_EVENT] == 1:
        marks[AGAIN] = 1
    marks[FAILURES] = marks[FAILURES] + 1 if gave_up else 0
    marks[OPEN] = 0
    for i in range(assets):
        desk[WAITING + i] = 0.0
