"""A policy simulated by the project, on prices at which bt and vectorbt can trade too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from rebalancing.config.settings import read_settings
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PairCandles, PriceMatrix
from rebalancing.policy.policy import Policy
from rebalancing.simulate import simulate

BEGIN = 1_577_923_200
"""When the first row is, seconds since 1970."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a policy came to.

    Attributes
    ----------
    coins, cash, nav
        After the trades of each row, shape (rows, assets) and (rows,); nothing is sold at the end.
    traded
        Rows with trades.
    """

    coins: Vector
    cash: Vector
    nav: Vector
    traded: list[int]


def names(count: int) -> tuple[str, ...]:
    """Name assets A, B, C and so on."""
    return tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count])


def candles_at(prices: Vector, step: timedelta) -> PriceMatrix:
    """Return candles that open at the last close, so that a row has one price.

    There is one more in front, from whose close the first row is decided.
    """
    seconds = int(step.total_seconds())
    dates = BEGIN + seconds * np.arange(-1, len(prices))
    opens, closes = np.vstack([prices[:1], prices]), np.vstack([prices, prices[-1:]])
    found = {
        asset: PairCandles.of(dates, one, one, other, other, np.ones(len(dates)))
        for asset, one, other in zip(names(prices.shape[1]), opens.T, closes.T, strict=True)
    }
    return PriceMatrix(names(prices.shape[1]), found, step)


def plain_markets(assets: int, fee: float) -> Markets:
    """Return markets without lots, as bt and vectorbt know none by default, and tiny orders."""
    nothing, none = np.zeros(assets), np.full(assets, np.inf)
    return Markets(nothing, np.full(assets, 1e-3), nothing, fee, 1.1, 1.1, 1.1, none)


def by_us(
    block: Mapping[str, Any], prices: Vector, step: timedelta, cash: float, fee: float
) -> Outcome:
    """Simulate a policy."""
    rows, assets = prices.shape
    settings, problems = read_settings(block)
    assert not problems, problems
    policy = Policy(settings, names(assets), "USDT")
    found = simulate(policy, candles_at(prices, step), plain_markets(assets, fee), cash)
    coins, left = np.zeros((rows, assets)), np.full(rows, float(cash))
    traded = []
    for order in found.orders:
        row = int((order.time.timestamp() - BEGIN) // step.total_seconds())
        coins[row:, policy.assets.index(order.asset)] += order.amount
        left[row:] -= order.amount * order.price + order.fee
        traded.append(row)
    nav = (coins * prices).sum(axis=1) + left
    return Outcome(coins, left, nav, sorted(set(traded)))
