"""A plan: the trades that take a portfolio to its destination, and what was left out."""

from __future__ import annotations

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
    sellable : bool array, shape (assets,)
        False where no sell can be filled, however large.
    fee : float
        Fraction of a notional, charged on buys and sells alike.
    """

    lot: Vector
    minimum: Vector
    remainder: Vector
    sellable: Mask
    fee: float


class Why(StrEnum):
    """Why a wanted trade was left out."""

    BELOW_MINIMUM = "below the smallest trade"
    LEAVES_DUST = "would leave less than the smallest order"
    NOT_SELLABLE = "no sell can be filled at this price"
    NO_CASH = "not enough cash"


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
    another sell leaves at least what the exchange would take as an order.
    """
    members = members & portfolio.available[:-1]
    wanted = _wanted(portfolio, destination, members, rules.fee)
    sells, omitted = _sells(portfolio, destination, np.minimum(wanted, 0), rules)
    proceeds = sum(trade.notional for trade in sells) * (1 - rules.fee)
    spendable = portfolio.cash + proceeds - reserve * portfolio.nav
    buys, more = _buys(portfolio, np.maximum(wanted, 0), spendable, rules)
    return Plan((*sells, *buys), (*omitted, *more))


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


def _sells(
    portfolio: Portfolio, destination: Vector, wanted: Vector, rules: MarketRules
) -> tuple[list[Trade], list[Omission]]:
    trades, omitted = [], []
    for i in np.flatnonzero(wanted < 0):
        asset, held, price = portfolio.assets[i], portfolio.amounts[i], portfolio.prices[i]
        amount, why = held, None
        if destination[i] > 0:
            largest = max(0.0, held - rules.remainder[i] / price)
            amount = _cut(min(-wanted[i] / price, largest), rules.lot[i])
        if not rules.sellable[i]:
            why = Why.NOT_SELLABLE
        elif amount * price < rules.minimum[i]:
            enough = -wanted[i] >= rules.minimum[i]
            why = Why.LEAVES_DUST if enough else Why.BELOW_MINIMUM
        if why is not None:
            omitted.append(Omission(asset, float(wanted[i]), why))
        elif amount > 0:
            trades.append(Trade(asset, -float(amount), float(price)))
    return trades, omitted


def _buys(
    portfolio: Portfolio, wanted: Vector, spendable: float, rules: MarketRules
) -> tuple[list[Trade], list[Omission]]:
    """Scale the buys to the cash; one that becomes too small leaves its share to the others."""
    omitted: list[Omission] = []
    left = [int(i) for i in np.flatnonzero(wanted > 0)]
    while left:
        cost = float(wanted[left].sum()) * (1 + rules.fee)
        scale = min(1.0, max(0.0, spendable) / cost)
        amounts = {i: _cut(wanted[i] * scale / portfolio.prices[i], rules.lot[i]) for i in left}
        small = [i for i in left if amounts[i] * portfolio.prices[i] < rules.minimum[i]]
        if not small:
            break
        first = min(small, key=lambda i: float(wanted[i]))
        whole = _cut(wanted[first] / portfolio.prices[first], rules.lot[first])
        enough = whole * portfolio.prices[first] >= rules.minimum[first]
        why = Why.NO_CASH if enough else Why.BELOW_MINIMUM
        omitted.append(Omission(portfolio.assets[first], float(wanted[first]), why))
        left.remove(first)
    buys = [
        Trade(portfolio.assets[i], float(amounts[i]), float(portfolio.prices[i]))
        for i in left
        if amounts[i] > 0
    ]
    return buys, omitted


def _cut(amount: float, lot: float) -> float:
    """Cut to whole lots; a hair below a whole lot is a rounding error, not a missing lot."""
    return float(np.floor(amount / lot + 1e-9) * lot) if lot > 0 else float(amount)
