"""The orders of a backtest result, as executions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from rebalancing.market.portfolio import Mask, Vector
from rebalancing.performance.executions import CLOSING, Executions
from rebalancing.rounds.tag import parse_tag

Row = tuple[float, int, float, float, int]
"""Time, column of the asset, signed amount, price and round of one order."""


def order_rows(pairs: Sequence[str], trade: Mapping[str, Any]) -> list[Row]:
    """Read the orders of an exported trade; `pairs` in the order of the assets."""
    column = pairs.index(trade["pair"])
    rows = []
    for order in trade["orders"]:
        sign = 1 if order["ft_order_side"] == "buy" else -1
        tag = parse_tag(order["ft_order_tag"])
        number = tag.number if tag else CLOSING
        when = order["order_filled_timestamp"] / 1000
        rows.append((when, column, sign * order["amount"], order["safe_price"], number))
    return rows


def price_purchases(rows: Iterable[Row], times: Vector, prices: Vector) -> None:
    """Enter what first purchases paid: freqtrade's wallet knows no price of what is not held."""
    for when, column, amount, price, _ in rows:
        moment = int(np.searchsorted(times, when))
        if amount > 0 and moment < len(times) and np.isnan(prices[moment, column]):
            prices[moment, column] = price


def at_last_close(row: Row, last: Vector, ended: Mask) -> Row:
    """Value what has ended at its last close.

    freqtrade closes it at the open of its last candle, or as another coin that bears the symbol by
    then.

    Parameters
    ----------
    last : array, shape (assets,)
        The last known price of each asset.
    ended : bool array, shape (assets,)
        Which of them have no price at the last moment.
    """
    when, column, amount, _, number = row
    if number != CLOSING or not ended[column] or last[column] <= 0:
        return row
    return when, column, amount, float(last[column]), number


def executions(rows: Iterable[Row], fee: float) -> Executions:
    """Put orders together, oldest first; each pays `fee`, a fraction of its notional."""
    time, asset, amount, price, number = np.array(sorted(rows, key=lambda row: row[0])).T
    fees = fee * np.abs(amount) * price
    return Executions(time, asset.astype(np.int64), amount, price, number.astype(np.int64), fees)
