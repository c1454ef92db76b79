"""How the assets move together, and the diversification return that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.history import History
from rebalancing.performance.returns import DAYS_A_YEAR, daily

FEWEST = 20
"""Daily returns from which a correlation says something."""


@dataclass(frozen=True)
class Diversification:
    """The diversification return of the portfolio.

    Parameters
    ----------
    rate : float
        A year, continuously compounded, a fraction: half of (weighted mean of the assets'
        variances - variance of the portfolio).
    days : int
        Daily returns that it is computed from: those of days on which all assets have a price.
    """

    rate: float
    days: int


def asset_returns(history: History) -> Vector:
    """Return the daily price returns (UTC) of each asset, shape (days, assets - 1).

    NaN where it has no price at the end of that day or of the day before.
    """
    ends = np.column_stack([daily(history.time, price) for price in history.prices.T])
    returns: Vector = ends[1:] / ends[:-1] - 1
    return returns


def correlations(history: History) -> Vector:
    """Return the correlations of daily returns, shape (assets - 1, assets - 1)."""
    return correlation_matrix(asset_returns(history))


def correlation_matrix(returns: Vector) -> Vector:
    """Return the correlations of daily returns, shape (assets, assets).

    Parameters
    ----------
    returns : array, shape (days, assets)
        NaN where one is not known.

    Returns
    -------
    array
        1 on the diagonal; NaN for two assets with fewer than 20 days in common, or of which one
        did not move.
    """
    size = returns.shape[1]
    matrix = np.eye(size)
    for one in range(size):
        for other in range(one):
            both = returns[:, [one, other]]
            both = both[np.isfinite(both).all(axis=1)]
            moved = len(both) >= FEWEST and bool((both.std(axis=0) > 0).all())
            table = (
                np.asarray(np.corrcoef(both, rowvar=False)) if moved else np.full((2, 2), np.nan)
            )
            matrix[one, other] = table[0, 1]
            matrix[other, one] = matrix[one, other]
    return matrix


def diversification(history: History, mean_weights: Vector) -> Diversification | None:
    """Compute the diversification return at the portfolio's mean weights.

    Parameters
    ----------
    mean_weights : array, shape (assets - 1,)
        Of the coins; what is missing to 1 is cash, which does not vary.

    Returns
    -------
    Diversification or None
        None if all assets have fewer than 20 days in common.

    Notes
    -----
    Also known as the excess growth rate [1]_: a portfolio kept at these weights grows by so much
    faster than the weighted mean of the growth rates of its assets [2]_. It is no gain over
    holding: HODL diversifies too, and what a rebalanced portfolio gains over it depends on
    whether prices come back [3]_.

    References
    ----------
    .. [1] R. Fernholz and B. Shay, "Stochastic Portfolio Theory and Stock Market Equilibrium",
       The Journal of Finance 37 (2), 1982.
    .. [2] D. G. Booth and E. F. Fama, "Diversification Returns and Asset Contributions",
       Financial Analysts Journal 48 (3), 1992.
    .. [3] K. Cuthbertson, S. Hayley, N. Motson and D. Nitzsche, "What Does Rebalancing Really
       Achieve?", International Journal of Finance & Economics 21 (3), 2016.
    """
    returns = asset_returns(history)
    common = returns[np.isfinite(returns).all(axis=1)]
    if len(common) < FEWEST:
        return None
    covariance = np.atleast_2d(np.cov(common.T, bias=True)) * DAYS_A_YEAR
    spread = mean_weights @ np.diag(covariance) - mean_weights @ covariance @ mean_weights
    return Diversification(float(spread) / 2, len(common))
