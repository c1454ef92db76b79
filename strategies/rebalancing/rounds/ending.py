"""The end of a round, and the limits that may bring it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rebalancing.policy import schedule
from rebalancing.policy.guards import Guards
from rebalancing.policy.limits import breach_after, breach_before
from rebalancing.policy.policy import Policy
from rebalancing.rounds.events import Outcome, RoundClosed
from rebalancing.rounds.round import Round
from rebalancing.state import State
from rebalancing.view import View


def closing(current: Round, outcome: Outcome, opening: dict[str, Any], view: View) -> RoundClosed:
    """Return the event that a round has ended; `opening` is how it began."""
    missing = current.members if outcome is Outcome.GAVE_UP else ()
    return RoundClosed(current, outcome, missing, opening, view.portfolio)


def closed(
    policy: Policy, state: State, current: Round, outcome: Outcome, view: View, guards: Guards
) -> State:
    """Return the state without the round that has ended."""
    gave_up = outcome is Outcome.GAVE_UP
    # What was sold for an asset that is left out by now goes to the others.
    is_again = not current.reason.is_policy or bool(
        (policy.mask(current.members) & guards.kept).any()
    )
    state = schedule.allocated(state, current.ordered_at or view.moment)
    state = schedule.ended(state, current.reason, gave_up, is_again)
    return state.changed(round=None, opening=None)


def loss_of(policy: Policy, opening: dict[str, Any], view: View) -> str | None:
    """Name the limit that the losses of a round exceed; None if none does."""
    return breach_after(policy.settings.limits, opening["nav"], view.cost(opening["prices"]))


def breach_of(policy: Policy, current: Round, view: View) -> str | None:
    """Name the limit that the newest plan would exceed."""
    if view.day is None or not current.plan.trades or not current.reason.is_policy:
        return None
    planned = sum(trade.notional for trade in current.plan.trades)
    # A lowered investment leaves less than nothing in cash, and coins to be sold for it.
    worth = float(np.maximum(view.portfolio.values, 0.0).sum())
    return breach_before(policy.settings.limits, worth, current.number, planned, view.day())
