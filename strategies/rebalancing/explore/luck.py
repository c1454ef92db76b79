"""The same policy, begun at other moments."""

from __future__ import annotations

import numpy as np

from rebalancing.explore.following import Follower
from rebalancing.explore.stretches import DAY
from rebalancing.explore.worth import Closes
from rebalancing.market.portfolio import Vector
from rebalancing.policy.policy import Policy

STARTS = 24
"""Moments at which a policy is begun, at most."""


def starts_of(
    follower: Follower, closes: Closes, policy: Policy, offsets: tuple[int, ...] | None = None
) -> Vector:
    """Return the growth of a policy over the whole time, begun at several moments.

    Parameters
    ----------
    offsets : tuple of int, or None
        Seconds by which the boundaries of the period are later; None: up to 24 that divide the
        period evenly, each a whole number of candles.

    Returns
    -------
    array, shape (starts,)
        Logarithms, the start at offset 0 first.

    Notes
    -----
    A period is begun at other offsets of its grid. A policy of thresholds alone has no grid: it is
    begun on other days, up to 24 one after the other. These have to be compared over the same
    time, so of each start the growth from the last of these days on counts, and the growth that the
    first one had before that day is added to all of them.
    """
    if policy.period is not None:
        shifts = _offsets(int(policy.period.total_seconds()), closes.seconds, offsets)
        return np.array([_grown(follower, closes, policy, offset=shift) for shift in shifts])
    begins = _begins(len(closes.newest), closes.seconds)
    common = np.array([begins[-1] + 1], dtype=np.int64)
    found = [follower.follow(policy, common, begin=begin) for begin in begins]
    ends = np.array([closes.sold(one.amounts, one.cash) for one in found])
    navs = np.array([one.navs[0] for one in found])
    grown: Vector = np.log(ends / navs) + np.log(navs[0] / follower.cash(policy))
    return grown


def _offsets(period: int, seconds: int, asked: tuple[int, ...] | None) -> list[int]:
    if asked is not None:
        return list(dict.fromkeys([0, *(offset % period for offset in asked)]))
    candles = period // seconds
    count = max(1, min(STARTS, candles))
    return [k * candles // count * seconds for k in range(count)]


def _begins(rows: int, seconds: int) -> list[int]:
    """Return rows a day apart (a candle, if longer), in the first tenth of the history."""
    day = max(1, DAY // seconds)
    count = max(1, min(STARTS, rows // 10 // day))
    return [k * day for k in range(count)]


def _grown(follower: Follower, closes: Closes, policy: Policy, offset: int) -> float:
    found = follower.follow(policy, offset=offset)
    return float(np.log(closes.sold(found.amounts, found.cash) / follower.cash(policy)))
