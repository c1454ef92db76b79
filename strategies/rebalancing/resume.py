"""A rebalancer that goes on where another life ended."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from rebalancing.decide import ask
from rebalancing.policy.period import boundary
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause
from rebalancing.state import State


def begun(policy: Policy, number: int = 0) -> State:
    """Return the state of a portfolio that has done nothing yet.

    Parameters
    ----------
    number : int
        Of the first round: above that of any order that is known.
    """
    return State(targets=_by_member(policy), period=policy.settings.period, number=number)


def resumed(policy: Policy, state: State, now: datetime) -> State:
    """Return the state with which to go on under a policy that may have changed.

    Parameters
    ----------
    state : State
        As it was written down.
    now : datetime
        UTC: a changed period looks at its next boundary, not at those that passed.

    Notes
    -----
    Changed targets ask for a round with that reason. A round that was open for other assets or
    targets is not resumed: what its orders have executed is in the portfolio.
    """
    seen = tuple(asset for asset in policy.assets if asset in state.seen)
    before = np.array([state.targets.get(name, 0.0) for name in policy.members])
    wanted = {name for name, weight in state.targets.items() if weight > 0}
    is_same = wanted <= set(policy.members) and np.allclose(
        before, policy.targets, rtol=0, atol=1e-9
    )
    found = state.changed(seen=seen, targets=_by_member(policy), period=policy.settings.period)
    if state.period != policy.settings.period:
        found = found.changed(served=boundary(policy.period, found, now))
    if is_same:
        return found
    found = found.changed(round=None)
    return ask(found, Cause.TARGETS_CHANGED) if state.last_start is not None else found


def _by_member(policy: Policy) -> dict[str, float]:
    return dict(zip(policy.members, policy.targets.tolist(), strict=True))
