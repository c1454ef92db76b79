"""What a followed policy and its HODL are worth: over time, and at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.explore.exploration import Whole
from rebalancing.explore.following import Followed, Follower, Orders
from rebalancing.explore.translate import NO_ROWS
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix
from rebalancing.performance.hodl import LatePurchase
from rebalancing.policy.policy import Policy
from rebalancing.policy.targets import over_available


class Closes:
    """Prices at which things are valued.

    Attributes
    ----------
    newest : array, shape (rows, assets)
        The last close before each candle, however old; 0 before the first one.
    last : array, shape (assets,)
        At which everything is sold at the end: the open of the last candle, as in a backtest; of
        what has no price then, its last close.
    """

    def __init__(self, prices: PriceMatrix, fee: float) -> None:
        self.newest, self.known = prices.newest(), prices.known
        self.first, self.seconds, self.fee = prices.first, prices.seconds, fee
        opens, has_price = prices.opens()[-1], np.isfinite(prices.known[-1])
        self._sampled: tuple[Whole, Vector] = NO_ROWS, self.newest[:0]
        self.last: Vector = np.where(has_price & np.isfinite(opens), opens, self.newest[-1])

    def at(self, rows: Whole) -> Vector:
        """Return the last closes before some candles, shape (rows, assets)."""
        known, prices = self._sampled
        if known is not rows:  # all policies are asked for the same rows
            prices = self.newest[rows]
            self._sampled = rows, prices
        return prices

    def sold(self, amounts: Vector, cash: float) -> float:
        """Return the stake currency once everything is sold at the end, after the fee."""
        return cash + float((amounts * self.last).sum()) * (1 - self.fee)

    def closing_fees(self, amounts: Vector) -> float:
        """Return what selling everything at the end costs."""
        return float((amounts * self.last).sum()) * self.fee


@dataclass(frozen=True, eq=False)
class Held:
    """HODL of a policy.

    Parameters
    ----------
    navs : array, shape (samples,)
        In the rows that were asked for.
    nav : float
        At the end, everything sold.
    """

    navs: Vector
    nav: float


def hold(follower: Follower, closes: Closes, policy: Policy, found: Followed, rows: Whole) -> Held:
    """Hold what a policy bought first, and buy later what its rounds first buy later."""
    coins, cash = np.zeros(len(found.amounts)), follower.cash(policy)
    prices, navs = closes.at(rows), np.full(len(rows), cash)
    if found.begun >= 0:
        coins, cash = found.first_amounts, found.first_cash
        _value(navs, prices, coins, cash, rows, (found.begun - closes.first) // closes.seconds)
    if found.has_late:
        for row, change in _late(follower.orders(policy, found.orders), closes, policy):
            state = change(np.append(coins, cash))
            coins, cash = state[:-1], float(state[-1])
            _value(navs, prices, coins, cash, rows, row)
    return Held(navs, closes.sold(coins, cash))


def _value(
    navs: Vector, prices: Vector, coins: Vector, cash: float, rows: Whole, bought: int
) -> None:
    """Value what is held after a row: each moment is before its own orders."""
    first = int(rows.searchsorted(bought, side="right"))
    navs[first:] = prices[first:] @ coins + cash


def _late(orders: Orders, closes: Closes, policy: Policy) -> list[tuple[int, LatePurchase]]:
    """Return what HODL buys after the initial allocation, and in which row."""
    had = set(orders.asset[orders.round == 0].tolist())
    new: dict[int, list[int]] = {}
    for k in np.flatnonzero((orders.round > 0) & (orders.amount > 0)):
        if orders.asset[k] not in had:
            had.add(int(orders.asset[k]))
            new.setdefault(int(orders.round[k]), []).append(int(k))
    return [(int(orders.row[ks[0]]), _purchase(orders, ks, closes, policy)) for ks in new.values()]


def _purchase(orders: Orders, ks: list[int], closes: Closes, policy: Policy) -> LatePurchase:
    row, assets = int(orders.row[ks[0]]), orders.asset[ks]
    prices, known = closes.newest[row].copy(), np.isfinite(closes.known[row])
    prices[assets], known[assets] = orders.price[ks], True
    wanted = over_available(policy.targets, np.append(known, True))
    weights = np.zeros(len(prices))
    weights[assets] = wanted[assets]
    return LatePurchase(weights, prices, closes.fee)
