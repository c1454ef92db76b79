"""Assets that a person has taken into their own hands: they stay as they are until `resume`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from rebalancing.account.account_view import AccountView
from rebalancing.account.known_trade import KnownTrade
from rebalancing.events.account import EverythingSold, TakenOver, TradeDeleted
from rebalancing.events.event import Event
from rebalancing.policy.policy import Policy
from rebalancing.state import State


@dataclass(frozen=True)
class _Found:
    """Assets that were wanted, by what became of them."""

    deleted: frozenset[str]
    sold: frozenset[str]
    reduced: frozenset[str]

    @property
    def assets(self) -> frozenset[str]:
        return self.deleted | self.sold | self.reduced


def trades_deleted(
    policy: Policy, state: State, deleted: Collection[KnownTrade]
) -> tuple[State, list[TradeDeleted]]:
    """Take deleted trades out of the book: their coins are the portfolio's no longer."""
    events: list[TradeDeleted] = []
    for trade in deleted:
        if state.book is None:
            break  # it opens with what is there now
        state = state.changed(book=state.book.without(trade.cost, trade.unbooked))
        if trade.cost:
            state = state.changed(flows=state.flows + 1)
            events.append(TradeDeleted(-trade.cost, policy.stake, trade.asset, state.flows))
    gone = {trade.asset for trade in deleted if trade.is_open}
    known = tuple(trade for trade in state.known_trades if trade not in deleted)
    vanished = tuple(sorted(gone.union(state.vanished)))
    return state.changed(known_trades=known, vanished=vanished), events


def taken_over(policy: Policy, state: State, account: AccountView) -> tuple[State, list[Event]]:
    """Keep hands off what a person has sold or deleted.

    Returns
    -------
    State
        With those assets.
    list of Event
        What was done by hand since the view before.
    """
    trades = account.trades()
    is_whole = not (trades.reduced or np.isnan(account.in_trades).any())
    if is_whole and trades.known is None and not (state.hands_off or state.vanished):
        return state, []
    events: list[Event] = []
    if trades.known is not None:
        state = state.changed(known_trades=trades.known)
    wanted = set(policy.named(policy.targets[:-1] > 0))
    found = _found(policy, state, account, trades.reduced, wanted)
    if found.deleted != set(state.vanished):
        state = state.changed(vanished=tuple(sorted(found.deleted)))
    before, out = set(state.hands_off), found.assets
    if out == before:
        return state, events
    state = state.changed(hands_off=tuple(a for a in policy.assets if a in out))
    if new := out - before:
        if found.deleted | found.sold == wanted and state.paused is None:
            return state.changed(paused=EverythingSold.why), [*events, EverythingSold()]
        deleted, sold, reduced = (kind & new for kind in (found.deleted, found.sold, found.reduced))
        events.append(TakenOver(deleted, sold, reduced, state.hands_off))
    return state, events


def _found(
    policy: Policy,
    state: State,
    account: AccountView,
    reduced: Collection[str],
    wanted: set[str],
) -> _Found:
    absent = wanted.intersection(policy.named(np.isnan(account.in_trades)))
    vanished = absent & set(state.vanished)
    closed = set(account.closed()) if absent else set()
    # Its trade may have been closed since then by something else, as when the rest was withdrawn.
    sold = absent & (closed | {*state.hands_off})
    return _Found(
        frozenset(vanished),
        frozenset(sold - vanished),
        frozenset(reduced) & (wanted - absent),
    )
