"""Is the investment large enough for its targets?"""

from __future__ import annotations

import logging

import numpy as np
from freqtrade.exceptions import OperationalException

from rebalancing.drift import TOLERANCE, threshold_vector, tolerance_bands
from rebalancing.freqtrade_side.configuration import Setup
from rebalancing.freqtrade_side.markets import Markets
from rebalancing.portfolio import Vector

logger = logging.getLogger(__name__)


def check_investment(setup: Setup, markets: Markets, prices: Vector, available: float) -> None:
    """Refuse an investment that cannot follow the policy, and log the smallest that can.

    Parameters
    ----------
    setup : Setup
        The checked configuration.
    markets : Markets
        For the smallest orders.
    prices : array, shape (assets,)
        Stake currency for one coin, for the minimums that are amounts; NaN where unknown.
    available : float
        Stake currency there is; `investment` counts if it is less.

    Raises
    ------
    OperationalException
        If an asset's share of the investment is below its smallest order.
    """
    stake = setup.stake
    total = min(available, setup.settings.investment or available)
    own = (setup.settings.min_trade or 0.0) * (1 + markets.fee) * 1.001
    smallest = np.maximum(markets.smallest_orders(prices, held=False), own)
    weights = setup.targets[:-1]
    if (weights * total < smallest * (1 - TOLERANCE))[weights > 0].any():
        raise OperationalException(_too_small(setup, smallest, total, own))
    if setup.settings.threshold is not None:
        usual = np.maximum(markets.smallest_orders(prices), own)
        least = _rounded_up(float(np.nanmax(usual)) / _smallest_share(setup))
        logger.info(f"At its threshold the policy can be followed with {least} {stake} or more")


def _smallest_share(setup: Setup) -> float:
    """The smallest trade of a round in which one asset has just reached its band, as a fraction of
    the NAV: with scope "all" the counter-trades are shared out by target weight."""
    weights, settings = setup.targets, setup.settings
    bands = _bands(setup)
    wanted = np.flatnonzero(weights[:-1] > 0)
    own = float(np.min(bands[wanted])) * (0.75 if settings.scope == "fewest" else 1.0)
    if settings.scope != "all" or len(wanted) < 2:
        return own
    rest = [bands[i] / (1 - weights[i]) * weights[j] for i in wanted for j in wanted if i != j]
    return min(own, float(min(rest)))


def _too_small(setup: Setup, smallest: Vector, total: float, own: float) -> str:
    weights, stake = setup.targets[:-1], setup.stake
    wanted = weights > 0
    needed = np.where(wanted, smallest / np.where(wanted, weights, 1.0), 0.0)
    worst = int(np.argmax(needed))
    rule = f"the exchange's smallest order is {_money(smallest[worst])} {stake}"
    if smallest[worst] == own:
        least = _money(setup.settings.min_trade or 0.0)
        rule = f"the smallest trade (rebalance.min_trade) is {least} {stake} without the fee"
    return (
        f"total investment {total:.8g} {stake} is too small: {setup.assets[worst]}'s "
        f"{weights[worst] * 100:.4g} % is {_money(weights[worst] * total)} {stake}, "
        f"{rule}; "
        f"at least {_rounded_up(needed[worst])} {stake} is needed"
    )


def _bands(setup: Setup) -> Vector:
    threshold = setup.settings.threshold
    assert threshold is not None
    relative = setup.settings.threshold_kind == "relative"
    vector = threshold_vector(threshold, setup.assets, setup.stake)
    return tolerance_bands(vector, setup.targets, relative)


def _money(value: float) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.4g}"


def _rounded_up(value: float) -> str:
    """Three digits, rounded up so that the amount named suffices."""
    scale = 10.0 ** (2 - int(np.floor(np.log10(value))))
    return f"{np.ceil(round(value * scale, 6)) / scale:.8g}"
