"""What happened around the rounds: cash and coins that came or went, and what a person sold."""

from __future__ import annotations

from rebalancing.account.account_view import AccountView
from rebalancing.account.adoption import adopted
from rebalancing.account.cash_flows import cash_flows
from rebalancing.account.coin_flows import coins_left
from rebalancing.account.hands_off import taken_over, trades_deleted
from rebalancing.policy.policy import Policy
from rebalancing.state import State
from rebalancing.view import Decision, View


def reconcile(policy: Policy, state: State, view: View, account: AccountView) -> Decision:
    """Book cash flows, respect what a person sold, adopt what is new.

    Returns
    -------
    Decision
        About the account alone. It looks again after whatever changes the portfolio: deleted
        trades, coins that left, booked cash, adopted coins. Nothing that the exchange shows is
        booked or decided on one answer of it.
    """
    if account.deleted:
        state, events = trades_deleted(policy, state, account.deleted)
        return Decision(state, flows=tuple(events), looks_again=True)
    state, gone, is_sure = coins_left(policy, state, view, account)
    if gone or not is_sure:
        return Decision(
            state,
            needs_balances=not is_sure,
            flows=tuple(gone),
            looks_again=is_sure,
            is_unsure=not is_sure,
        )
    book = state.book
    state, flows, is_sure = cash_flows(policy, state, view, account)
    if not is_sure or state.book != book:
        return Decision(
            state,
            needs_balances=not is_sure,
            flows=tuple(flows),
            looks_again=is_sure,
            is_unsure=not is_sure,
        )
    state, done = taken_over(policy, state, account)
    if not policy.settings.adopt_holdings or not view.may_open:
        return Decision(state, flows=tuple(done))
    state, taken = adopted(policy, state, view, account)
    return Decision(state, flows=(*done, *taken), looks_again=bool(taken))
