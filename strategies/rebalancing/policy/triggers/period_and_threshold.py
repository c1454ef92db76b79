"""The policy's own triggers: the period, the threshold, or both."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.drift import drift_of, furthest
from rebalancing.policy.period import is_due
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause, Reason
from rebalancing.state import State
from rebalancing.view import View


def period_and_threshold(
    policy: Policy, state: State, view: View, targets: Vector, _tradable: Mask
) -> Reason | None:
    """Find that a boundary of the period has come, or that an asset is at the edge of its band."""
    boundary = is_due(policy.period, state, view.moment)
    if policy.needs_boundary and policy.thresholds is not None and not boundary:
        return None
    both = policy.period is not None and policy.thresholds is not None
    reached = _reached(policy, drift_of(view.portfolio.weights, targets), targets)
    return trigger(boundary, reached, policy.settings.combine, both)


def _reached(policy: Policy, drift: Vector, targets: Vector) -> Reason | None:
    bands = policy.bands(targets)
    index = None if bands is None else furthest(drift, bands)
    if index is None:
        return None
    return Reason(Cause.THRESHOLD, policy.members[index], float(drift[index]))


def trigger(
    boundary: bool, threshold: Reason | None, combine: Literal["and", "or"], both: bool
) -> Reason | None:
    """Combine the two triggers.

    Parameters
    ----------
    boundary : bool
        An unserved boundary of the period grid has come.
    threshold : Reason or None
        The threshold is reached, by this asset; None if it is not, or if there is none.
    combine : {"and", "or"}
        What is needed when both triggers are configured.
    both : bool
        Both triggers are configured; otherwise the one that is decides alone.

    Returns
    -------
    Reason or None
        Why a round is due; None if it is not.
    """
    if both and combine == "and":
        if not boundary or threshold is None:
            return None
        return replace(threshold, cause=Cause.PERIOD_AND_THRESHOLD)
    if boundary:
        return Reason(Cause.PERIOD) if threshold is None else replace(threshold, cause=Cause.PERIOD)
    return threshold
