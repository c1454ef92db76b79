"""Whether the investment is large enough for its targets."""

from __future__ import annotations

import logging

import numpy as np
from freqtrade.exceptions import OperationalException

from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.policy.drift import TOLERANCE, threshold_vector, tolerance_bands

logger = logging.getLogger(__name__)


def check_investment(
    setup: Setup, markets: Markets, prices: Vector, available: float, reserve: float = 0.0
) -> None:
    """Refuse an investment that cannot follow the policy, and log the smallest that can.

    Parameters
    ----------
    markets : Markets
        For the smallest orders.
    prices : array, shape (assets,)
        Stake currency for one coin, for the minimums that are amounts; NaN where unknown.
    available : float
        Stake currency there is; `investment` counts if it is less.
    reserve : float
        Fraction of the investment that the first purchase leaves uninvested.

    Raises
    ------
    OperationalException
        If an asset's share of the investment is below its smallest order.
    """
    total = min(available, setup.settings.investment or available)
    smallest = _first_orders(setup, markets, prices)
    invested = setup.targets[:-1] * total * (1 - reserve)
    if (invested < smallest * (1 - TOLERANCE))[setup.targets[:-1] > 0].any():
        raise OperationalException(_too_small(setup, markets, smallest, total, reserve))
    if least := least_for_threshold(setup, markets, prices):
        least_text = f"{rounded_up(least)} {setup.stake}"
        logger.info(f"At its threshold the policy can be followed with {least_text} or more")


def least_investment(setup: Setup, markets: Markets, prices: Vector, reserve: float = 0.0) -> float:
    """Return the smallest investment that can buy every asset once, stake currency.

    The parameters are those of `check_investment`.
    """
    return float(np.nanmax(_needed(setup, _first_orders(setup, markets, prices), reserve)))


def least_for_threshold(setup: Setup, markets: Markets, prices: Vector) -> float | None:
    """Return the smallest portfolio that can trade when one asset has reached its band.

    Stake currency; None without a threshold. The parameters are those of `check_investment`.
    """
    if setup.settings.threshold is None:
        return None
    usual = np.maximum(markets.smallest_orders(prices), _own_minimum(setup, markets))
    return float(np.nanmax(usual)) / _smallest_share(setup)


def rounded_up(value: float) -> str:
    """Write three digits of an amount, rounded up so that what is named suffices."""
    scale = 10.0 ** (2 - int(np.floor(np.log10(value))))
    return f"{np.ceil(round(value * scale, 6)) / scale:.8g}"


def _first_orders(setup: Setup, markets: Markets, prices: Vector) -> Vector:
    """Return the smallest order that opens a trade, of each asset, stake currency."""
    own = _own_minimum(setup, markets)
    return np.maximum(markets.smallest_orders(prices, held=False), own)


def _own_minimum(setup: Setup, markets: Markets) -> float:
    return (setup.settings.min_trade or 0.0) * (1 + markets.fee) * 1.001


def _needed(setup: Setup, smallest: Vector, reserve: float) -> Vector:
    """Return the least investment for each asset's smallest order; 0 for a target of 0."""
    weights = setup.targets[:-1] * (1 - reserve)
    return np.where(weights > 0, smallest / np.where(weights > 0, weights, 1.0), 0.0)


def _smallest_share(setup: Setup) -> float:
    """Return the smallest trade of a round that an asset at its band starts, a fraction of NAV.

    With scope "all" the counter-trades are shared out by target weight.
    """
    weights, settings = setup.targets, setup.settings
    bands = _bands(setup)
    wanted = np.flatnonzero(weights[:-1] > 0)
    own = float(np.min(bands[wanted])) * (0.75 if settings.scope == "fewest" else 1.0)
    if settings.scope != "all" or len(wanted) < 2:
        return own
    rest = [bands[i] / (1 - weights[i]) * weights[j] for i in wanted for j in wanted if i != j]
    return min(own, float(min(rest)))


def _too_small(
    setup: Setup, markets: Markets, smallest: Vector, total: float, reserve: float
) -> str:
    weights, stake = setup.targets[:-1] * (1 - reserve), setup.stake
    needed = _needed(setup, smallest, reserve)
    worst = int(np.argmax(needed))
    rule = f"the exchange's smallest order is {_money(smallest[worst])} {stake}"
    if smallest[worst] == _own_minimum(setup, markets):
        least = _money(setup.settings.min_trade or 0.0)
        rule = f"the smallest trade (rebalance.min_trade) is {least} {stake} without the fee"
    return (
        f"total investment {total:.8g} {stake} is too small: {setup.assets[worst]}'s "
        f"{setup.targets[worst] * 100:.4g} % is {_money(weights[worst] * total)} {stake}, "
        f"{rule}; "
        f"at least {rounded_up(needed[worst])} {stake} is needed"
    )


def _bands(setup: Setup) -> Vector:
    threshold = setup.settings.threshold
    assert threshold is not None
    relative = setup.settings.threshold_kind == "relative"
    vector = threshold_vector(threshold, setup.assets, setup.stake)
    return tolerance_bands(vector, setup.targets, relative)


def _money(value: float) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.4g}"
