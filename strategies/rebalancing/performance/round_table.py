"""Every round as a row: when, why, weights before and after, trades and costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector, holding_values, weights_of
from rebalancing.performance.executions import CLOSING, INITIAL, Numbers
from rebalancing.performance.history import History
from rebalancing.performance.record import Record, RoundNote


@dataclass(frozen=True)
class RoundTrade:
    """An order of a round: `amount` coins (buys positive) at `price`."""

    asset: str
    amount: float
    price: float

    @property
    def notional(self) -> float:
        """Stake currency, buys positive."""
        return self.amount * self.price


@dataclass(frozen=True, eq=False)
class RoundRow:
    """A round.

    Parameters
    ----------
    number : int
        0 is the initial allocation.
    reason : str
        As in the order tags.
    time : float
        Of its first order, seconds since 1970.
    nav : float
        Before it, stake currency.
    before, after : array, shape (assets,)
        Weights at the prices of its orders.
    trades : tuple of RoundTrade
        Executed, oldest first.
    turnover : float
        Half the notionals / NAV.
    fees : float
        Stake currency.
    note : RoundNote or None
        What the journal says of it.
    """

    number: int
    reason: str
    time: float
    nav: float
    before: Vector
    after: Vector
    trades: tuple[RoundTrade, ...]
    turnover: float
    fees: float
    note: RoundNote | None


def round_rows(record: Record) -> list[RoundRow]:
    """Tell all rounds, the initial allocation first."""
    history, orders = record.history, record.history.executions
    held = _running(orders.by_asset(orders.amount, len(history.assets) - 1))
    cash = history.start + _running(np.where(_closing(history), 0.0, orders.brought - orders.fees))
    flows = _running(history.flows.amount)
    known = history.known_prices()
    rows = []
    for number in np.unique(orders.round[orders.round >= INITIAL]):
        own = np.flatnonzero(orders.round == number)
        first, last = int(own[0]), int(own[-1])
        moment = history.moment_of(float(orders.time[first]))
        prices = known[moment].copy()
        prices[orders.asset[own]] = orders.price[own]
        states = []
        for row in (first, last + 1):
            when = orders.time[min(row, last)]
            flow = flows[np.searchsorted(history.flows.time, when, side="right")]
            states.append(holding_values(held[row], prices, float(cash[row] + flow)))
        rows.append(_row(record, int(number), own, states[0], states[1]))
    return rows


def _row(record: Record, number: int, own: Numbers, before: Vector, after: Vector) -> RoundRow:
    history, orders = record.history, record.history.executions
    nav = float(before.sum())
    trades = tuple(
        RoundTrade(history.assets[orders.asset[i]], float(orders.amount[i]), float(orders.price[i]))
        for i in own
    )
    return RoundRow(
        number,
        record.tags.get(number, ""),
        float(orders.time[own[0]]),
        nav,
        weights_of(before),
        weights_of(after),
        trades,
        float(orders.notional[own].sum()) / 2 / nav if nav > 0 else 0.0,
        float(orders.fees[own].sum()),
        (record.journal or {}).get(number),
    )


def _closing(history: History) -> Vector:
    closing: Vector = history.executions.round == CLOSING
    return closing


def _running(changes: Vector) -> Vector:
    """Return the sums before each change, and after all."""
    none = np.zeros((1, *changes.shape[1:]))
    sums: Vector = np.concatenate([none, np.cumsum(changes, axis=0)])
    return sums
