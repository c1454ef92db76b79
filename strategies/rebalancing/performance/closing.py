"""The end of a portfolio: everything sold, after the fee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.executions import CLOSING
from rebalancing.performance.history import History


@dataclass(frozen=True, eq=False)
class Closing:
    """What is left at the end, and what selling it brings.

    Parameters
    ----------
    cash : float
        Stake currency, before anything is sold.
    coins : array, shape (assets - 1,)
        Stake currency each holding is worth at the price of the closing, or the last known one.
    fee : float
        Fraction of every notional.
    """

    cash: float
    coins: Vector
    fee: float

    @property
    def value(self) -> float:
        """Stake currency, at market."""
        return self.cash + float(self.coins.sum())

    @property
    def fees(self) -> float:
        """Stake currency that selling everything costs."""
        return self.fee * float(self.coins.sum())

    @property
    def sold(self) -> float:
        """Stake currency once everything is sold, after the fee."""
        return self.value - self.fees


def close_portfolio(history: History) -> Closing:
    """Return the end of the portfolio itself."""
    orders = history.executions
    own = orders.round != CLOSING
    amounts = np.zeros(len(history.assets) - 1)
    np.add.at(amounts, orders.asset[own], orders.amount[own])
    cash = history.start + float((orders.brought - orders.fees)[own].sum())
    return close(history, amounts, cash + float(history.flows.amount.sum()))


def close(history: History, amounts: Vector, cash: float) -> Closing:
    """Return the end of other holdings, sold where and when the portfolio's are.

    Parameters
    ----------
    history : History
        Gives the prices and the fee.
    amounts : array, shape (assets - 1,)
        Coins.
    cash : float
        Stake currency.
    """
    return Closing(cash, amounts * closing_prices(history), history.fee)


def closing_prices(history: History) -> Vector:
    """Return the price at which each asset is sold at the end, shape (assets - 1,).

    The last known one where there is no candle then.
    """
    orders = history.executions
    prices: Vector = history.known_prices()[-1]
    closing = orders.round == CLOSING
    prices[orders.asset[closing]] = orders.price[closing]
    return prices
