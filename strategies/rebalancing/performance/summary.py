"""The summary: what a portfolio did, and what rebalancing was worth over holding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from rebalancing.performance.candle_spans import stranded
from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.executions import INITIAL
from rebalancing.performance.history import History
from rebalancing.performance.hodl import hold
from rebalancing.performance.returns import DAY, DAYS_A_YEAR


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
        At the end, everything sold, after fees; HODL held the initial allocation, had the same
        cash flows, and paid the same fees to buy and to sell.
    largest_drift : float
        Signed, by absolute value; measured before the orders of each candle.
    mean_drift : float
        Mean of the absolute drifts over all candles and the members that have a target.
    stranded : float
        Fraction of the NAV at the end that is in coins without candles, at their last close.
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
    stranded: float

    @property
    def premium(self) -> float:
        """Rebalancing premium: NAV - HODL NAV, after fees."""
        return self.nav - self.hodl_nav

    @property
    def premium_share(self) -> float:
        """Premium / HODL NAV, a fraction; 0 if nothing is left of HODL."""
        return self.premium / self.hodl_nav if self.hodl_nav else 0.0


def summarise(history: History) -> Summary:
    """Compute the figures of a run.

    Parameters
    ----------
    history : History
        At least two moments, with an initial allocation between them.

    Raises
    ------
    ValueError
        If there was no initial allocation, or nothing after it.
    """
    orders = history.executions
    if not (orders.round == INITIAL).any():
        raise ValueError("the result holds no initial allocation")
    allocated = history.allocated
    if not allocated.any():
        raise ValueError("the result ends with its initial allocation")
    drift, moments = history.drift()[allocated], history.time[allocated]
    row, column = np.unravel_index(int(np.nanargmax(np.abs(drift))), drift.shape)
    wanted = np.broadcast_to(history.targets > 0, history.available.shape)[allocated]
    own = orders.round > INITIAL
    return Summary(
        stake=history.stake,
        begin=moment(history.time[0]),
        end=moment(history.time[-1]),
        rounds=len(np.unique(orders.round[own])),
        orders=int(own.sum()),
        turnover=_turnover_a_year(history),
        fee=history.fee,
        fees=float(orders.fees.sum()),
        nav=close_portfolio(history).sold,
        hodl_nav=hold(history).closing.sold,
        largest_drift=float(drift[row, column]),
        largest_drift_of=history.assets[column],
        largest_drift_at=moment(moments[row]),
        mean_drift=float(np.nanmean(np.abs(drift)[wanted])),
        stranded=sum(stranded(history).values()),
    )


def moment(seconds: float) -> datetime:
    """Turn seconds since 1970 into a time, UTC."""
    return datetime.fromtimestamp(float(seconds), UTC)


def _turnover_a_year(history: History) -> float:
    own = history.executions.round > INITIAL
    years = (history.time[-1] - history.time[0]) / (DAYS_A_YEAR * DAY)
    return float(turnovers(history)[own].sum() / years)


def turnovers(history: History) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Turnover of each order: half its notional / NAV, shape (orders,)."""
    orders = history.executions
    at = np.searchsorted(history.time, orders.time, side="right") - 1
    nav = history.nav()[np.maximum(at, 0)]
    return np.divide(orders.notional, 2 * nav, out=np.zeros(len(nav)), where=nav > 0)
