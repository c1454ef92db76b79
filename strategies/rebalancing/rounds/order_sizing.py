"""Wanted trades, fitted to what the exchange allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rebalancing.market.market_rules import MarketRules, whole_lots
from rebalancing.market.portfolio import Portfolio, Vector
from rebalancing.rounds.plan import Omission, OmissionReason, Plan, Trade


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


@dataclass(frozen=True, eq=False)
class OrderSizing:
    """Fits wishes to the rules of the market.

    Wishes are notionals by index of the asset, in stake currency; what comes of them are amounts
    by index, in coins. Both are positive, whether bought or sold.

    Parameters
    ----------
    portfolio : Portfolio
        What is held, and the prices.
    """

    portfolio: Portfolio
    rules: MarketRules

    @property
    def idle_limit(self) -> float:
        """Stake currency that may lie idle because buys are too small."""
        minimum = self.rules.minimum
        return max(map(float, minimum[np.isfinite(minimum)]), default=0.0)

    def wishes(self, wanted: Vector) -> dict[int, float]:
        """Return the wanted notionals above 0."""
        return {int(i): float(wanted[i]) for i in np.flatnonzero(wanted > 0)}

    def sells(self, wanted: Vector, destination: Vector) -> dict[int, float]:
        """Amounts to sell: all lots of a holding, or parts that leave no dust."""
        wishes, whole = self.wishes(-wanted), {}
        for i in list(wishes):
            value = float(self.portfolio.values[i])
            if destination[i] > 0:
                wishes[i] = min(wishes[i], max(0.0, value - float(self.rules.remainder[i])))
            else:
                del wishes[i]
                lots = whole_lots(float(self.portfolio.amounts[i]), float(self.rules.lot[i]))
                if self.is_order(i, lots):
                    whole[i] = lots
        return {**self.fitted(wishes, sum(wishes.values())), **whole}

    def fewer(self, sells: dict[int, float], spare: float, destination: Vector) -> dict[int, float]:
        """Sell less where buys have been left out, so that nearly all of the cash is used."""
        whole = {i: amount for i, amount in sells.items() if destination[i] <= 0}
        parts = {i: sells[i] * float(self.portfolio.prices[i]) for i in sells if i not in whole}
        return {**self.fitted(parts, sum(parts.values()) - spare / (1 - self.rules.fee)), **whole}

    def fitted(self, wishes: dict[int, float], budget: float) -> dict[int, float]:
        """Amounts, scaled together to the budget and cut to lots; one that becomes too small
        leaves its share to the others."""
        left = {i: wish for i, wish in wishes.items() if wish > 0}
        while left:
            scale = min(1.0, max(0.0, budget) / sum(left.values()))
            amounts = {i: self.lots(i, wish * scale) for i, wish in left.items()}
            small = [i for i in left if not self.is_order(i, amounts[i])]
            if not small:
                return amounts
            del left[min(small, key=left.__getitem__)]
        return {}

    def lots(self, i: int, notional: float) -> float:
        """Coins for a notional, in whole lots."""
        return whole_lots(notional / float(self.portfolio.prices[i]), float(self.rules.lot[i]))

    def is_order(self, i: int, amount: float) -> bool:
        """Tell whether the exchange and the user take this amount for an order."""
        worth = amount * float(self.portfolio.prices[i])
        return amount > 0 and worth >= self.rules.minimum[i]

    def worth(self, amounts: dict[int, float]) -> float:
        """Return the value of amounts, stake currency."""
        return sum(amount * float(self.portfolio.prices[i]) for i, amount in amounts.items())

    def trades(self, amounts: dict[int, float], sign: int) -> list[Trade]:
        """Return the trades of these amounts: bought with a sign of 1, sold with -1."""
        names, prices = self.portfolio.assets, self.portfolio.prices
        return [Trade(names[i], sign * amounts[i], float(prices[i])) for i in sorted(amounts)]

    def omissions(
        self, wanted: Vector, sells: dict[int, float], buys: dict[int, float]
    ) -> Iterator[Omission]:
        """Yield what was wanted and is in neither of the two."""
        for i in map(int, np.flatnonzero(wanted)):
            if i not in sells and i not in buys:
                why = self.reason(i, float(wanted[i]))
                yield Omission(self.portfolio.assets[i], float(wanted[i]), why)

    def reason(self, i: int, size: float) -> OmissionReason:
        """Say why a wanted trade, signed, came to nothing."""
        if not self.is_order(i, self.lots(i, abs(size))):
            return OmissionReason.BELOW_MINIMUM
        if size > 0:
            return OmissionReason.NO_CASH
        rest = float(self.portfolio.values[i]) - abs(size)
        return (
            OmissionReason.LEAVES_DUST
            if 0 < rest < self.rules.remainder[i]
            else OmissionReason.NO_USE
        )
