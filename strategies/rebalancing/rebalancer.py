"""The rebalancer: watches the portfolio, opens rounds when one is due, and sees them through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from rebalancing.config.settings import Settings
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.policy.destination import destination_weights
from rebalancing.policy.drift import TOLERANCE, drift_of
from rebalancing.policy.schedule import Schedule
from rebalancing.policy.targets import target_weights, targets_around
from rebalancing.policy.triggers import Cause, Reason
from rebalancing.rounds.closed_rounds import Outcome, RoundRecord
from rebalancing.rounds.order_sizing import pieces
from rebalancing.rounds.plan import OmissionReason, Plan
from rebalancing.rounds.round import MAX_TRIES, Fill, Round
from rebalancing.rounds.round_plans import plan_around, plan_rest
from rebalancing.state import RebalancerState

PATIENCE = timedelta(days=1)
"""How long a round waits for orders that do not fill."""


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
    hands_off : bool array, shape (assets,)
        Assets that are neither bought nor sold: what their weight lacks is held in cash.
    awaited : bool array, shape (assets,)
        Assets that have never had a price: their weight is held in cash until they have one.
    untradable : bool array, shape (assets,)
        Assets of which no order would be made now; the others trade as if these were as wanted.
    kept : bool array, shape (assets,)
        Those of them that stay what they are for a while: the others share the rest.
    doubted : bool array, shape (assets,)
        Those of them whose price cannot be trusted at this moment: the open round waits for it.
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
        self.hands_off = np.zeros(len(self.assets), dtype=bool)
        self.awaited = np.zeros(len(self.assets), dtype=bool)
        self.untradable, self.kept, self.doubted = np.zeros((3, len(self.assets)), dtype=bool)
        self._members = (*self.assets, stake)
        self._number = 0
        self._schedule = Schedule(settings, self.assets, stake)

    def ask(self, cause: Cause) -> None:
        """Ask for a round: it starts with the next snapshot, whatever the cool-down."""
        self._schedule.asked = Reason(cause)

    def sleeps(self, now: datetime) -> bool:
        """Tell that no snapshot needs to be taken at a time: no round is open, and none can be
        due whatever the prices."""
        return self.round is None and self._schedule.sleeps(now)

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
        if portfolio.nav <= 0 or self._schedule.is_cooling(now):
            return
        targets = self.targets_now(portfolio)
        reason = self._due(now, portfolio, targets)
        self._schedule.serve(now, reason)
        if reason is not None:
            self._open(now, reason, portfolio, targets, rules())

    def would_open(
        self, now: datetime, portfolio: Portfolio, rules: Callable[[], MarketRules]
    ) -> bool:
        """Tell whether `watch` would open a round, or look at a reason for the only time; nothing
        changes. The parameters are those of `watch`."""
        if portfolio.nav <= 0 or self._schedule.is_cooling(now):
            return False
        targets = self.targets_now(portfolio)
        reason = self._due(now, portfolio, targets)
        if reason is None or not reason.cause.lasts:
            return reason is not None
        return bool(self._first_plan(reason, portfolio, targets, rules())[-1].trades)

    def _due(self, now: datetime, portfolio: Portfolio, targets: Vector) -> Reason | None:
        return self._schedule.due(now, portfolio, targets, ~(self.untradable | self.hands_off))

    def targets_now(self, portfolio: Portfolio) -> Vector:
        """Return the target weights over what is available, with what is out as it is, what is
        kept at its weight, and cash up to the reserve tolerated, shape (assets + 1,)."""
        out = self.hands_off | self.awaited
        weights, available = portfolio.weights, portfolio.available
        return targets_around(self.kept, self.targets, available, out, weights, self.reserve)

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
        current.credit(fills)
        current.members = current.unfinished(portfolio, rules, fills) & ~self.hands_off
        if not current.members.any():
            self._close(now, Outcome.DONE)
            return
        plan = plan_rest(current, self.untradable, portfolio, rules, self.reserve)
        closed = any(omission.why is OmissionReason.CLOSED for omission in plan.omitted)
        if late or current.tries >= MAX_TRIES:
            self._close(now, Outcome.GAVE_UP)
        elif plan.trades:
            current.adopt(plan, fills, pieces(plan, portfolio.assets, rules))
        elif not (self.doubted & current.members).any():
            self._close(now, Outcome.GAVE_UP if closed else Outcome.DONE)

    def state(self) -> RebalancerState:
        """Return what must survive a restart."""
        return RebalancerState(
            **dict(self._schedule.state()),
            targets=dict(zip(self._members, self.targets.tolist(), strict=True)),
            number=self._number,
            round=None if self.round is None else self.round.state(self._members),
        )

    def begin(self, number: int) -> None:
        """Count rounds from here: the state is lost, and orders with lower numbers are known."""
        self._number = number

    def resume(self, state: RebalancerState, now: datetime) -> None:
        """Go on where a run before this one ended.

        Parameters
        ----------
        state : RebalancerState
            What that run left.
        now : datetime
            A changed period looks at its next boundary, not at those that passed.

        Notes
        -----
        Changed targets ask for a round with that reason. A round that was open for other assets
        or targets is not resumed: what its orders have executed is in the portfolio.
        """
        self._number = state.number
        self._schedule.resume(state, now)
        before = np.array([state.targets.get(name, 0.0) for name in self._members])
        wanted = {name for name, weight in state.targets.items() if weight > 0}
        if wanted <= set(self._members) and np.allclose(before, self.targets, rtol=0, atol=1e-9):
            if state.round is not None:
                self.round = Round.resumed(state.round, self._members)
        elif self._schedule.has_begun:
            self.ask(Cause.TARGETS_CHANGED)

    def forget(self, assets: Collection[str]) -> None:
        """Take assets for never seen: they are bought again when they are next available."""
        self._schedule.forget(assets)

    def wait_for(self, absent: Collection[str]) -> tuple[str, ...]:
        """Hold the weights of those absent assets in cash that have never had a price, and return
        which these are; `absent` has no price, and nobody has agreed to go on without it."""
        self.awaited = (
            np.array([asset in absent for asset in self.assets])
            & ~self._schedule.seen
            & (self.targets[:-1] > 0)
        )
        return tuple(a for a, waits in zip(self.assets, self.awaited, strict=True) if waits)

    def stop(self, now: datetime) -> None:
        """Close the open round for good: a limit was reached."""
        if self.round is not None:
            self._close(now, Outcome.STOPPED)

    def _open(
        self,
        now: datetime,
        reason: Reason,
        portfolio: Portfolio,
        targets: Vector,
        rules: MarketRules,
    ) -> None:
        destination, members, plan = self._first_plan(reason, portfolio, targets, rules)
        self._schedule.see(portfolio.available[:-1] & ~self.untradable)
        if not plan.trades:
            self.declined = reason, plan
            if reason.cause is Cause.INITIAL and not plan.omitted:
                self._schedule.allocated(now)
            return
        self.round = Round(self._number, reason, now, destination, members)
        self.round.adopt(plan, {}, pieces(plan, portfolio.assets, rules))
        self._number += 1
        self._schedule.started(now)

    def _first_plan(
        self, reason: Reason, portfolio: Portfolio, targets: Vector, rules: MarketRules
    ) -> tuple[Vector, Mask, Plan]:
        destination = targets
        if reason.cause.is_policy:
            destination = destination_weights(
                drift_of(portfolio.weights, targets),
                targets,
                self._schedule.bands(targets),
                self.settings.scope,
                self.settings.destination,
                rules.minimum / portfolio.nav,
            )
        members = np.abs(destination[:-1] - portfolio.weights[:-1]) > TOLERANCE
        members &= ~self.hands_off
        plan = plan_around(self.untradable, portfolio, destination, members, rules, self.reserve)
        return destination, members, plan

    def _close(self, now: datetime, outcome: Outcome) -> None:
        current = self.round
        assert current is not None
        self._schedule.allocated(current.ordered_at or now)
        gave_up = outcome is Outcome.GAVE_UP
        # What was sold for an asset that is left out by now goes to the others.
        is_again = not current.reason.cause.is_policy or bool((current.members & self.kept).any())
        self._schedule.ended(current.reason, gave_up, is_again)
        self.closed.append(RoundRecord.of(current, outcome, self.assets))
        self.round = None
