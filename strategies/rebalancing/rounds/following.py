"""An open round: followed to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from rebalancing.policy.guards import Guards, targets_in_force, unbought
from rebalancing.policy.policy import Policy
from rebalancing.rounds.ending import breach_of, closed, closing, loss_of
from rebalancing.rounds.events import Outcome, RoundEvent, RoundPlanned, Stopped
from rebalancing.rounds.opening import opening_facts
from rebalancing.rounds.plan import OmissionReason, pieces
from rebalancing.rounds.round import MAX_TRIES, Round
from rebalancing.rounds.round_plans import HeldBack, plan_rest
from rebalancing.state import State
from rebalancing.view import View

PATIENCE = timedelta(days=1)
"""How long a round waits for orders that do not fill."""


def follow(
    policy: Policy, state: State, view: View, guards: Guards, events: list[RoundEvent]
) -> State:
    """Close the open round, wait for its orders, or plan what is left."""
    current = state.round
    assert current is not None
    before = current.plan
    if view.last_fill not in (None, current.ordered_at):
        current = current.changed(ordered_at=view.last_fill)
    opening = state.opening or opening_facts(current.plan, view.portfolio, policy.stake)
    if view.day is not None and (breach := loss_of(policy, opening, view)):
        return _stop(policy, state, current, breach, opening, view, guards, events)
    late = view.open_orders and view.moment - current.started >= PATIENCE
    if view.open_orders and not late:
        return state if current is state.round else state.changed(round=current)
    current, outcome = _planned_again(policy, current, late, view, guards)
    if outcome is not None:
        events.append(closing(current, outcome, opening, view))
        return closed(policy, state, current, outcome, view, guards)
    if breach := breach_of(policy, current, view):
        return _stop(policy, state, current, breach, opening, view, guards, events)
    if current.plan is not before:
        targets = targets_in_force(policy, view, guards)
        events.append(RoundPlanned(current, view.portfolio, targets))
    return state.changed(round=current, opening=opening)


def _planned_again(
    policy: Policy, current: Round, late: bool, view: View, guards: Guards
) -> tuple[Round, Outcome | None]:
    """Return the round with a plan for what is left of it, or how it has ended."""
    portfolio, rules, executed = view.portfolio, view.rules(), view.executed
    current = current.credit(executed)
    members = current.unfinished(portfolio, rules, executed) & ~guards.hands_off
    current = current.changed(members=policy.named(members))
    if not members.any():
        return current, Outcome.DONE
    plan = plan_rest(
        current,
        np.array([current.destination[name] for name in policy.members]),
        members,
        HeldBack(guards.untradable, unbought(policy, view)),
        portfolio,
        rules,
        policy.reserve,
    )
    if late or current.tries >= MAX_TRIES:
        return current, Outcome.GAVE_UP
    if plan.trades:
        return current.adopt(plan, executed, pieces(plan, portfolio.assets, rules)), None
    if (guards.doubted & members).any():
        return current, None
    closed = any(omission.why is OmissionReason.CLOSED for omission in plan.omitted)
    return current, Outcome.GAVE_UP if closed else Outcome.DONE


def _stop(
    policy: Policy,
    state: State,
    current: Round,
    why: str,
    opening: dict[str, Any],
    view: View,
    guards: Guards,
    events: list[RoundEvent],
) -> State:
    """Close the open round for good: a limit was reached."""
    events.append(Stopped(why, current))
    events.append(closing(current, Outcome.STOPPED, opening, view))
    return closed(policy, state, current, Outcome.STOPPED, view, guards).changed(stopped=why)
