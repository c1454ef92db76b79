"""Market rules: what the exchange allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector


def whole_lots(amount: float, lot: float) -> float:
    """Cut coins to whole lots; a hair below one is a rounding error.

    Parameters
    ----------
    amount : float
        Coins.
    lot : float
        Step of the amounts, coins; 0 where any amount will do.

    Examples
    --------
    >>> whole_lots(2.75, 0.5), whole_lots(2.75, 0)
    (2.5, 2.75)
    """
    return float(np.floor(amount / lot + 1e-9)) * lot if lot > 0 else amount


@dataclass(frozen=True, eq=False)
class MarketRules:
    """What the exchange allows, asset by asset.

    Parameters
    ----------
    lot : array, shape (assets,)
        Step of the amounts in coins; 0 where any amount will do.
    minimum : array, shape (assets,)
        Smallest trade, stake currency.
    remainder : array, shape (assets,)
        Smallest value that a partial sell may leave behind, stake currency.
    fee : float
        Fraction of a notional, charged on buys and sells alike.
    largest : array, shape (assets,)
        Largest order, coins; infinite where there is none.
    """

    lot: Vector
    minimum: Vector
    remainder: Vector
    fee: float
    largest: Vector
