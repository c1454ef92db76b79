"""Whether a round is due."""

from __future__ import annotations

from collections.abc import Callable

from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Reason
from rebalancing.policy.triggers.events import asked, initial, new_asset, withdrawal
from rebalancing.policy.triggers.period_and_threshold import period_and_threshold
from rebalancing.state import State
from rebalancing.view import View

Trigger = Callable[[Policy, State, View, Vector, Mask], Reason | None]
"""Says why a round is due, the cool-down apart; None if it is not. It is given the target weights
in force, shape (assets + 1,), and which assets can be traded, shape (assets,)."""

TRIGGERS: tuple[Trigger, ...] = (asked, withdrawal, new_asset, period_and_threshold)
"""These are always asked, and after them those that the settings choose. The first one that has a
reason is heard."""


def due(policy: Policy, state: State, view: View, targets: Vector, tradable: Mask) -> Reason | None:
    """Say why a round is due, the cool-down apart; None if it is not.

    The parameters are those of `Trigger`.
    """
    if state.last_start is None:
        return initial(policy, state, view)
    for trigger in (*TRIGGERS, *policy.triggers):
        reason = trigger(policy, state, view, targets, tradable)
        if reason is not None:
            return reason
    return None
