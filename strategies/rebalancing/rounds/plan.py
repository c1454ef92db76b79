"""A plan: trades, and what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from rebalancing.market.market_rules import MarketRules, whole_lots


class OmissionReason(StrEnum):
    """Why a wanted trade was left out."""

    BELOW_MINIMUM = "below the smallest trade"
    LEAVES_DUST = "would leave less than the smallest order"
    NO_CASH = "not enough cash"
    CLOSED = "cannot be traded now"
    GUARDED = "a guard forbids to buy it now"
    NO_USE = "the buys it would pay for are left out"


@dataclass(frozen=True)
class Trade:
    """A signed change of one holding.

    Parameters
    ----------
    amount : float
        Coins, buy positive.
    price : float
        Stake currency for one coin at the time of the plan.
    """

    asset: str
    amount: float
    price: float

    @property
    def notional(self) -> float:
        """Stake currency, always positive."""
        return abs(self.amount) * self.price

    @property
    def is_sell(self) -> bool:
        """The holding shrinks."""
        return self.amount < 0


@dataclass(frozen=True)
class Omission:
    """A wanted trade that is not sent: its signed size in stake currency, and the reason."""

    asset: str
    size: float
    why: OmissionReason


@dataclass(frozen=True)
class Plan:
    """The trades of a round, sells first, and what was left out."""

    trades: tuple[Trade, ...] = ()
    omitted: tuple[Omission, ...] = ()

    @property
    def shortfall(self) -> str:
        """What was left out and why, in a few words; empty if nothing was."""
        whys = {omission.why for omission in self.omitted}
        named = {
            why: [o.asset for o in self.omitted if o.why is why]
            for why in OmissionReason
            if why in whys
        }
        return "; ".join(f"{', '.join(assets)}: {why}" for why, assets in named.items())


def omissions(plan: Plan) -> list[dict[str, Any]]:
    """Return the trades a plan leaves out, as data: signed sizes in stake currency, and why."""
    return [{"asset": o.asset, "size": o.size, "why": o.why.value} for o in plan.omitted]


def pieces(plan: Plan, assets: Sequence[str], rules: MarketRules) -> dict[str, float]:
    """Return the first order of each trade that is too large for one, coins, by asset.

    Notes
    -----
    The orders of a trade are about equal: none at its end is too small.
    """
    first = {}
    for trade in plan.trades:
        i, amount = assets.index(trade.asset), abs(trade.amount)
        largest = whole_lots(float(rules.largest[i]), float(rules.lot[i]))
        if amount > largest > 0:
            count = np.ceil(amount / largest - 1e-9)
            first[trade.asset] = whole_lots(float(amount / count), float(rules.lot[i]))
    return first
