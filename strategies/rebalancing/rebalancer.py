"""The rebalancer: watches the portfolio, opens rounds when one is due, and sees them through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from rebalancing.destination import destination_weights
from rebalancing.drift import TOLERANCE, drift_of, furthest, threshold_vector, tolerance_bands
from rebalancing.market_rules import MarketRules
from rebalancing.plan import Plan
from rebalancing.planner import plan_trades
from rebalancing.portfolio import Mask, Portfolio, Vector
from rebalancing.rounds import MAX_TRIES, Fill, Round, round_tag
from rebalancing.settings import Settings
from rebalancing.targets import beside_reserve, over_available, target_weights
from rebalancing.triggers import Cause, PeriodGrid, Reason, trigger

PATIENCE = timedelta(days=1)
"""How long a round waits for orders that do not fill."""


class Outcome(StrEnum):
    """How a round ended."""

    DONE = "done"
    GAVE_UP = "gave up"


@dataclass(frozen=True)
class RoundRecord:
    """A closed round with its plans, the first one first: for the log, the chart, the journal."""

    number: int
    reason: Reason
    started: datetime
    plans: tuple[Plan, ...]
    outcome: Outcome

    @property
    def tag(self) -> str:
        """The round as it stands in order tags."""
        return round_tag(self.number, self.reason)


class Rebalancer:
    """Decides, from one snapshot after another, what to trade and why.

    Parameters
    ----------
    settings : Settings
        The policy, valid.
    assets : sequence of str
        Codes of the assets other than the stake currency, in the order of the configuration.
    stake : str
        Code of the stake currency.
    reserve : float
        Fraction of the NAV that buys leave uninvested.

    Attributes
    ----------
    round : Round or None
        The open round.
    closed : list of RoundRecord
        The rounds that ended, oldest first.
    declined : (Reason, Plan) or None
        The newest round that was due and not opened, because its plan holds no trade.
    """

    def __init__(
        self, settings: Settings, assets: Sequence[str], stake: str, reserve: float = 0.0
    ) -> None:
        self.settings = settings
        self.assets = tuple(assets)
        self.targets = target_weights(settings.targets or "equal", assets, stake)
        self.reserve = reserve
        self.round: Round | None = None
        self.closed: list[RoundRecord] = []
        self.declined: tuple[Reason, Plan] | None = None
        self._members = (*self.assets, stake)
        self._grid = PeriodGrid(settings.period_duration)
        self._cooldown = settings.cooldown_duration
        self._last_start: datetime | None = None
        self._seen = np.zeros(len(self.assets), dtype=bool)
        self._thresholds: Vector | None = None
        if settings.threshold is not None:
            self._thresholds = threshold_vector(settings.threshold, self.assets, stake)

    def sleeps(self, now: datetime) -> bool:
        """Tell that no round can be due now, whatever the prices: between the boundaries of a
        period without which nothing starts, once every asset has been seen.

        Parameters
        ----------
        now : datetime
            Time of the next snapshot, which need not be taken then.
        """
        if self.round is not None or self._grid.origin is None or not self._seen.all():
            return False
        needs_boundary = self._thresholds is None or self.settings.combine == "and"
        return self._grid.period is not None and needs_boundary and not self._grid.due(now)

    def watch(self, now: datetime, portfolio: Portfolio, rules: Callable[[], MarketRules]) -> None:
        """Look at the portfolio while no round is open, and open one if it is due.

        Parameters
        ----------
        now : datetime
            Time of the snapshot, later than at the call before.
        portfolio : Portfolio
            The snapshot.
        rules : callable
            Gives the market rules; called only when a round is due.

        Notes
        -----
        A due round whose plan holds no trade, because all are below the minimum, is not
        opened: dust triggers nothing. The boundary that asked for it is served all the same.
        """
        if portfolio.nav <= 0:
            return
        if self._last_start is not None and now - self._last_start < self._cooldown:
            return
        available = over_available(self.targets, portfolio.available)
        targets = beside_reserve(available, self.reserve, float(portfolio.weights[-1]))
        drift = drift_of(portfolio.weights, targets)
        reason = self._due(now, drift, targets, portfolio.available[:-1])
        self._grid = self._grid.serve(now)
        if reason is not None:
            self._open(now, reason, portfolio, targets, rules())

    def proceed(
        self,
        now: datetime,
        portfolio: Portfolio,
        rules: MarketRules,
        fills: Mapping[str, Fill],
        open_orders: bool,
    ) -> None:
        """Take stock of the open round: close it, wait for its orders, or plan what is left.

        Parameters
        ----------
        now : datetime
            Time of the snapshot.
        portfolio : Portfolio
            The snapshot.
        rules : MarketRules
            As of now.
        fills : mapping of str to Fill
            What the round has executed so far, by asset.
        open_orders : bool
            Some of its orders are neither filled nor cancelled.
        """
        current = self.round
        if current is None:
            return
        late = open_orders and now - current.started >= PATIENCE
        if open_orders and not late:
            return
        current.members = current.unfinished(portfolio, rules, fills)
        if not current.members.any():
            self._close(now, Outcome.DONE)
            return
        plan = plan_trades(portfolio, current.destination, current.members, rules, self.reserve)
        plan = replace(plan, trades=tuple(filter(current.continues, plan.trades)))
        if late or current.tries >= MAX_TRIES:
            self._close(now, Outcome.GAVE_UP)
        elif plan.trades:
            current.adopt(plan, fills)
        else:
            self._close(now, Outcome.DONE)

    def _due(self, now: datetime, drift: Vector, targets: Vector, available: Mask) -> Reason | None:
        if self._last_start is None:
            return Reason(Cause.INITIAL) if available.any() else None
        new = available & ~self._seen & (targets[:-1] > 0)
        if new.any():
            return Reason(Cause.NEW_ASSET, self.assets[int(np.argmax(new))])
        boundary = self._grid.due(now)
        both = self._grid.period is not None and self._thresholds is not None
        if both and self.settings.combine == "and" and not boundary:
            return None
        return trigger(boundary, self._reached(drift, targets), self.settings.combine, both)

    def _bands(self, targets: Vector) -> Vector | None:
        if self._thresholds is None:
            return None
        relative = self.settings.threshold_kind == "relative"
        return tolerance_bands(self._thresholds, targets, relative)

    def _reached(self, drift: Vector, targets: Vector) -> Reason | None:
        bands = self._bands(targets)
        index = None if bands is None else furthest(drift, bands)
        if index is None:
            return None
        return Reason(Cause.THRESHOLD, self._members[index], float(drift[index]))

    def _open(
        self,
        now: datetime,
        reason: Reason,
        portfolio: Portfolio,
        targets: Vector,
        rules: MarketRules,
    ) -> None:
        destination = self._destination(reason, portfolio, targets, rules)
        members = np.abs(destination[:-1] - portfolio.weights[:-1]) > TOLERANCE
        plan = plan_trades(portfolio, destination, members, rules, self.reserve)
        self._seen = self._seen | portfolio.available[:-1]
        if not plan.trades:
            self.declined = reason, plan
            if reason.cause is Cause.INITIAL and not plan.omitted:
                self._allocated(now)
            return
        self.round = Round(self._next_number(), reason, now, destination, members)
        self.round.adopt(plan, {})
        self._last_start = now

    def _destination(
        self, reason: Reason, portfolio: Portfolio, targets: Vector, rules: MarketRules
    ) -> Vector:
        if reason.cause in (Cause.INITIAL, Cause.NEW_ASSET):
            return targets
        return destination_weights(
            drift_of(portfolio.weights, targets),
            targets,
            self._bands(targets),
            self.settings.scope,
            self.settings.destination,
            rules.minimum / portfolio.nav,
        )

    def _allocated(self, now: datetime) -> None:
        """The initial allocation is complete: the period grid begins."""
        self._last_start = self._last_start or now
        self._grid = replace(self._grid, origin=now)

    def _next_number(self) -> int:
        return self.closed[-1].number + 1 if self.closed else 0

    def _close(self, now: datetime, outcome: Outcome) -> None:
        current = self.round
        assert current is not None
        if self._grid.origin is None:
            self._allocated(current.ordered_at or now)
        plans = tuple(current.plans)
        self.closed.append(
            RoundRecord(current.number, current.reason, current.started, plans, outcome)
        )
        self.round = None
