"""Executed orders and cash flows: all that moved a portfolio."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rebalancing.market.portfolio import Mask, Vector

INITIAL, CLOSING, ADOPTED, OTHER, WITHDRAWN = 0, -1, -2, -3, -4
"""Numbers of what is no round but the first one: the initial allocation; the end of a backtest;
coins brought in; orders that were not the rebalancer's; coins taken out."""

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


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
        Number of the round, or `INITIAL`, `CLOSING`, `OTHER`, or `ADOPTED` and `WITHDRAWN`: coins
        brought in and taken out, for which no cash moved.
    fees : array
        Stake currency that each order cost besides.
    """

    time: Vector
    asset: Numbers
    amount: Vector
    price: Vector
    round: Numbers
    fees: Vector

    @property
    def notional(self) -> Vector:
        """Stake currency, always positive."""
        return np.abs(self.amount) * self.price

    @property
    def brought(self) -> Vector:
        """Stake currency that each order brought, before fees; negative for buys."""
        brought: Vector = np.where(self.is_in_kind, 0.0, -self.amount * self.price)
        return brought

    @property
    def is_in_kind(self) -> Mask:
        """Which of them are coins brought in or taken out."""
        found: Mask = (self.round == ADOPTED) | (self.round == WITHDRAWN)
        return found

    @property
    def in_kind(self) -> Vector:
        """Stake currency that each order was worth as a cash flow.

        That of coins brought in, negative for coins taken out, 0 for the others.
        """
        worth: Vector = np.where(self.is_in_kind, self.amount * self.price, 0.0)
        return worth

    def by_asset(self, quantity: Vector, assets: int) -> Vector:
        """Spread a quantity of each order over columns by its asset, shape (orders, assets)."""
        table = np.zeros((len(quantity), assets))
        table[np.arange(len(quantity)), self.asset] = quantity
        return table

    def held(self, time: Vector, assets: int) -> Vector:
        """Return the coins held at moments, before the orders of each, shape (moments, assets).

        The closing is after the last moment, whatever time freqtrade gives it.
        """
        own = self.round != CLOSING
        bought = self.by_asset(self.amount, assets)[own]
        sums = np.vstack([np.zeros(assets), np.cumsum(bought, axis=0)])
        held: Vector = np.maximum(sums[np.searchsorted(self.time[own], time, side="left")], 0.0)
        return held


@dataclass(frozen=True, eq=False)
class Flows:
    """Deposits and withdrawals of the stake currency, oldest first: arrays of one length.

    Parameters
    ----------
    time : array
        Seconds since 1970, UTC.
    amount : array
        Stake currency, deposits positive.
    """

    time: Vector = field(default_factory=lambda: np.zeros(0))
    amount: Vector = field(default_factory=lambda: np.zeros(0))
