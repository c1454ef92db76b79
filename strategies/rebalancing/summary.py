"""What a rebalanced portfolio did, and what it was worth over holding: the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from rebalancing.drift import drift_of
from rebalancing.portfolio import Mask, Vector, holding_values, weights_of
from rebalancing.targets import over_available

INITIAL, CLOSING = 0, -1
YEAR = 365.25 * 86400


@dataclass(frozen=True, eq=False)
class Executions:
    """Executed orders, oldest first: arrays of one length.

    Parameters
    ----------
    time : array
        Seconds since 1970, UTC.
    asset : int array
        Index of the asset.
    amount : array
        Coins, buys positive.
    price : array
        Stake currency for one coin.
    round : int array
        Number of the round; 0 the initial allocation, -1 the closing of the backtest.
    """

    time: Vector
    asset: np.ndarray[tuple[int], np.dtype[np.int64]]
    amount: Vector
    price: Vector
    round: np.ndarray[tuple[int], np.dtype[np.int64]]

    @property
    def notional(self) -> Vector:
        """Stake currency, always positive."""
        return np.abs(self.amount) * self.price

    def cash_flow(self, fee: float) -> Vector:
        """Stake currency that each order brought, fees taken off; negative for buys."""
        return -self.amount * self.price - fee * self.notional


@dataclass(frozen=True, eq=False)
class History:
    """A portfolio, candle by candle, each moment before its own orders.

    Parameters
    ----------
    assets : tuple of str
        Codes, the stake currency last.
    targets : array, shape (assets,)
        Target weights, the cash weight last.
    time : array, shape (moments,)
        Seconds since 1970, UTC, increasing.
    amounts : array, shape (moments, assets - 1)
        Coins held.
    prices : array, shape (moments, assets - 1)
        Stake currency for one coin; NaN where the asset has no candle or is not held.
    start : float
        Stake currency at the beginning.
    fee : float
        Fraction of every notional.
    executions : Executions
        All orders.
    """

    assets: tuple[str, ...]
    targets: Vector
    time: Vector
    amounts: Vector
    prices: Vector
    start: float
    fee: float
    executions: Executions

    def cash(self) -> Vector:
        """Stake currency at each moment, every fee paid at once, shape (moments,).

        The closing of the backtest is after the last moment, whatever time freqtrade gives it:
        a coin whose candles ended early it closes at the last of them.
        """
        orders = self.executions
        own = orders.round != CLOSING
        flows = np.concatenate([[0.0], np.cumsum(orders.cash_flow(self.fee)[own])])
        before = np.searchsorted(orders.time[own], self.time, side="left")
        cash: Vector = self.start + flows[before]
        return cash

    def drift(self) -> Vector:
        """Drift of each member at each moment, shape (moments, assets); NaN for what is
        unavailable."""
        available = np.column_stack([~np.isnan(self.prices), np.full(len(self.time), True)])
        weights = weights_of(holding_values(self.amounts, self.prices, self.cash()))
        drift = drift_of(weights, over_available(self.targets, available))
        known: Vector = np.where(available, drift, np.nan)
        return known

    def nav(self) -> Vector:
        """NAV at each moment, shape (moments,); what has no candle counts at its last price."""
        known = _last_known(self.prices)
        nav: Vector = holding_values(self.amounts, known, self.cash()).sum(axis=-1)
        return nav


@dataclass(frozen=True)
class Summary:
    """The figures of a run. Money in the stake currency, weights and drifts as fractions.

    Parameters
    ----------
    stake : str
        Code of the stake currency.
    begin, end : datetime
        First and last moment.
    rounds : int
        The initial allocation and the closing are none.
    orders : int
        Orders of these rounds.
    turnover : float
        Of these rounds, a year: half the notionals / NAV.
    fee : float
        Fraction of every notional.
    fees : float
        Of all orders, the initial and the closing ones among them.
    nav, hodl_nav : float
        At the end, everything sold, after fees; HODL held the initial allocation and paid the
        same fees to buy and to sell it.
    largest_drift : float
        Signed, by absolute value; measured before the orders of each candle.
    largest_drift_of : str
        Whose.
    largest_drift_at : datetime
        When.
    mean_drift : float
        Mean of the absolute drifts over all candles and the members that have a target.
    """

    stake: str
    begin: datetime
    end: datetime
    rounds: int
    orders: int
    turnover: float
    fee: float
    fees: float
    nav: float
    hodl_nav: float
    largest_drift: float
    largest_drift_of: str
    largest_drift_at: datetime
    mean_drift: float

    @property
    def premium(self) -> float:
        """Rebalancing premium: NAV - HODL NAV, after fees."""
        return self.nav - self.hodl_nav


def summarise(history: History) -> Summary:
    """Compute the figures of a run.

    Parameters
    ----------
    history : History
        At least two moments, with an initial allocation between them.

    Raises
    ------
    ValueError
        If there was no initial allocation.
    """
    orders = history.executions
    if not (orders.round == INITIAL).any():
        raise ValueError("the result holds no initial allocation")
    allocated = history.time > orders.time[orders.round == INITIAL].min()
    drift, moments = history.drift()[allocated], history.time[allocated]
    row, column = np.unravel_index(int(np.nanargmax(np.abs(drift))), drift.shape)
    own = orders.round > INITIAL
    return Summary(
        stake=history.assets[-1],
        begin=_moment(history.time[0]),
        end=_moment(history.time[-1]),
        rounds=len(np.unique(orders.round[own])),
        orders=int(own.sum()),
        turnover=_turnover_a_year(history),
        fee=history.fee,
        fees=float(history.fee * orders.notional.sum()),
        nav=_closed(history, np.ones(len(orders.round), dtype=bool)),
        hodl_nav=_closed(history, orders.round == INITIAL),
        largest_drift=float(drift[row, column]),
        largest_drift_of=history.assets[column],
        largest_drift_at=_moment(moments[row]),
        mean_drift=float(np.nanmean(np.abs(drift[:, history.targets > 0]))),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _last_known(prices: Vector) -> Vector:
    """Carry each price forward over the moments that have none; 0 before the first."""
    rows = np.where(np.isnan(prices), 0, np.arange(len(prices))[:, None])
    carried = np.take_along_axis(prices, np.maximum.accumulate(rows, axis=0), axis=0)
    return np.nan_to_num(carried)


def _turnover_a_year(history: History) -> float:
    orders = history.executions
    own = orders.round > INITIAL
    at = np.searchsorted(history.time, orders.time[own], side="right") - 1
    years = (history.time[-1] - history.time[0]) / YEAR
    return float((orders.notional[own] / history.nav()[at]).sum() / 2 / years)


def _closed(history: History, counted: Mask) -> float:
    """Value of the portfolio after the orders that count: cash, and the coins that are left sold
    at the closing price, or the last known one, after the fee."""
    orders = history.executions
    amounts = np.zeros(len(history.assets) - 1)
    np.add.at(amounts, orders.asset[counted], orders.amount[counted])
    cash = history.start + float(orders.cash_flow(history.fee)[counted].sum())
    prices = _last_known(history.prices)[-1]
    closing = orders.round == CLOSING
    prices[orders.asset[closing]] = orders.price[closing]
    return cash + float((amounts * prices).sum()) * (1 - history.fee)
