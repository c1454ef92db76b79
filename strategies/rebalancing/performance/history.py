"""The history of a portfolio: what it held and what it was worth, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rebalancing.market.portfolio import Mask, Vector, holding_values, weights_of
from rebalancing.performance.executions import CLOSING, INITIAL, Executions, Flows, Numbers
from rebalancing.policy.drift import drift_of
from rebalancing.policy.targets import over_available


@dataclass(frozen=True, eq=False)
class History:
    """A portfolio, candle by candle, each moment before its own orders and cash flows.

    Parameters
    ----------
    assets : tuple of str
        Codes, the stake currency last.
    targets : array, shape (assets,) or (moments, assets)
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
        Fraction of every notional, for sells that have not happened.
    flows : Flows
        Cash flows after the beginning.
    closes : array, shape (moments, assets - 1), or None
        The last close known at each moment, however old: what a coin without a price is worth.
        NaN before the first. None if only the prices are known: then it is the last of them.
    """

    assets: tuple[str, ...]
    targets: Vector
    time: Vector
    amounts: Vector
    prices: Vector
    start: float
    fee: float
    executions: Executions
    flows: Flows = field(default_factory=Flows)
    closes: Vector | None = None

    @property
    def stake(self) -> str:
        """Code of the stake currency."""
        return self.assets[-1]

    @property
    def allocated(self) -> Mask:
        """Which moments are after the initial allocation, shape (moments,)."""
        orders = self.executions
        initial = orders.time[orders.round == INITIAL]
        first = initial.min() if len(initial) else orders.time.min()
        after: Mask = self.time > first
        return after

    def before(self, times: Vector, amounts: Vector) -> Vector:
        """Add up what happened before each moment.

        Parameters
        ----------
        times : array, shape (events,)
            Seconds since 1970, increasing.
        amounts : array, shape (events,) or (events, n)
            Any quantity.

        Returns
        -------
        array, shape (moments,) or (moments, n)
        """
        none = np.zeros((1, *amounts.shape[1:]))
        sums: Vector = np.concatenate([none, np.cumsum(amounts, axis=0)])
        return sums[np.searchsorted(times, self.time, side="left")]

    def moment_of(self, time: float) -> int:
        """Return the row of the last moment at or before a time, the first one if none is."""
        return max(int(np.searchsorted(self.time, time, side="right")) - 1, 0)

    def cash(self) -> Vector:
        """Stake currency at each moment, every fee paid at once, shape (moments,).

        The closing of the backtest is after the last moment, whatever time freqtrade gives it:
        a coin whose candles ended early it closes at the last of them.
        """
        orders = self.executions
        own = orders.round != CLOSING
        traded = self.before(orders.time[own], (orders.brought - orders.fees)[own])
        return self.start + traded + self.before(self.flows.time, self.flows.amount)

    @property
    def available(self) -> Mask:
        """Which members have a price, shape (moments, assets)."""
        return np.column_stack([~np.isnan(self.prices), np.full(len(self.time), True)])

    def targets_in_force(self) -> Vector:
        """Target weights over what is available, shape (moments, assets)."""
        return over_available(self.targets, self.available)

    def shown_targets(self) -> Vector:
        """Targets over what is available.

        Those before through times without any candle, when they say nothing.
        """
        targets: Vector = self.targets_in_force()[self._known_rows()]
        return targets

    def weights(self) -> Vector:
        """Weight of each member at each moment, shape (moments, assets)."""
        return weights_of(holding_values(self.amounts, self.prices, self.cash()))

    def shown_weights(self) -> Vector:
        """Weights; those before through times without any candle, when all seems to be cash."""
        weights: Vector = self.weights()[self._known_rows()]
        return weights

    def _known_rows(self) -> Numbers:
        """Return the moment itself, or the last one before it at which any asset had a price."""
        rows = np.arange(len(self.time))
        known = np.where(self.available[:, :-1].any(axis=1), rows, 0)
        return np.asarray(np.maximum.accumulate(known))

    def drift(self) -> Vector:
        """Drift of each member at each moment, shape (moments, assets).

        NaN for what is unavailable.
        """
        drift = drift_of(self.weights(), self.targets_in_force())
        known: Vector = np.where(self.available, drift, np.nan)
        return known

    def known_prices(self) -> Vector:
        """Return the price of each asset, shape (moments, assets - 1).

        Where it has none it is the last close before, and 0 before the first price.
        """
        rows = np.where(np.isnan(self.prices), 0, np.arange(len(self.prices))[:, None])
        last = np.maximum.accumulate(rows, axis=0)
        carried = np.take_along_axis(self.prices, last, axis=0)
        if self.closes is not None:
            started = np.isfinite(carried)
            carried = np.where(np.isnan(self.prices) & started, self.closes, carried)
        return np.nan_to_num(carried)

    def value_of(self, amounts: Vector, cash: Vector) -> Vector:
        """Value holdings at each moment, shape (moments,).

        What has no candle counts at its last close.
        """
        value: Vector = holding_values(amounts, self.known_prices(), cash).sum(axis=-1)
        return value

    def nav(self) -> Vector:
        """NAV at each moment, shape (moments,); what has no candle counts at its last close."""
        return self.value_of(self.amounts, self.cash())

    def flow_after(self) -> Vector:
        """Cash flows between each moment and the next one, shape (moments,).

        Coins brought in are among them; flows before the first moment count to it.
        """
        sums = np.zeros(len(self.time))
        orders = self.executions
        for times, amounts in (
            (self.flows.time, self.flows.amount),
            (orders.time, orders.in_kind),
        ):
            moment = np.searchsorted(self.time, times, side="right") - 1
            np.add.at(sums, np.maximum(moment, 0), amounts)
        return sums
