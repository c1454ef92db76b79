"""From where the weights are to where they should go."""

from __future__ import annotations

import numpy as np

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.rounds.order_sizing import OrderSizing
from rebalancing.rounds.plan import Plan


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
    sells are made smaller, so that no more than a smallest order lies idle, and nothing is sold
    for buys none of which is made.
    """
    wanted = _wanted(portfolio, destination, members & portfolio.available[:-1], rules.fee)
    sizing = OrderSizing(portfolio, rules)
    sells = sizing.sells(wanted, destination)
    proceeds = sizing.worth(sells) * (1 - rules.fee)
    spendable = portfolio.cash + proceeds - reserve * portfolio.nav
    buys = sizing.fitted(sizing.wishes(wanted), spendable / (1 + rules.fee))
    idle = spendable - sizing.worth(buys) * (1 + rules.fee)
    idle -= max(0.0, float(destination[-1]) - reserve) * portfolio.nav
    if idle > sizing.idle_limit:
        sells = sizing.fewer(sells, idle - (sizing.idle_limit if buys else 0.0), destination)
    trades = [*sizing.trades(sells, -1), *sizing.trades(buys, 1)]
    return Plan(tuple(trades), tuple(sizing.omissions(wanted, sells, buys)))


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
