"""Policies followed through a history by the kernel, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rebalancing.explore.exploration import Whole
from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    CASH,
    DRAWDOWN,
    DRIFTED_PLACES,
    DRIFTS,
    FEES,
    HODL,
    HODL_CASH,
    IS_LATE,
    ORDERS,
    ORIGIN,
    PEAK,
    ROUNDS,
    TURNOVER,
    Candles,
    Log,
)
from rebalancing.explore.translate import (
    NO_ROWS,
    Memory,
    as_lists,
    candles_of,
    log_of,
    memory_of,
    place,
    terms_of,
)
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy

Walk = Callable[..., None]


class Kernel(NamedTuple):
    """The function that follows a policy, and whether it is compiled."""

    walk: Walk
    is_compiled: bool


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders of a walk, oldest first, arrays of one length.

    Parameters
    ----------
    row, round, asset : int array
        Of the candle; number of the round, 0 for the initial allocation; place of the asset.
    amount, price : array
        Coins, bought positive; stake currency for one.
    """

    row: Whole
    round: Whole
    asset: Whole
    amount: Vector
    price: Vector


@dataclass(frozen=True, eq=False)
class Followed:
    """What became of a policy. Money in the stake currency.

    Parameters
    ----------
    amounts, cash
        Coins of each asset, shape (assets,), and stake currency at the end.
    fees : float
        Of all orders.
    turnover : float
        Half the notionals / NAV of all rounds but the initial one, added up.
    rounds, orders : int
        How many; the initial allocation is no round, and its orders count.
    peak, drawdown : float
        Highest NAV, and deepest fall from one, a positive fraction.
    mean_drift : float
        Absolute, over candles and members with a target.
    navs : array, shape (samples,)
        In the rows that were asked for, before what is ordered in them.
    first_amounts, first_cash
        What the initial allocation left.
    begun : int
        When the initial allocation ended, seconds since 1970; -1 for never.
    has_late : bool
        A round bought an asset that the initial allocation had not.
    """

    amounts: Vector
    cash: float
    fees: float
    turnover: float
    rounds: int
    orders: int
    peak: float
    drawdown: float
    mean_drift: float
    navs: Vector
    first_amounts: Vector
    first_cash: float
    begun: int
    has_late: bool


class Follower:
    """Follows policies through one history; not for several threads at once.

    Parameters
    ----------
    prices : PriceMatrix
        Of all assets of the policies, with opens.
    markets : Markets
        Of a backtest.
    cash : float
        Stake currency at the start, where a policy names no investment.
    """

    def __init__(self, kernel: Kernel, prices: PriceMatrix, markets: Markets, cash: float) -> None:
        self._kernel, self._markets, self._wallet = kernel, markets, cash
        self._tables = candles_of(prices)
        self._candles: Candles = self._tables if kernel.is_compiled else as_lists(self._tables)
        self._memory = self._new_memory()

    def another(self) -> Follower:
        """Return one for another thread, on the same candles."""
        other = object.__new__(Follower)
        other.__dict__.update(self.__dict__, _memory=self._new_memory())
        return other

    def warm(self, policy: Policy) -> None:
        """Have the kernel compiled, if it has to be."""
        if not self._kernel.is_compiled:
            return
        last = len(self._tables.ends) - 1
        try:
            self.follow(policy, begin=last)
        except OSError:  # compiled, and could not be kept: the disk is full
            self.follow(policy, begin=last)

    def cash(self, policy: Policy) -> float:
        """Return the stake currency at the start."""
        return policy.settings.investment or self._wallet

    def follow(
        self, policy: Policy, rows: Whole = NO_ROWS, offset: int = 0, begin: int = 0
    ) -> Followed:
        """Follow a policy to the end.

        Parameters
        ----------
        rows : int array
            When its NAV is wanted, increasing.
        offset : int
            Seconds by which the boundaries of its period are later.
        begin : int
            Row with which the history begins.
        """
        return self._walk(policy, log_of(0, rows), offset, begin)

    def orders(self, policy: Policy, count: int) -> Orders:
        """Return the orders of a policy, of which there are so many."""
        log = log_of(count)
        self._walk(policy, log, 0, 0)
        return Orders(*log.places, *log.trades)

    def _walk(self, policy: Policy, log: Log, offset: int, begin: int) -> Followed:
        desk, marks = self._memory
        place(policy, desk)
        terms = terms_of(policy, self._markets, self.cash(policy), offset, begin)
        self._kernel.walk(self._candles, terms, desk, marks, log)
        return _read(desk, marks, log.navs, terms.assets)

    def _new_memory(self) -> Memory:
        desk, marks = memory_of(self._markets, self._tables)
        if self._kernel.is_compiled:
            return Memory(desk, marks)
        return Memory(desk.tolist(), marks.tolist())


def _read(desk: Any, marks: Any, navs: Vector, assets: int) -> Followed:
    return Followed(
        amounts=np.array(desk[AMOUNTS : AMOUNTS + assets]),
        cash=float(desk[CASH]),
        fees=float(desk[FEES]),
        turnover=float(desk[TURNOVER]),
        rounds=int(marks[ROUNDS]),
        orders=int(marks[ORDERS]),
        peak=float(desk[PEAK]),
        drawdown=float(desk[DRAWDOWN]),
        mean_drift=float(desk[DRIFTS] / max(1, desk[DRIFTED_PLACES])),
        navs=navs,
        first_amounts=np.array(desk[HODL : HODL + assets]),
        first_cash=float(desk[HODL_CASH]),
        begun=int(marks[ORIGIN]),
        has_late=bool(marks[IS_LATE]),
    )
