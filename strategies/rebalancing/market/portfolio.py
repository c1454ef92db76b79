"""A snapshot of the portfolio: what is held, what it is worth, and each asset's share of it.

Everywhere in this package a vector over the portfolio lists the assets in the order of the
configuration and the stake currency last. The formulas work on the last axis, so that the same
ones serve one moment and a whole history.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]


def holding_values(amounts: Vector, prices: Vector, cash: Vector | float) -> Vector:
    """Value every holding at market.

    Parameters
    ----------
    amounts : array, shape (..., assets)
        Coins held, 0 or more.
    prices : array, shape (..., assets)
        Stake currency for one coin; NaN where the asset is unavailable.
    cash : float or array, shape (...)
        Stake currency held.

    Returns
    -------
    array, shape (..., assets + 1)
        Stake currency, the cash last. An unavailable asset counts 0: it is left out of the NAV.
    """
    values = np.empty((*prices.shape[:-1], prices.shape[-1] + 1))
    values[..., :-1] = amounts * prices
    values[np.isnan(values)] = 0.0
    values[..., -1] = cash
    return values


def weights_of(values: Vector) -> Vector:
    """Turn holding values into weights.

    Parameters
    ----------
    values : array, shape (..., assets + 1)
        Stake currency.

    Returns
    -------
    array, shape (..., assets + 1)
        Fractions that sum to 1; all 0 where the portfolio is worth nothing.
    """
    nav = values.sum(axis=-1, keepdims=True)
    shares: Vector = np.divide(values, nav, out=np.zeros_like(values), where=nav > 0)
    return shares


@dataclass(frozen=True, eq=False)
class Portfolio:
    """The portfolio at one moment.

    Parameters
    ----------
    assets : tuple of str
        Codes of the assets other than the stake currency, in the order of the configuration.
    amounts : array, shape (assets,)
        Coins held.
    prices : array, shape (assets,)
        Stake currency for one coin; NaN where the asset cannot be traded now.
    cash : float
        Stake currency that belongs to the portfolio, own open orders included.
    """

    assets: tuple[str, ...]
    amounts: Vector
    prices: Vector
    cash: float

    @cached_property
    def available(self) -> Mask:
        """Which members have a price now; the stake currency, last, always has."""
        available = np.ones(len(self.prices) + 1, dtype=bool)
        np.isfinite(self.prices, out=available[:-1])
        return available

    @cached_property
    def values(self) -> Vector:
        """Stake currency held in each member; 0 for an unavailable asset."""
        return holding_values(self.amounts, self.prices, self.cash)

    @cached_property
    def nav(self) -> float:
        """Stake currency: cash and available holdings at market."""
        return float(self.values.sum())

    @cached_property
    def weights(self) -> Vector:
        """Each member's share of the NAV."""
        return weights_of(self.values)
