"""Each member of the portfolio as a row: weight, coins, price, gain, trades, costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.attribution import Attribution
from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.executions import CLOSING, INITIAL
from rebalancing.performance.history import History


@dataclass(frozen=True)
class AssetRow:
    """A member of the portfolio.

    Parameters
    ----------
    asset : str
        Code; the stake currency is the last row.
    target : float
        Target weight as configured, a fraction.
    mean_weight : float
        Mean over all moments since the initial allocation.
    end_weight : float
        At the end, before the closing; what has no candle any more counts at its last close.
    coins : float
        Held at the end, before the closing; for the stake currency, cash.
    price : float
        Stake currency for one coin, the last known one.
    price_return : float or None
        Of its price from the first moment at which the portfolio held it to the end, a fraction;
        None if it was never held, and for the stake currency.
    contribution : float or None
        Price gain, stake currency; None for the stake currency.
    trades : int
        Orders of rounds, the initial allocation and the closing not among them.
    turnover : float
        Half the notionals of these orders, stake currency.
    fees : float or None
        Of all its orders, stake currency, the closing among them; None for the stake currency.
    received : float
        Net subsidy from the other members through rounds, stake currency.
    """

    asset: str
    target: float
    mean_weight: float
    end_weight: float
    coins: float
    price: float
    price_return: float | None
    contribution: float | None
    trades: int
    turnover: float
    fees: float | None
    received: float


def asset_rows(history: History, attribution: Attribution, received: Vector) -> list[AssetRow]:
    """Return a row for each member, the stake currency last.

    Parameters
    ----------
    attribution : Attribution
        Of its NAV.
    received : array, shape (moments + 1, assets)
        What each has received from the others so far (`attribution.subsidies`).
    """
    orders, weights = history.executions, history.shown_weights()
    after, known = history.allocated, history.known_prices()
    own, rounds = orders.round != CLOSING, orders.round > INITIAL
    targets = history.targets if history.targets.ndim == 1 else history.targets[-1]
    closing = close_portfolio(history)
    ends = np.append(closing.coins, closing.cash) / closing.value
    rows = []
    for column, asset in enumerate(history.assets[:-1]):
        its = orders.asset == column
        rows.append(
            AssetRow(
                asset,
                float(targets[column]),
                float(weights[after, column].mean()),
                float(ends[column]),
                float(orders.amount[its & own].sum()),
                float(known[-1, column]),
                _price_return(history.amounts[:, column], known[:, column]),
                float(attribution.gains[-1, column]),
                int((its & rounds).sum()),
                float(orders.notional[its & rounds].sum()) / 2,
                float(orders.fees[its].sum()),
                float(received[-1, column]),
            )
        )
    return [
        *rows,
        _stake_row(history, weights[after, -1], float(ends[-1]), float(targets[-1]), received),
    ]


def _price_return(held: Vector, prices: Vector) -> float | None:
    rows = np.flatnonzero(held > 0)
    if not len(rows) or prices[rows[0]] <= 0:
        return None
    return float(prices[-1] / prices[rows[0]] - 1)


def _stake_row(
    history: History, weights: Vector, end: float, target: float, received: Vector
) -> AssetRow:
    cash = float(history.cash()[-1])
    mean, got = float(weights.mean()), float(received[-1, -1])
    return AssetRow(history.stake, target, mean, end, cash, 1.0, None, None, 0, 0.0, None, got)
