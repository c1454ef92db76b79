"""Assets that are not traded now, and the targets of the others.

A guard that the settings choose has a file beside this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from rebalancing.account.setbacks import left_out
from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.drift import drift_of
from rebalancing.policy.policy import Policy
from rebalancing.policy.targets import targets_around
from rebalancing.state import State
from rebalancing.view import View


@dataclass(frozen=True, eq=False)
class Guards:
    """What is not traded now. All are bool arrays of the shape (assets,).

    Parameters
    ----------
    hands_off
        Assets that a person has taken into their own hands.
    out
        These, and those that have never had a price: what their weight lacks is held in cash.
    kept
        Assets that stay what they are for a while: the others share the rest.
    doubted
        Assets whose price cannot be trusted.
    untradable
        Assets of which no order would be made; those that are kept or in doubt among them.
    """

    hands_off: Mask
    out: Mask
    kept: Mask
    doubted: Mask
    untradable: Mask


def guards_of(
    policy: Policy,
    state: State,
    now: datetime,
    locked: Mask | None = None,
    doubted: Mask | None = None,
) -> Guards:
    """Return what is not traded at a moment; None stands for no asset."""
    none = policy.no_asset
    kept = policy.mask(left_out(state.setbacks, now)) if state.setbacks else none
    unsure = none if doubted is None else doubted
    untradable = none if locked is None else locked
    if kept is not none or unsure is not none:
        untradable = untradable | kept | unsure
    hands_off = policy.mask(state.hands_off)
    out = hands_off | policy.mask(state.awaited) if state.awaited else hands_off
    return Guards(hands_off, out, kept, unsure, untradable)


def unbought(policy: Policy, view: View) -> Mask:
    """Tell of which assets the chosen guards let nobody buy more now.

    A guard is given the policy and the view, and returns such a mask.
    """
    mask = policy.no_asset
    for guard in policy.guards:
        mask = mask | guard(policy, view)
    return mask


def measured_drift(policy: Policy, state: State, view: View) -> dict[str, float]:
    """Return the drift of every member that has one: what is out, or has no price, has none."""
    guards, portfolio = guards_of(policy, state, view.moment), view.portfolio
    drift = drift_of(portfolio.weights, targets_in_force(policy, view, guards))
    measured = portfolio.available & ~np.append(guards.out, False)
    members = zip(policy.members, drift.tolist(), measured.tolist(), strict=True)
    return {name: value for name, value, is_measured in members if is_measured}


def targets_in_force(policy: Policy, view: View, guards: Guards) -> Vector:
    """Return the target weights that hold at a moment.

    Returns
    -------
    array, shape (assets + 1,)
        Over what is available, with what is out as it is, what is kept at its weight, and cash up
        to the reserve tolerated.

    Notes
    -----
    Sources of weights that the settings choose follow on the configured ones: each is given the
    policy, the view and the weights before it, and returns others, shape (assets + 1,), that sum
    to 1.
    """
    wanted, portfolio = policy.targets, view.portfolio
    for source in policy.sources:
        wanted = source(policy, view, wanted)
    return targets_around(
        guards.kept, wanted, portfolio.available, guards.out, portfolio.weights, policy.reserve
    )
