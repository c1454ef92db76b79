"""No round is open: one begins if it is due."""

from __future__ import annotations

import numpy as np

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio, Vector
from rebalancing.policy import schedule
from rebalancing.policy.destination import destination_weights
from rebalancing.policy.drift import TOLERANCE, drift_of
from rebalancing.policy.due import due
from rebalancing.policy.guards import Guards, targets_in_force, unbought
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.ending import breach_of, closed
from rebalancing.rounds.events import Outcome, RoundDeclined, RoundEvent, RoundOpened, Stopped
from rebalancing.rounds.opening import by_member, opening_facts
from rebalancing.rounds.plan import pieces
from rebalancing.rounds.round import Round
from rebalancing.rounds.round_plans import HeldBack, plan_around
from rebalancing.state import State
from rebalancing.view import Decision, View


def begin(
    policy: Policy, state: State, view: View, guards: Guards, events: list[RoundEvent]
) -> Decision:
    """Open a round if one is due.

    Notes
    -----
    A due round whose plan holds no trade, because all are below the minimum, is not opened: dust
    triggers nothing. The boundary that asked for it is served all the same.
    """
    moment, portfolio = view.moment, view.portfolio
    if portfolio.nav <= 0 or schedule.is_cooling(policy, state, moment):
        return Decision(state, tuple(events))
    targets = targets_in_force(policy, view, guards)
    tradable = ~(guards.untradable | guards.hands_off)
    reason = due(policy, state, view, targets, tradable)
    if reason is None:
        return Decision(schedule.served(policy, state, moment, None), tuple(events))
    rules = view.rules()
    destination = _destination(policy, reason, portfolio, targets, rules)
    members = np.abs(destination[:-1] - portfolio.weights[:-1]) > TOLERANCE
    members &= ~guards.hands_off
    held_back = HeldBack(guards.untradable, unbought(policy, view))
    plan = plan_around(held_back, portfolio, destination, members, rules, policy.reserve)
    if not view.is_fresh and (plan.trades or not reason.lasts):
        return Decision(state, tuple(events), needs_balances=True)
    state = schedule.served(policy, state, moment, reason)
    state = schedule.seen(policy, state, portfolio.available[:-1] & ~guards.untradable)
    if not plan.trades:
        if reason.cause == Cause.INITIAL and not plan.omitted:
            state = schedule.allocated(state, moment)
        return Decision(state, (*events, RoundDeclined(reason, plan)))
    current = Round(
        number=state.number,
        reason=reason,
        started=moment,
        destination=by_member(policy.members, destination),
        members=policy.named(members),
    ).adopt(plan, {}, pieces(plan, portfolio.assets, rules))
    state = state.changed(round=current, number=state.number + 1, last_start=moment)
    if breach := breach_of(policy, current, view):
        stopped = closed(policy, state, current, Outcome.STOPPED, view, guards)
        return Decision(stopped.changed(stopped=breach), (*events, Stopped(breach, current)))
    opening = opening_facts(plan, portfolio, policy.stake)
    state = state.changed(opening=opening, announced=current.tag)
    return Decision(state, (*events, RoundOpened(current, portfolio, targets)))


def _destination(
    policy: Policy, reason: Reason, portfolio: Portfolio, targets: Vector, rules: MarketRules
) -> Vector:
    if not reason.is_policy:
        return targets
    return destination_weights(
        drift_of(portfolio.weights, targets),
        targets,
        policy.bands(targets),
        policy.settings.scope,
        policy.settings.destination,
        rules.minimum / portfolio.nav,
    )
