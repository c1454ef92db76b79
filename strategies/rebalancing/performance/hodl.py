"""HODL: the initial allocation, held, with the same deposits, withdrawals and fees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.performance.closing import Closing, close
from rebalancing.performance.executions import ADOPTED, INITIAL
from rebalancing.performance.history import History
from rebalancing.portfolio import Vector


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
    """Hold what the initial allocation bought.

    Notes
    -----
    A deposit after the initial allocation buys more of everything HODL holds at that moment, in
    the proportions it has then, and pays the fee; a withdrawal sells likewise. So flows change
    how much is held and never the mix: what HODL earns on its money is what holding earns.
    Coins brought in are held as they are.
    """
    times, states = [-np.inf], [np.append(np.zeros(len(history.assets) - 1), history.start)]
    for when, change in _events(history):
        times.append(when)
        states.append(change(states[-1]))
    table = np.array(states)
    rows = np.searchsorted(np.array(times), history.time, side="left") - 1
    closing = close(history, table[-1, :-1], float(table[-1, -1]))
    return Hodl(table[rows, :-1], table[rows, -1], closing)


class _Bought:
    """An order of the initial allocation, or coins brought in."""

    def __init__(self, asset: int, amount: float, cash: float) -> None:
        self._asset, self._amount, self._cash = asset, amount, cash

    def __call__(self, state: Vector) -> Vector:
        after = state.copy()
        after[self._asset] += self._amount
        after[-1] += self._cash
        return after


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


def _events(history: History) -> list[tuple[float, _Bought | _Flow]]:
    orders, flows = history.executions, history.flows
    counted = np.flatnonzero((orders.round == INITIAL) | (orders.round == ADOPTED))
    cash = orders.brought - orders.fees
    events: list[tuple[float, _Bought | _Flow]] = [
        (
            float(orders.time[row]),
            _Bought(int(orders.asset[row]), float(orders.amount[row]), float(cash[row])),
        )
        for row in counted
    ]
    prices = history.known_prices()
    for when, amount in zip(flows.time, flows.amount, strict=True):
        moment = max(int(np.searchsorted(history.time, when, side="right")) - 1, 0)
        events.append((float(when), _Flow(float(amount), prices[moment], history.fee)))
    return sorted(events, key=lambda event: event[0])
