"""Histories small enough to compute by hand."""

from collections.abc import Sequence

import numpy as np

from rebalancing.performance.executions import Executions
from rebalancing.performance.history import History

DAY = 86400.0

Order = tuple[float, str, float, float, int]
"""Day, asset, amount, price, round."""


def history(
    prices: Sequence[Sequence[float]],
    amounts: Sequence[Sequence[float]],
    orders: Sequence[Order],
    fee: float = 0.0,
    start: float = 100.0,
    targets: Sequence[float] = (0.5, 0.5, 0.0),
) -> History:
    """Build a history of BTC and ETH with a moment a day; amounts are before the day's orders."""
    columns = list(zip(*orders, strict=True))
    executions = Executions(
        np.array(columns[0]) * DAY,
        np.array([("BTC", "ETH").index(str(asset)) for asset in columns[1]]),
        np.array(columns[2], dtype=float),
        np.array(columns[3], dtype=float),
        np.array(columns[4]),
        fee * np.abs(np.array(columns[2], dtype=float)) * np.array(columns[3]),
    )
    return History(
        ("BTC", "ETH", "USDT"),
        np.array(targets),
        np.arange(len(prices)) * DAY,
        np.array(amounts, dtype=float),
        np.array(prices, dtype=float),
        start,
        fee,
        executions,
    )


BOUGHT: list[Order] = [(0, "BTC", 1, 50, 0), (0, "ETH", 1, 50, 0)]
SWITCHED: list[Order] = [(1, "ETH", -10 / 80, 80, 1), (1, "BTC", 10 / 60, 60, 1)]
AFTER = [1 + 10 / 60, 1 - 10 / 80]
