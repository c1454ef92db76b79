"""A simulation as the history of a portfolio, with everything sold at the end, as a backtest is."""

import numpy as np

from rebalancing.market.markets import Markets
from rebalancing.market.prices import PriceMatrix
from rebalancing.performance.executions import CLOSING, Executions
from rebalancing.performance.history import History
from rebalancing.policy.policy import Policy
from rebalancing.rounds.tag import parse_tag
from rebalancing.simulate import Simulation


def simulated_history(
    policy: Policy, prices: PriceMatrix, markets: Markets, cash: float, found: Simulation
) -> History:
    """Return it, from the candle on in which freqtrade's backtest begins, which is the second.

    What has no candle at the end is sold at its last close.
    """
    opens, known = prices.opens()[-1], prices.known[-1]
    last = np.where(np.isfinite(known), opens, prices.newest()[-1])
    end = float(found.times[-1])
    rows = [
        (o.time.timestamp(), policy.assets.index(o.asset), o.amount, o.price, _round(o.tag))
        for o in found.orders
    ]
    held = np.flatnonzero(found.amounts > 0).tolist()
    rows += [(end, i, -float(found.amounts[i]), float(last[i]), CLOSING) for i in held]
    time, asset, amount, price, number = (np.array(column) for column in zip(*rows, strict=True))
    fees = np.abs(amount) * price * markets.fee
    orders = Executions(time, asset.astype(int), amount, price, number.astype(int), fees)
    times = found.times[1:].astype(float)
    return History(
        policy.members,
        policy.targets,
        times,
        orders.held(times, len(policy.assets)),
        prices.known[1:],
        cash,
        markets.fee,
        orders,
        closes=prices.newest()[1:],
    )


def _round(tag: str) -> int:
    parsed = parse_tag(tag)
    assert parsed is not None
    return parsed.number
