"""Coins cut to whole lots."""

from __future__ import annotations

import math

from rebalancing.market.market_rules import HAIR


def planned_lots(amount: float, lot: float) -> float:
    """Cut as `whole_lots` does."""
    return math.floor(amount / lot + HAIR) * lot if lot > 0 else amount


def ordered_lots(amount: float, lot: float, step: float, scale: float) -> float:
    """Cut as ccxt does, in decimals: a hair below a lot is the lot before.

    Parameters
    ----------
    amount : float
        Coins, not negative.
    lot, step, scale : float
        The lot is step / scale, both whole numbers; a lot of 0 cuts nothing.

    Notes
    -----
    A number of lots in decimals, n x step / scale, is the float nearest to it: the product of two
    whole numbers is exact below 2^53, and one division rounds once. So comparing floats tells what
    comparing decimals would.
    """
    if lot <= 0:
        return amount
    count = float(math.floor(amount / lot))
    while count * step / scale > amount:
        count -= 1.0
    while (count + 1.0) * step / scale <= amount:
        count += 1.0
    return count * step / scale
