"""Where the change of the NAV came from, and who paid for whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.executions import CLOSING, INITIAL
from rebalancing.performance.history import History


@dataclass(frozen=True, eq=False)
class Attribution:
    """NAV - start = sum of the gains - fees + flows, at every moment and after the closing.

    Parameters
    ----------
    gains : array, shape (moments + 1, assets - 1)
        Price gain of each asset since the beginning, stake currency: what its sells brought and
        what is held of it is worth, less what its buys cost. The last row is after the closing.
    fees : array, shape (moments + 1,)
        Paid since the beginning, stake currency; the last one with the fees of the closing.
    flows : array, shape (moments + 1,)
        Deposits less withdrawals since the beginning, coins brought in among them.
    """

    gains: Vector
    fees: Vector
    flows: Vector

    @property
    def change(self) -> Vector:
        """NAV less the start, shape (moments + 1,)."""
        change: Vector = self.gains.sum(axis=1) - self.fees + self.flows
        return change


def attribute(history: History) -> Attribution:
    """Attribute the change of the NAV to price gains, fees and cash flows."""
    orders, closing = history.executions, close_portfolio(history)
    own = orders.round != CLOSING
    spent = orders.by_asset(orders.amount * orders.price, len(history.assets) - 1)[own]
    held = history.amounts * history.known_prices()
    gains = np.vstack(
        [held - history.before(orders.time[own], spent), closing.coins - spent.sum(axis=0)]
    )
    paid = history.before(orders.time[own], orders.fees[own])
    flows = history.before(history.flows.time, history.flows.amount)
    flows = flows + history.before(orders.time, orders.in_kind)
    return Attribution(
        gains,
        np.append(paid, orders.fees[own].sum() + closing.fees),
        np.append(flows, history.flows.amount.sum() + orders.in_kind.sum()),
    )


def subsidies(history: History) -> Vector:
    """Return what each member has received from the others through rounds, up to each moment.

    Returns
    -------
    array, shape (moments + 1, assets)
        Stake currency, positive if the rounds bought more of it than they sold; the last row is
        after all rounds. The stake currency's, the last column, is what it received from the
        coins' sells less what it gave to their buys and to fees: a deposit that rounds invest
        shows up as given by it.
    """
    orders = history.executions
    rounds = orders.round > INITIAL
    bought = orders.by_asset(orders.amount * orders.price, len(history.assets) - 1)
    received = np.column_stack([bought, orders.brought - orders.fees])[rounds]
    return np.vstack([history.before(orders.time[rounds], received), received.sum(axis=0)])
