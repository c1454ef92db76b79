"""Assets with daily closes, and what the product's simulation does with them."""

from datetime import timedelta

import numpy as np

from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PairCandles, PriceMatrix
from rebalancing.policy.policy import Policy
from rebalancing.simulate import simulate
from tests.support.builders import make_settings

FIRST = 18_000
"""The first day, since 1970."""


def daily_closes(**prices: Vector) -> DailyCloses:
    """Build daily closes from the prices of each asset, 1,000 coins a day traded."""
    table = np.column_stack([*prices.values()])
    days = FIRST + np.arange(len(table))
    return DailyCloses((*prices,), "USDT", days, table, np.nan_to_num(table) * 1000)


def simulated_orders(closes: DailyCloses) -> tuple[dict[tuple[str, int], float], dict[int, float]]:
    """Rebalance to equal weights at the end of each day.

    Returns
    -------
    dict
        By asset and day, the money put in, stake currency.
    dict
        The NAV by day, before the orders of its end.
    """
    count, dates = len(closes.assets), closes.days * 86_400
    candles = {}
    for column, asset in enumerate(closes.assets):
        rows = np.flatnonzero(np.isfinite(closes.closes[:, column]))
        prices = closes.closes[rows, column]
        opens = np.append(prices[:1], prices[:-1])
        nobody = np.zeros(len(rows), dtype=bool)
        candles[asset] = PairCandles(dates[rows], prices, nobody, opens)
    matrix = PriceMatrix(closes.assets, candles, timedelta(days=1))
    free, smallest = np.zeros(count), np.full(count, 1e-6)
    markets = Markets(free, smallest, free, 1e-9, 1.0, 1.0, 1.0, np.full(count, np.inf))
    policy = Policy(make_settings(period="24h"), closes.assets, "USDT")
    found = simulate(policy, matrix, markets, 10_000)
    days = (found.times // 86_400 - 1).tolist()  # an order at a day's start is of the end before
    orders: dict[tuple[str, int], float] = {}
    for order in found.orders:
        key = order.asset, int(order.time.timestamp()) // 86_400 - 1
        orders[key] = orders.get(key, 0.0) + order.amount * order.price
    return orders, dict(zip(days, found.nav.tolist(), strict=True))
