"""The premium after other starts: of who had started on another day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.closing import close_portfolio, closing_prices
from rebalancing.performance.history import History
from rebalancing.performance.hodl import Change, late_purchases
from rebalancing.performance.returns import DAY, unit_values

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Starts:
    """The premium by day of the start; the end is the run's.

    Parameters
    ----------
    time : array, shape (days,)
        First moment of each day since the initial allocation, seconds since 1970.
    premium : array, shape (days,)
        Growth of the portfolio / growth of what it held at the start, held until the end - 1; a
        fraction. Both are sold at the end, after the fee. NaN if nothing was left of it.
    """

    time: Vector
    premium: Vector

    @property
    def quantiles(self) -> dict[float, float]:
        """By quantile (0.5: the median), the premium."""
        return {level: float(np.nanquantile(self.premium, level)) for level in QUANTILES}

    @property
    def ahead(self) -> float:
        """Share of the starts with a positive premium."""
        return float((self.premium > 0).mean())


def starts(history: History) -> Starts:
    """Compute the premium for a start on each day.

    Parameters
    ----------
    history : History
        Of the portfolio, with an initial allocation.

    Notes
    -----
    Who starts on a day takes over the portfolio with the weights it has then; holding means
    to keep these coins and this cash. So nobody pays for a purchase, and the first start gives
    the premium of the whole run (without cash flows). What rounds first buy later, holding buys
    too, as HODL does.
    """
    rows = np.flatnonzero(history.allocated)
    days = (history.time[rows] // DAY).astype(np.int64)
    rows = rows[np.append(True, days[1:] != days[:-1])]
    nav, late, prices = history.nav(), late_purchases(history), closing_prices(history)
    states = np.column_stack([history.amounts, history.cash()])[rows]
    kept = np.array(
        [_keep(state, late, time) for state, time in zip(states, history.time[rows], strict=True)]
    )
    held = kept[:, -1] + (kept[:, :-1] * prices).sum(axis=1) * (1 - history.fee)
    grown = np.divide(held, nav[rows], out=np.full(len(rows), np.nan), where=nav[rows] > 0)
    units = unit_values(nav, history.flow_after())
    left = close_portfolio(history).sold / nav[-1] if nav[-1] > 0 else 0.0
    own = units[-1] / units[rows] * left
    premium = np.divide(own, grown, out=np.full(len(rows), np.nan), where=grown > 0) - 1
    return Starts(history.time[rows], premium)


def _keep(state: Vector, late: list[tuple[float, Change]], start: float) -> Vector:
    """Keep holdings from a moment on, and buy later what rounds first buy later."""
    for when, change in late:
        state = change(state) if when >= start else state
    return state
