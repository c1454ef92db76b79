"""Policies, markets and prices in the numbers of the kernel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from rebalancing.config.seat import Seat
from rebalancing.explore.kernel.memory import (
    ALL,
    APPEARS,
    BLOCK,
    COINS,
    CONFIGURED,
    COSTS,
    DESK,
    DRIFTED,
    FEWEST,
    GROWTH,
    KNOWN,
    LARGEST,
    LOTS,
    MARKS,
    SCALES,
    STEPS,
    THRESHOLDS,
    Candles,
    Log,
    Numbers,
    Terms,
)
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy

Whole = np.ndarray[tuple[int], np.dtype[np.int64]]

NO_ROWS: Whole = np.zeros(0, dtype=np.int64)

_SCOPES = {"all": ALL, "drifted": DRIFTED, "fewest": FEWEST}


class Memory(NamedTuple):
    """Room for one walk after the other."""

    desk: Numbers
    marks: Numbers


def terms_of(
    policy: Policy, markets: Markets, cash: float, offset: int = 0, begin: int = 0
) -> Terms:
    """Return the single numbers of a policy and its markets.

    Parameters
    ----------
    policy : Policy
        Without a reserve, as in a backtest.
    cash : float
        Stake currency at the start.
    offset : int
        Seconds by which the boundaries of the period are later.
    begin : int
        Row of the candles with which the history begins.

    Raises
    ------
    ValueError
        If the policy has a reserve, or the markets have largest orders or leave dust: a backtest
        has none of these. If the settings choose a source of weights, a trigger or a guard: the
        kernel knows none but those that always are.
    """
    if policy.reserve or markets.has_dust or np.isfinite(markets.largest).any():
        raise ValueError("policy and markets must be those of a backtest: no reserve, no dust")
    if unknown := [key for seat in Seat for key in policy.settings.chosen(seat)]:
        raise ValueError(f"the kernel does not know {', '.join(unknown)}")
    settings, period, destination = policy.settings, policy.period, policy.settings.destination
    return Terms(
        assets=len(policy.assets),
        has_threshold=policy.thresholds is not None,
        is_relative=settings.threshold_kind == "relative",
        is_either=settings.combine == "or",
        period=0 if period is None else int(period.total_seconds()),
        offset=offset,
        cooldown=int(policy.cooldown.total_seconds()),
        share=destination if isinstance(destination, float) else 1.0,
        is_edge=destination == "edge",
        scope=_SCOPES[settings.scope],
        min_trade=settings.min_trade or 0.0,
        cash=float(cash),
        fee=markets.fee,
        margin=markets.margin,
        remainder_margin=markets.remainder_margin,
        begin=begin,
    )


def memory_of(markets: Markets, candles: Candles) -> Memory:
    """Return room for walks over candles, with what the markets say in its place."""
    known = np.isfinite(candles.prices[KNOWN])
    desk, marks = np.zeros(DESK), np.zeros(MARKS, dtype=np.int64)
    fractions = [_fraction(float(lot)) for lot in markets.lots]
    _put(desk, LOTS, markets.lots)
    _put(desk, STEPS, np.array([step for step, _ in fractions]))
    _put(desk, SCALES, np.array([scale for _, scale in fractions]))
    _put(desk, COSTS, markets.cost_minimums)
    _put(desk, COINS, markets.amount_minimums)
    _put(marks, APPEARS, np.where(known.any(axis=0), known.argmax(axis=0), len(known)))
    return Memory(desk, marks)


def _put(table: np.ndarray, place: int, values: np.ndarray) -> None:
    table[place : place + len(values)] = values


def place(policy: Policy, desk: Vector) -> None:
    """Put targets and thresholds of a policy on the desk."""
    thresholds = policy.thresholds
    _put(desk, CONFIGURED, policy.targets)
    _put(desk, THRESHOLDS, np.zeros(len(policy.targets)) if thresholds is None else thresholds)


def _fraction(lot: float) -> tuple[float, float]:
    """Return a lot as a fraction of whole numbers.

    >>> _fraction(0.005), _fraction(10.0)
    ((5.0, 1000.0), (10.0, 1.0))
    """
    _, digits, exponent = Decimal(repr(lot)).normalize().as_tuple()
    assert isinstance(exponent, int)
    step = float("".join(map(str, digits)))
    return (step, 10.0**-exponent) if exponent < 0 else (step * 10.0**exponent, 1.0)


def candles_of(prices: PriceMatrix) -> Candles:
    """Return prices in numbers."""
    known, available = prices.known, np.isfinite(prices.known)
    filled = np.where(available, known, 0.0)
    newest = prices.newest()
    tables = np.stack([known, prices.opens(), newest, filled])
    columns = np.ascontiguousarray(np.stack([newest.T, filled.T]))
    return Candles(
        prices.first, prices.seconds, tables, columns, _ends(available), _extremes(filled)
    )


def _ends(available: np.ndarray[Any, Any]) -> Whole:
    """Return for each row the first one after it with other assets."""
    changes = np.flatnonzero((available[1:] != available[:-1]).any(axis=1)) + 1
    ends = np.append(changes, len(available))
    lengths = np.diff(ends, prepend=0)
    return np.repeat(ends, lengths).astype(np.int64)


def _extremes(filled: Vector) -> Vector:
    """Return the extremes of all whole blocks, the smallest ones first."""
    found, size = [], BLOCK
    while size <= LARGEST:
        count = len(filled) // size
        whole = filled[: count * size].reshape(count, size, filled.shape[1])
        found.append(np.stack([whole.min(axis=1), whole.max(axis=1)]))
        size *= GROWTH
    return np.concatenate(found, axis=1)


def log_of(room: int, rows: Whole = NO_ROWS) -> Log:
    """Return an empty log with room for so many orders, and for the NAV in these rows."""
    trades = np.zeros((2, room))
    return Log(np.zeros((3, room), dtype=np.int64), trades, rows, np.zeros(len(rows)))


def as_lists(candles: Candles) -> Candles:
    """Return candles for the interpreted form, which is several times faster with lists."""
    first, seconds, (*tables, filled), *others = candles
    return Candles(first, seconds, [*(table.tolist() for table in tables), filled], *others)
