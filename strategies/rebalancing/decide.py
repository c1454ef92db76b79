"""The decision: from what is wanted, what has happened and what is known now to what is done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from rebalancing.account.reconciliation import reconcile
from rebalancing.account.setbacks import after_orders, left_out
from rebalancing.events.event import Event
from rebalancing.policy.guards import guards_of
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.beginning import begin
from rebalancing.rounds.events import RoundEvent
from rebalancing.rounds.following import follow
from rebalancing.rounds.plan import Trade
from rebalancing.state import State
from rebalancing.view import Decision, View


def decide(policy: Policy, state: State, view: View) -> Decision:
    """Decide what to do at a moment.

    Returns
    -------
    Decision
        Pure: the same three give the same, and nothing is remembered here.
    """
    if view.refused or view.made:
        state = _with_setbacks(policy, state, view)
    flows: tuple[Event, ...] = ()
    if view.account is not None:
        found = reconcile(policy, state, view, view.account)
        if found.looks_again or found.is_unsure:
            return found
        state, flows = found.state, found.flows
    if state.is_held:
        return Decision(state, flows=flows)
    guards = guards_of(policy, state, view.moment, view.locked, view.doubted)
    events: list[RoundEvent] = []
    if state.round is not None:
        state = follow(policy, state, view, guards, events)
    if state.round is not None or state.is_held or not view.may_open:
        return Decision(state, tuple(events), flows=flows)
    found = begin(policy, state, view, guards, events)
    return replace(found, flows=flows) if flows else found


def take(state: State, asset: str, now: datetime) -> tuple[State, Trade | None]:
    """Hand out the trade that the open round wants of an asset, once.

    Returns
    -------
    State
        Without that trade.
    Trade or None
        None if there is none, or none yet: buys come after the sells that pay for them.
    """
    if state.round is None:
        return state, None
    current, trade = state.round.take(asset, now)
    return state if trade is None else state.changed(round=current), trade


def ask(state: State, cause: Cause) -> State:
    """Return the state with a round asked for.

    It begins with the next view, whatever the cool-down.
    """
    return state.changed(asked=Reason(cause))


def forget(state: State, assets: Collection[str]) -> State:
    """Return the state with assets taken for never seen.

    They are bought again when they are next available.
    """
    left = tuple(asset for asset in state.seen if asset not in assets)
    return state if len(left) == len(state.seen) else state.changed(seen=left)


def awaited(policy: Policy, state: State, absent: Collection[str]) -> tuple[str, ...]:
    """Return those assets without a price that have never had one: their weight is held in cash.

    `absent` are those that nobody has agreed to go on without.
    """
    return tuple(
        asset
        for asset, weight in zip(policy.assets, policy.targets, strict=False)
        if asset in absent and asset not in state.seen and weight > 0
    )


def _with_setbacks(policy: Policy, state: State, view: View) -> State:
    """Take note of orders that were refused.

    What is not held is bought like a new asset once it is no longer left out.
    """
    known = after_orders(state.setbacks, view.moment, view.refused, view.made)
    held = view.portfolio.values[:-1] >= view.rules().minimum
    again = set(policy.named(~held)) & left_out(known, view.moment).keys()
    return forget(state.changed(setbacks=known), again)
