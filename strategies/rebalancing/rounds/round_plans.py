"""Plans of a round: around what is not traded now, and for what is left of it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.rounds.plan import Omission, OmissionReason, Plan
from rebalancing.rounds.planner import plan_trades
from rebalancing.rounds.round import Round


class HeldBack(NamedTuple):
    """What is not traded now, as bool arrays of the shape (assets,).

    Assets of which no order would be made, and those that a guard lets nobody buy.
    """

    untradable: Mask
    unbought: Mask


def plan_around(
    held_back: HeldBack,
    portfolio: Portfolio,
    destination: Vector,
    members: Mask,
    rules: MarketRules,
    reserve: float,
) -> Plan:
    """Plan as `plan_trades` does, and leave out, with that reason, what is not traded now.

    Parameters
    ----------
    portfolio, destination, members, rules, reserve
        As for `plan_trades`.
    """
    gaps = destination[:-1] * portfolio.nav - portfolio.values[:-1]
    untradable, guarded = held_back.untradable, held_back.unbought & (gaps > 0)
    plan = plan_trades(portfolio, destination, members & ~(untradable | guarded), rules, reserve)
    whys = (untradable, OmissionReason.CLOSED), (guarded & ~untradable, OmissionReason.GUARDED)
    left = [
        Omission(portfolio.assets[i], float(gaps[i]), why)
        for mask, why in whys
        for i in map(int, np.flatnonzero(mask & members & (np.abs(gaps) >= rules.minimum)))
    ]
    return replace(plan, omitted=(*plan.omitted, *left))


def plan_rest(
    current: Round,
    destination: Vector,
    members: Mask,
    held_back: HeldBack,
    portfolio: Portfolio,
    rules: MarketRules,
    reserve: float,
) -> Plan:
    """Plan what is left of a round.

    Each asset the way it began, and no buy that counts on a sell which the round will not make.
    Sells do not wait for such buys: they bring cash.

    Parameters
    ----------
    current : Round
        Knows which way it began for each asset.
    destination : array, shape (assets + 1,)
        The weights it aims at.
    members : bool array, shape (assets,)
        Assets of which something is left to trade.
    held_back, portfolio, rules, reserve
        As for `plan_around`.
    """
    while True:
        plan = plan_around(held_back, portfolio, destination, members, rules, reserve)
        turned = [trade for trade in plan.trades if not current.continues(trade)]
        sold = [trade.asset for trade in turned if trade.is_sell]
        if not sold:
            return replace(plan, trades=tuple(filter(current.continues, plan.trades)))
        members = members & ~np.isin(portfolio.assets, sold)
