"""From where the weights are to where they should go."""

from __future__ import annotations

import numpy as np

from rebalancing.market.market_rules import MarketRules, in_lots
from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.rounds.order_sizing import are_orders, sized_trades, wanted_notionals
from rebalancing.rounds.plan import Omission, OmissionReason, Plan, Trade


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
    available, values = portfolio.available[:-1], portfolio.values
    prices = np.where(available, portfolio.prices, 1.0)
    wanted = wanted_notionals(values, destination, members & available, rules.fee)
    sells, buys = sized_trades(
        values,
        portfolio.amounts,
        prices,
        destination,
        wanted,
        rules.lot,
        rules.minimum,
        rules.remainder,
        rules.fee,
        reserve,
    )
    trades = [
        Trade(portfolio.assets[i], float(amounts[i]), float(prices[i]))
        for amounts in (-sells, buys)
        for i in map(int, np.flatnonzero(amounts))
    ]
    size = np.abs(wanted)
    enough = are_orders(in_lots(size / prices, rules.lot), prices, rules.minimum)
    rest = values[:-1] - size
    is_dust = (rest > 0) & (rest < rules.remainder)
    omitted = [
        Omission(portfolio.assets[i], float(wanted[i]), _why(enough[i], wanted[i] > 0, is_dust[i]))
        for i in map(int, np.flatnonzero((wanted != 0) & (sells == 0) & (buys == 0)))
    ]
    return Plan(tuple(trades), tuple(omitted))


def _why(is_order: bool, is_buy: bool, leaves_dust: bool) -> OmissionReason:
    """Say why a wanted trade came to nothing."""
    if not is_order:
        return OmissionReason.BELOW_MINIMUM
    if is_buy:
        return OmissionReason.NO_CASH
    return OmissionReason.LEAVES_DUST if leaves_dust else OmissionReason.NO_USE
