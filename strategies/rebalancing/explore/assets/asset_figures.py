"""The figures of one asset: return, volatility, drawdown, volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.market.portfolio import Vector
from rebalancing.performance.drawdowns import falls
from rebalancing.performance.returns import DAYS_A_YEAR
from rebalancing.performance.rolling import WINDOW


@dataclass(frozen=True)
class AssetFigures:
    """What an asset did while it had candles. Fractions, but for the volume.

    Parameters
    ----------
    first, last : int
        Days since 1970 of its first and last close.
    total_return : float
        From the first close to the last.
    annual_return : float or None
        Compounded to a year of 365 days; None for less than a year.
    volatility : float or None
        Standard deviation of daily returns, for a year; None for fewer than two of them.
    max_drawdown : float
        Deepest fall from a highest close, positive.
    volume : float
        Of the median day, stake currency.
    """

    asset: str
    first: int
    last: int
    total_return: float
    annual_return: float | None
    volatility: float | None
    max_drawdown: float
    volume: float


def asset_figures(closes: DailyCloses) -> tuple[AssetFigures, ...]:
    """Measure every asset.

    Raises
    ------
    ValueError
        If an asset has fewer than two closes.
    """
    return tuple(_figures(closes, column) for column in range(len(closes.assets)))


def _figures(closes: DailyCloses, column: int) -> AssetFigures:
    asset, prices = closes.assets[column], closes.closes[:, column]
    rows = np.flatnonzero(np.isfinite(prices))
    if len(rows) < 2:
        raise ValueError(f"{asset}: has {len(rows)} daily closes, two are needed at least")
    known, days = prices[rows], int(closes.days[rows[-1]] - closes.days[rows[0]])
    returns = closes.returns[:, column]
    returns = returns[np.isfinite(returns)]
    grown = float(known[-1] / known[0])
    return AssetFigures(
        asset,
        int(closes.days[rows[0]]),
        int(closes.days[rows[-1]]),
        grown - 1,
        grown ** (DAYS_A_YEAR / days) - 1 if days >= DAYS_A_YEAR else None,
        float(returns.std() * np.sqrt(DAYS_A_YEAR)) if len(returns) > 1 else None,
        -float(falls(known).min()),
        float(np.median(closes.volumes[rows, column])),
    )


def rolling_volatility(closes: DailyCloses, column: int) -> Vector:
    """Return the volatility of the last 30 days, shape (days,), for a year.

    NaN before, and after a day without a close.
    """
    from talib import STDDEV  # it imports pandas

    returns = np.append(np.nan, closes.returns[:, column])
    found = np.full(len(returns), np.nan)
    edges = np.flatnonzero(np.diff(np.isfinite(returns), prepend=False, append=False))
    for begin, end in edges.reshape(-1, 2):
        found[begin:end] = STDDEV(returns[begin:end], WINDOW) * np.sqrt(DAYS_A_YEAR)
    return found
