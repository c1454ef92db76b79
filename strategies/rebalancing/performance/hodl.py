"""HODL: the first purchase of each asset, held, with the same deposits, withdrawals and fees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.closing import Closing, close
from rebalancing.performance.executions import ADOPTED, INITIAL, WITHDRAWN
from rebalancing.performance.history import History
from rebalancing.policy.targets import over_available


@dataclass(frozen=True, eq=False)
class Hodl:
    """The counterfactual, moment by moment, each before its own orders and cash flows.

    Parameters
    ----------
    amounts : array, shape (moments, assets - 1)
        Coins.
    cash : array, shape (moments,)
        Stake currency.
    closing : Closing
        Its end.
    """

    amounts: Vector
    cash: Vector
    closing: Closing


def hold(history: History) -> Hodl:
    """Hold what the portfolio bought first.

    Notes
    -----
    A deposit after the initial allocation buys more of everything HODL holds at that moment, in
    the proportions it has then, and pays the fee; a withdrawal sells likewise. So flows change
    how much is held and never the mix: what HODL earns on its money is what holding earns.
    Coins brought in are held as they are. For coins taken out HODL gives up as much money of all
    that it holds, without a fee, as the portfolio paid none. What rounds first buy later, HODL
    buys too: see `late_purchases`.
    """
    times, states = [-np.inf], [np.append(np.zeros(len(history.assets) - 1), history.start)]
    for when, change in _events(history):
        times.append(when)
        states.append(change(states[-1]))
    table = np.array(states)
    rows = np.searchsorted(np.array(times), history.time, side="left") - 1
    closing = close(history, table[-1, :-1], float(table[-1, -1]))
    return Hodl(table[rows, :-1], table[rows, -1], closing)


Change = Callable[[Vector], Vector]
"""Turns holdings, shape (assets,) with the cash last, into those after an event."""


def late_purchases(history: History) -> list[tuple[float, Change]]:
    """Return what HODL buys after the initial allocation, and when, oldest first.

    Notes
    -----
    An asset that a round buys and that HODL has never had, because it was listed or added later,
    HODL buys at the time and at the price of that order, up to the target that the portfolio has
    of it at that moment; one that has no target any more gets the share of the NAV that was spent
    on it. For it HODL sells the same share of everything it has, cash included,
    and pays the fee for the sells and for the purchase. So the premium is not that coin's rise.
    """
    orders = history.executions
    had = set(orders.asset[(orders.round == INITIAL) | (orders.round == ADOPTED)].tolist())
    new: dict[int, list[int]] = {}
    for row in np.flatnonzero((orders.round > INITIAL) & (orders.amount > 0)):
        if orders.asset[row] not in had:
            had.add(int(orders.asset[row]))
            new.setdefault(int(orders.round[row]), []).append(int(row))
    return [(float(orders.time[rows[0]]), _late_purchase(history, rows)) for rows in new.values()]


class _Bought:
    """An order of the initial allocation, or coins brought in."""

    def __init__(self, asset: int, amount: float, cash: float) -> None:
        self._asset, self._amount, self._cash = asset, amount, cash

    def __call__(self, state: Vector) -> Vector:
        after = state.copy()
        after[self._asset] += self._amount
        after[-1] += self._cash
        return after


@dataclass(frozen=True, eq=False)
class LatePurchase:
    """A purchase of assets that HODL never had.

    Parameters
    ----------
    weights : array, shape (assets - 1,)
        What they are to be of HODL then, fractions; 0 for all others.
    prices : array, shape (assets - 1,)
        Stake currency for one coin.
    fee : float
        Fraction of every notional.
    """

    weights: Vector
    prices: Vector
    fee: float

    def __call__(self, state: Vector) -> Vector:
        """Return holdings, shape (assets,) with the cash last, after the purchase."""
        coins, cash = float((state[:-1] * self.prices).sum()), float(state[-1])
        wanted, value = float(self.weights.sum()), coins + cash
        brings = (coins * (1 - self.fee) + cash) / (1 + self.fee)  # if all were sold for it
        if wanted <= 0 or brings <= 0:
            return state
        sold = wanted * value / ((1 - wanted) * brings + wanted * value)
        after: Vector = state * (1 - sold)
        bought = self.weights > 0  # others may have no price yet
        after[:-1][bought] += sold * brings / wanted * self.weights[bought] / self.prices[bought]
        return after


def _late_purchase(history: History, rows: Sequence[int]) -> LatePurchase:
    """Take the targets and prices of the moment of the orders in `rows`."""
    orders = history.executions
    moment = history.moment_of(float(orders.time[rows[0]]))
    assets, nav = orders.asset[list(rows)], float(history.nav()[moment])
    prices, available = history.known_prices()[moment], history.available[moment].copy()
    prices[assets], available[assets] = orders.price[list(rows)], True
    targets = history.targets if history.targets.ndim == 1 else history.targets[moment]
    weights = np.zeros(len(prices))
    wanted = over_available(targets, available)[assets]
    weights[assets] = np.where(wanted > 0, wanted, orders.notional[list(rows)] / nav)
    return LatePurchase(weights, prices, history.fee)


class _Flow:
    """A deposit or a withdrawal; before the initial allocation it is cash to allocate."""

    def __init__(self, amount: float, prices: Vector, fee: float) -> None:
        self._amount, self._prices, self._fee = amount, prices, fee

    def __call__(self, state: Vector) -> Vector:
        coins = float((state[:-1] * self._prices).sum())
        cost = coins * (1 + np.copysign(self._fee, self._amount)) + state[-1]
        if coins <= 0 or cost <= 0:
            return np.append(state[:-1], state[-1] + self._amount)
        grown: Vector = state * max(0.0, 1 + self._amount / cost)
        return grown


def _events(history: History) -> list[tuple[float, Change]]:
    orders, flows = history.executions, history.flows
    counted = np.flatnonzero((orders.round == INITIAL) | (orders.round == ADOPTED))
    cash = orders.brought - orders.fees
    events: list[tuple[float, Change]] = [
        (
            float(orders.time[row]),
            _Bought(int(orders.asset[row]), float(orders.amount[row]), float(cash[row])),
        )
        for row in counted
    ]
    prices, gone = history.known_prices(), orders.round == WITHDRAWN
    times = np.concatenate([flows.time, orders.time[gone]])
    amounts = np.concatenate([flows.amount, orders.in_kind[gone]])
    fees = np.append(np.full(len(flows.time), history.fee), np.zeros(int(gone.sum())))
    for when, amount, fee in zip(*map(np.ndarray.tolist, (times, amounts, fees)), strict=True):
        events.append((when, _Flow(amount, prices[history.moment_of(when)], fee)))
    return sorted([*events, *late_purchases(history)], key=lambda event: event[0])
