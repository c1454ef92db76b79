"""Trades fitted to what the exchange allows: arrays in, arrays out.

Vectors have the shape (assets,) where nothing else is said. Notionals are stake currency, amounts
coins; both are positive, whether bought or sold, and 0 where nothing is traded. Prices are above 0,
also those of assets that have none.
"""

from __future__ import annotations

import numpy as np

from rebalancing.market.market_rules import in_lots
from rebalancing.market.portfolio import Mask, Vector

REPETITIONS = 50
"""Of the sizing of trades around their own fees, at most."""

EXACT = 1e-13
"""Fraction of the NAV by which a repetition may still move a trade."""


def sized_trades(
    values: Vector,
    amounts: Vector,
    prices: Vector,
    destination: Vector,
    wanted: Vector,
    lots: Vector,
    minimum: Vector,
    remainder: Vector,
    fee: float,
    reserve: float,
) -> tuple[Vector, Vector]:
    """Return the amounts to sell and to buy.

    Parameters
    ----------
    values : array, shape (assets + 1,)
        Of what is held, the cash last.
    amounts : array
        Held.
    destination : array, shape (assets + 1,)
        Wanted weights.
    wanted : array
        Signed notionals.
    minimum, remainder : array
        Smallest trade, and smallest value that a partial sell may leave behind; stake currency.
    reserve : float
        Fraction of the NAV that buys leave uninvested.
    """
    nav, is_whole = values.sum(), destination[:-1] <= 0
    parts = np.minimum(np.maximum(-wanted, 0.0), np.fmax(values[:-1] - remainder, 0.0))
    parts = fitted(np.where(is_whole, 0.0, parts), np.inf, prices, lots, minimum)
    whole = np.where(is_whole & (wanted < 0), in_lots(amounts, lots), 0.0)
    whole = np.where(are_orders(whole, prices, minimum), whole, 0.0)
    spendable = values[-1] + ((parts + whole) * prices).sum() * (1 - fee) - reserve * nav
    buys = fitted(wanted, spendable / (1 + fee), prices, lots, minimum)
    idle = spendable - (buys * prices).sum() * (1 + fee)
    idle -= max(0.0, destination[-1] - reserve) * nav
    limit = np.where(np.isfinite(minimum), minimum, 0.0).max()
    if idle > limit:  # sell less, so that nearly all of the cash is used
        spare = idle - (limit if buys.any() else 0.0)
        sold = parts * prices
        parts = fitted(sold, sold.sum() - spare / (1 - fee), prices, lots, minimum)
    return parts + whole, buys


def fitted(wanted: Vector, budget: float, prices: Vector, lots: Vector, minimum: Vector) -> Vector:
    """Return amounts for notionals, scaled together to the budget and cut to lots.

    One that becomes too small leaves its share to the others.
    """
    left = np.maximum(wanted, 0.0)
    while left.any():
        scale = min(1.0, max(0.0, budget) / left.sum())
        amounts = in_lots(left * scale / prices, lots)
        small = (left > 0) & ~are_orders(amounts, prices, minimum)
        if not small.any():
            return amounts
        left[np.argmin(np.where(small, left, np.inf))] = 0.0
    return left


def are_orders(amounts: Vector, prices: Vector, minimum: Vector) -> Mask:
    """Tell which amounts the exchange and the user take for orders."""
    orders: Mask = (amounts > 0) & (amounts * prices >= minimum)
    return orders


def wanted_notionals(values: Vector, destination: Vector, members: Mask, fee: float) -> Vector:
    """Return the signed notionals of members before any rule.

    The NAV after fees depends on the trades and they on it: each repetition shrinks the error by
    the fee, so a few are exact.
    """
    nav, trades = values.sum(), np.zeros(len(members))
    for _ in range(REPETITIONS):
        after = nav - fee * np.abs(trades).sum()
        again = np.where(members, destination[:-1] * after - values[:-1], 0.0)
        if np.abs(again - trades).max() <= EXACT * nav:
            return again
        trades = again
    return trades
