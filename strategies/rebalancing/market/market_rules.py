"""Market rules: what the exchange allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector

HAIR = 1e-9
"""Part of a lot by which an amount may be below it and still count: a rounding error."""


def in_lots(amounts: Vector, lots: Vector) -> Vector:
    """Cut coins to whole lots; a hair below one is a rounding error.

    Parameters
    ----------
    amounts : array
        Coins, 0 or more.
    lots : array
        Steps of the amounts, coins; 0 where any amount will do.

    Examples
    --------
    >>> in_lots(np.array([2.75, 2.75]), np.array([0.5, 0.0])).tolist()
    [2.5, 2.75]
    """
    steps = np.where(lots > 0, lots, 1.0)
    return np.where(lots > 0, np.floor(amounts / steps + HAIR) * steps, amounts)


def whole_lots(amount: float, lot: float) -> float:
    """Cut the coins of one asset to whole lots, see `in_lots`."""
    return float(in_lots(np.array(amount), np.array(lot)))


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
