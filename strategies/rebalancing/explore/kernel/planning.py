"""The plan of a round: amounts in whole lots, as `plan_trades` makes it."""

from __future__ import annotations

import math

from rebalancing.explore.kernel.lots import planned_lots
from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    BEFORE,
    BUYS,
    CASH,
    COINS,
    COSTS,
    DESTINATION,
    LAST_START,
    LOTS,
    MEMBERS,
    MINIMUM,
    NAV,
    OPEN,
    PARTS,
    PRICES,
    REMAINDER,
    SELL_GOALS,
    SELLS,
    VALUES,
    WANTED,
    WISHES,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.sums import total
from rebalancing.rounds.order_sizing import EXACT, REPETITIONS

CLEAR = 1e-6
"""By which fraction a trade has to be too small before its plan is left out."""


def set_rules(terms: Terms, desk: Numbers) -> None:
    """Fill in smallest trades and remainders as `Markets.rules` does."""
    for i in range(terms.assets):
        smallest = desk[COINS + i] * desk[PRICES + i]
        if not smallest > desk[COSTS + i]:
            smallest = desk[COSTS + i]
        smallest *= terms.margin
        desk[MINIMUM + i] = max(smallest / (1 + terms.fee) * 0.999, terms.min_trade)
        desk[REMAINDER + i] = smallest / terms.margin * terms.remainder_margin


def _is_too_small(assets: int, fee: float, desk: Numbers, marks: Numbers) -> bool:
    """Tell that no asset is so far from the destination that a plan would hold an order for it.

    Notes
    -----
    The fees of a plan move its destination by less than if all ways were gone twice.
    """
    whole = 0.0
    for i in range(assets):
        desk[WISHES + i] = 0.0
        if marks[MEMBERS + i] == 1 and desk[PRICES + i] == desk[PRICES + i]:
            desk[WISHES + i] = abs(desk[DESTINATION + i] * desk[NAV] - desk[VALUES + i])
        whole += desk[WISHES + i]
    for i in range(assets):
        most = desk[WISHES + i] + abs(desk[DESTINATION + i]) * 2 * fee * whole
        if most * (1 + CLEAR) >= desk[MINIMUM + i]:
            return False
    return True


def plan_round(assets: int, fee: float, desk: Numbers, marks: Numbers) -> bool:
    """Fill in sells and buys, coins, and tell whether there is any trade.

    Of an open round, plan what is left: each asset the way it began, and no buy that counts on a
    sell that is not made.
    """
    is_open = marks[OPEN] == 1
    if not is_open and marks[LAST_START] >= 0 and _is_too_small(assets, fee, desk, marks):
        return False
    while True:
        _plan(assets, fee, desk, marks)
        has_turned, found = False, False
        for i in range(assets):
            began_selling = desk[SELL_GOALS + i] > 0
            if is_open and desk[SELLS + i] > 0 and not began_selling:
                has_turned, marks[MEMBERS + i] = True, 0
            if is_open and desk[BUYS + i] > 0 and began_selling:
                desk[BUYS + i] = 0.0
            found = found or desk[SELLS + i] > 0 or desk[BUYS + i] > 0
        if not has_turned:
            return found


def _plan(assets: int, fee: float, desk: Numbers, marks: Numbers) -> None:
    _set_wanted(assets, fee, desk, marks)
    _set_sells(assets, desk)
    spendable = desk[CASH] + _worth(assets, SELLS, desk) * (1 - fee)
    for i in range(assets):
        desk[WISHES + i] = max(desk[WANTED + i], 0.0)
    _fit(assets, spendable / (1 + fee), BUYS, desk)
    bought, limit = _worth(assets, BUYS, desk), 0.0
    for i in range(assets):
        if desk[MINIMUM + i] < math.inf:
            limit = max(limit, desk[MINIMUM + i])
    idle = spendable - bought * (1 + fee)
    idle -= max(0.0, desk[DESTINATION + assets]) * desk[NAV]
    if idle > limit:
        _sell_less(assets, fee, idle - (limit if bought > 0 else 0.0), desk)


def _set_wanted(assets: int, fee: float, desk: Numbers, marks: Numbers) -> None:
    """Fill in signed notionals, right after the fees of these trades."""
    for i in range(assets):
        desk[BEFORE + i] = 0.0
        desk[PARTS + i] = 0.0
    for _ in range(REPETITIONS):
        after = desk[NAV] - fee * total(desk, PARTS, assets)
        is_same = True
        for i in range(assets):
            wanted = 0.0
            if marks[MEMBERS + i] == 1 and desk[PRICES + i] == desk[PRICES + i]:
                wanted = desk[DESTINATION + i] * after - desk[VALUES + i]
            desk[WANTED + i] = wanted
            is_same = is_same and abs(wanted - desk[BEFORE + i]) <= EXACT * desk[NAV]
        if is_same:
            return
        for i in range(assets):
            desk[BEFORE + i] = desk[WANTED + i]
            desk[PARTS + i] = abs(desk[WANTED + i])


def _set_sells(assets: int, desk: Numbers) -> None:
    """Fill in all lots of a holding, or parts that leave no dust."""
    for i in range(assets):
        desk[WISHES + i] = 0.0
        if desk[WANTED + i] < 0 and desk[DESTINATION + i] > 0:
            rest = max(0.0, desk[VALUES + i] - desk[REMAINDER + i])
            desk[WISHES + i] = min(-desk[WANTED + i], rest)
    _fit(assets, math.inf, SELLS, desk)
    for i in range(assets):
        if desk[WANTED + i] < 0 and not desk[DESTINATION + i] > 0:
            lots = planned_lots(desk[AMOUNTS + i], desk[LOTS + i])
            desk[SELLS + i] = lots if _is_order(lots, i, desk) else 0.0


def _sell_less(assets: int, fee: float, spare: float, desk: Numbers) -> None:
    """Sell less where buys have been left out."""
    for i in range(assets):
        is_part = desk[SELLS + i] > 0 and desk[DESTINATION + i] > 0
        desk[WISHES + i] = desk[SELLS + i] * desk[PRICES + i] if is_part else 0.0
    _fit(assets, total(desk, WISHES, assets) - spare / (1 - fee), PARTS, desk)
    for i in range(assets):
        if desk[DESTINATION + i] > 0:
            desk[SELLS + i] = desk[PARTS + i]


def _fit(assets: int, budget: float, found: int, desk: Numbers) -> None:
    """Fill in amounts for the wishes, scaled together to the budget.

    One that becomes too small leaves its share to the others.
    """
    while True:
        whole, smallest = total(desk, WISHES, assets), -1
        for i in range(assets):
            desk[found + i], wish = 0.0, desk[WISHES + i]
            if wish > 0:
                scale = min(1.0, max(0.0, budget) / whole)
                amount = planned_lots(wish * scale / desk[PRICES + i], desk[LOTS + i])
                if _is_order(amount, i, desk):
                    desk[found + i] = amount
                elif smallest < 0 or wish < desk[WISHES + smallest]:
                    smallest = i
        if smallest < 0:
            return
        desk[WISHES + smallest] = 0.0


def _is_order(amount: float, i: int, desk: Numbers) -> bool:
    return amount > 0 and amount * desk[PRICES + i] >= desk[MINIMUM + i]


def _worth(assets: int, amounts: int, desk: Numbers) -> float:
    """Return what the coins at a place are worth."""
    for i in range(assets):
        coins = desk[amounts + i]
        desk[PARTS + i] = coins * desk[PRICES + i] if coins > 0 else 0.0
    return total(desk, PARTS, assets)
