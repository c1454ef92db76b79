"""Rounds that an event asks for, whatever the weights are."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause, Reason
from rebalancing.state import State
from rebalancing.view import View

OWED = 0.01
"""Fraction of the NAV that has been taken out and is not there in cash, above which coins are sold
for it at once: a drift of the cash would be a number of thousands of points."""


def initial(_policy: Policy, _state: State, view: View) -> Reason | None:
    """Begin the first round of all as soon as an asset has a price."""
    return Reason(Cause.INITIAL) if view.portfolio.available[:-1].any() else None


def asked(
    _policy: Policy, state: State, _view: View, _targets: Vector, _new: Mask
) -> Reason | None:
    """Hear who asks for a round, changed targets among them, and try again what gave up."""
    return state.asked or state.again


def withdrawal(
    _policy: Policy, _state: State, view: View, _targets: Vector, _new: Mask
) -> Reason | None:
    """Find that more was taken out than there is in cash."""
    owes = view.portfolio.cash < -OWED * view.portfolio.nav
    return Reason(Cause.WITHDRAWAL) if owes else None


def new_asset(
    policy: Policy, state: State, view: View, targets: Vector, tradable: Mask
) -> Reason | None:
    """Find an asset that can be traded for the first time."""
    if len(state.seen) == len(policy.assets):
        return None
    available = view.portfolio.available[:-1]
    new = available & tradable & ~policy.mask(state.seen) & (targets[:-1] > 0)
    return Reason(Cause.NEW_ASSET, policy.assets[int(np.argmax(new))]) if new.any() else None
