"""A simulation as the history of a portfolio: everything is sold at the end, as in a backtest."""

from __future__ import annotations

import numpy as np

from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix
from rebalancing.performance.executions import CLOSING, Executions
from rebalancing.performance.history import History
from rebalancing.policy.policy import Policy
from rebalancing.rounds.tag import parse_tag
from rebalancing.simulate import Simulation


def simulated_history(
    policy: Policy, prices: PriceMatrix, markets: Markets, cash: float, found: Simulation
) -> History:
    """Return the history of a simulation that bought something.

    Parameters
    ----------
    cash : float
        Stake currency at the start.
    found : Simulation
        Of this policy, from these prices, markets and cash.

    Returns
    -------
    History
        From the second candle on, with which freqtrade's backtest begins. What has no candle at
        the end is sold at its last close.
    """
    fee, times = markets.fee, found.times[1:].astype(float)
    opens = np.where(np.isfinite(prices.known), prices.opens(), np.nan)[1:]
    closes = prices.newest()[1:]
    closes = np.where(closes > 0, closes, np.nan)
    last = np.where(np.isfinite(opens[-1]), opens[-1], closes[-1])
    orders = _executions(policy, found, float(times[-1]), last, fee)
    held = orders.held(times, len(policy.assets))
    return History(
        policy.members, policy.targets, times, held, opens, cash, fee, orders, closes=closes
    )


def _executions(
    policy: Policy, found: Simulation, end: float, last: Vector, fee: float
) -> Executions:
    """Return the orders, and those that sell everything at the end."""
    rows: list[tuple[float, int, float, float, int]] = []
    for order in found.orders:
        tag = parse_tag(order.tag)
        assert tag is not None
        place = policy.assets.index(order.asset)
        rows.append((order.time.timestamp(), place, order.amount, order.price, tag.number))
    held = np.flatnonzero(found.amounts > 0).tolist()
    rows += [(end, k, -float(found.amounts[k]), float(last[k]), CLOSING) for k in held]
    time, asset, amount, price, number = np.array(rows).T
    fees = fee * np.abs(amount) * price
    return Executions(time, asset.astype(np.int64), amount, price, number.astype(np.int64), fees)
