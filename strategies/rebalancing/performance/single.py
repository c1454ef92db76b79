"""Holding one asset alone, with the same money at the same times."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.history import History


def held_alone(history: History) -> Vector:
    """Value each asset as if all money had gone into it.

    Returns
    -------
    array, shape (moments, assets - 1)
        Stake currency, from the initial allocation on; NaN before it, and for an asset that had
        no price then.

    Notes
    -----
    The first purchase and every deposit pay the fee of a buy, a withdrawal that of a sell.
    """
    prices = history.known_prices()
    flows = history.flow_after()
    first = max(int(np.argmax(history.allocated)) - 1, 0)
    money = flows.copy()
    money[first] += history.start + flows[:first].sum()
    money[:first] = 0.0
    paid = money / (1 + np.copysign(history.fee, money))
    listed = prices[first] > 0
    bought = paid[first:, None] / np.where(listed, prices[first:], np.nan)
    coins = np.cumsum(bought, axis=0)
    values = np.full(prices.shape, np.nan)
    values[first + 1 :] = coins[:-1] * prices[first + 1 :]
    values[first] = np.where(listed, money[first], np.nan)
    return values
