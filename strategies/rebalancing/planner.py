"""A plan: the trades that take a portfolio to its destination, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from rebalancing.portfolio import Mask, Portfolio, Vector


@dataclass(frozen=True, eq=False)
class MarketRules:
    """What the exchange allows, asset by asset.

    Parameters
    ----------
    lot : array, shape (assets,)
        Step of the amounts in coins; 0 where any amount will do.
    minimum : array, shape (assets,)
        Smallest trade, stake currency.
    remainder : array, shape (assets,)
        Smallest value that a partial sell may leave behind, stake currency.
    fee : float
        Fraction of a notional, charged on buys and sells alike.
    """

    lot: Vector
    minimum: Vector
    remainder: Vector
    fee: float


class Why(StrEnum):
    """Why a wanted trade was left out."""

    BELOW_MINIMUM = "below the smallest trade"
    LEAVES_DUST = "would leave less than the smallest order"
    NO_CASH = "not enough cash"
    NO_USE = "the buys it would pay for are left out"


@dataclass(frozen=True)
class Trade:
    """A signed change of one holding.

    Parameters
    ----------
    asset : str
        Its code.
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
    why: Why


@dataclass(frozen=True)
class Plan:
    """The trades of a round, sells first, and what was left out."""

    trades: tuple[Trade, ...] = ()
    omitted: tuple[Omission, ...] = ()

    @property
    def turnover(self) -> float:
        """Half the sum of the notionals, stake currency."""
        return sum(trade.notional for trade in self.trades) / 2

    @property
    def shortfall(self) -> str:
        """What was left out and why, in a few words; empty if nothing was."""
        whys = {omission.why for omission in self.omitted}
        named = {why: [o.asset for o in self.omitted if o.why is why] for why in Why if why in whys}
        return "; ".join(f"{', '.join(assets)}: {why}" for why, assets in named.items())


def plan_trades(
    portfolio: Portfolio,
    destination: Vector,
    members: Mask,
    rules: MarketRules,
    reserve: float = 0.0,
) -> Plan:
    """Plan the trades that take the portfolio to the destination.

    Parameters
    ----------
    portfolio : Portfolio
        What is held now.
    destination : array, shape (assets + 1,)
        Wanted weights of the NAV that is left after the fees of these trades.
    members : bool array, shape (assets,)
        Assets that may be traded; the others keep what they are.
    rules : MarketRules
        Lots, minimums and fee.
    reserve : float
        Fraction of the NAV that buys leave uninvested.

    Returns
    -------
    Plan
        Sells, then buys, each in the order of the portfolio. Planned again after its execution
        it holds no trades, but for lots of cash that rounding left over.

    Notes
    -----
    Nothing is rounded up: sells and buys are cut to the lot, buys are scaled down together when
    the cash that the sells bring does not suffice. A destination of 0 sells the whole holding;
    another sell leaves at least what the exchange would take as an order. Where buys are left out,
    sells are made smaller, so that no more than a smallest order lies idle.
    """
    wanted = _wanted(portfolio, destination, members & portfolio.available[:-1], rules.fee)
    desk = _Desk(portfolio, rules)
    sells = desk.sells(wanted, destination)
    proceeds = desk.worth(sells) * (1 - rules.fee)
    spendable = portfolio.cash + proceeds - reserve * portfolio.nav
    buys = desk.fitted(desk.wishes(wanted), spendable / (1 + rules.fee))
    idle = spendable - desk.worth(buys) * (1 + rules.fee)
    idle -= max(0.0, float(destination[-1]) - reserve) * portfolio.nav
    if idle > desk.idle_limit:
        sells = desk.fewer(sells, idle, destination)
    trades = [*desk.trades(sells, -1), *desk.trades(buys, 1)]
    return Plan(tuple(trades), tuple(desk.omissions(wanted, sells, buys)))


def _wanted(portfolio: Portfolio, destination: Vector, members: Mask, fee: float) -> Vector:
    """Signed notionals before any rule. The NAV after fees depends on the trades and they on
    it: each repetition shrinks the error by the fee, so a few are exact."""
    values, nav = portfolio.values[:-1], portfolio.nav
    trades = np.zeros(len(values))
    for _ in range(50):
        after = nav - fee * float(np.abs(trades).sum())
        again = np.where(members, destination[:-1] * after - values, 0.0)
        if np.allclose(again, trades, rtol=0, atol=1e-13 * nav):
            return again
        trades = again
    return trades


@dataclass(frozen=True, eq=False)
class _Desk:
    """Fits wishes, which are notionals by index of the asset, to the rules of the market."""

    portfolio: Portfolio
    rules: MarketRules

    @property
    def idle_limit(self) -> float:
        """Stake currency that may lie idle because buys are too small."""
        minimum = self.rules.minimum
        return float(minimum[np.isfinite(minimum)].max(initial=0.0))

    def wishes(self, wanted: Vector) -> dict[int, float]:
        return {int(i): float(wanted[i]) for i in np.flatnonzero(wanted > 0)}

    def sells(self, wanted: Vector, destination: Vector) -> dict[int, float]:
        """Amounts to sell: whole holdings, or parts that leave no dust."""
        wishes, whole = self.wishes(-wanted), {}
        for i in list(wishes):
            value = float(self.portfolio.values[i])
            if destination[i] > 0:
                wishes[i] = min(wishes[i], max(0.0, value - float(self.rules.remainder[i])))
            else:
                del wishes[i]
                if value >= self.rules.minimum[i]:
                    whole[i] = float(self.portfolio.amounts[i])
        return {**self.fitted(wishes, sum(wishes.values())), **whole}

    def fewer(self, sells: dict[int, float], idle: float, destination: Vector) -> dict[int, float]:
        """Sell less where buys have been left out, so that nearly all of the cash is used."""
        whole = {i: amount for i, amount in sells.items() if destination[i] <= 0}
        parts = {i: sells[i] * float(self.portfolio.prices[i]) for i in sells if i not in whole}
        spare = idle - self.idle_limit
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
        """Coins for a notional, in whole lots; a hair below one is a rounding error."""
        amount, lot = notional / float(self.portfolio.prices[i]), float(self.rules.lot[i])
        return float(np.floor(amount / lot + 1e-9)) * lot if lot > 0 else amount

    def is_order(self, i: int, amount: float) -> bool:
        worth = amount * float(self.portfolio.prices[i])
        return amount > 0 and worth >= self.rules.minimum[i]

    def worth(self, amounts: dict[int, float]) -> float:
        return sum(amount * float(self.portfolio.prices[i]) for i, amount in amounts.items())

    def trades(self, amounts: dict[int, float], sign: int) -> list[Trade]:
        names, prices = self.portfolio.assets, self.portfolio.prices
        return [Trade(names[i], sign * amounts[i], float(prices[i])) for i in sorted(amounts)]

    def omissions(
        self, wanted: Vector, sells: dict[int, float], buys: dict[int, float]
    ) -> Iterator[Omission]:
        for i in map(int, np.flatnonzero(wanted)):
            if i not in sells and i not in buys:
                why = self.reason(i, float(wanted[i]))
                yield Omission(self.portfolio.assets[i], float(wanted[i]), why)

    def reason(self, i: int, size: float) -> Why:
        if not self.is_order(i, self.lots(i, abs(size))):
            return Why.BELOW_MINIMUM
        if size > 0:
            return Why.NO_CASH
        rest = float(self.portfolio.values[i]) - abs(size)
        return Why.LEAVES_DUST if 0 < rest < self.rules.remainder[i] else Why.NO_USE
