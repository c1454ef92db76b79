"""Falling assets that the others had to pay for: the danger of every rebalancer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.performance.history import History

FALL = 0.5
"""Fall of the price from which an asset counts as falling, a fraction."""

SHARE = 0.02
"""Share of the NAV from which what it received counts."""


@dataclass(frozen=True)
class Subsidised:
    """An asset that rounds bought while it fell.

    Parameters
    ----------
    begin, end : float
        The time over which it received most, seconds since 1970.
    received : float
        Net, over that time, stake currency.
    share : float
        Of the NAV at `begin`.
    fall : float
        Of its price over that time, negative.
    """

    asset: str
    begin: float
    end: float
    received: float
    share: float
    fall: float


def subsidised_assets(history: History, received: Vector) -> list[Subsidised]:
    """Find the assets that got at least 2 % of the NAV while their price halved, or worse.

    Parameters
    ----------
    received : array, shape (moments + 1, assets)
        What each has received from the others so far (`attribution.subsidies`).

    Returns
    -------
    list of Subsidised
        The largest share first.
    """
    nav, prices, found = history.nav(), history.known_prices(), []
    last = len(history.time) - 1
    for column, asset in enumerate(history.assets[:-1]):
        sums = received[:, column]
        begin, end = most_received(sums)
        stop = min(end, last)
        if prices[begin, column] <= 0 or nav[begin] <= 0:
            continue
        got = float(sums[end] - sums[begin])
        fall = float(prices[stop, column] / prices[begin, column] - 1)
        share = got / float(nav[begin])
        if fall <= -FALL and share >= SHARE:
            times = float(history.time[begin]), float(history.time[stop])
            found.append(Subsidised(asset, *times, got, share, fall))
    return sorted(found, key=lambda item: -item.share)


def most_received(sums: Vector) -> tuple[int, int]:
    """Return the first and the last row of the time over which a sum grew most.

    The time is as short as it can be.

    Examples
    --------
    >>> most_received(np.array([0.0, -1.0, -1.0, 3.0, 2.0]))
    (2, 3)
    """
    end = int(np.argmax(sums - np.minimum.accumulate(sums)))
    return end - int(np.argmin(sums[: end + 1][::-1])), end
