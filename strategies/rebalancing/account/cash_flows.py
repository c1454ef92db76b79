"""Cash that came or went beside the portfolio's own orders."""

from __future__ import annotations

from rebalancing.account.account_view import AccountView, Unbooked
from rebalancing.account.cash_book import QUIET_TOLERANCE, CashBook
from rebalancing.events.account import CashFlow
from rebalancing.policy.policy import Policy
from rebalancing.state import State
from rebalancing.view import View


def cash_flows(
    policy: Policy, state: State, view: View, account: AccountView
) -> tuple[State, list[CashFlow], bool]:
    """Book the orders filled since, and find what else came or went.

    Returns
    -------
    State
        With the book from now on.
    list of CashFlow
        What came or went. The first one ever is what the portfolio starts with.
    bool
        False if a flow has been seen for the first time: balances may lag behind fills, so the
        next answer has to show it too. Nothing is booked then.
    """
    investment, unbooked = policy.settings.investment, account.unbooked
    if state.book is None:
        book = CashBook.opened(investment, account.balance, unbooked.effect, unbooked.booked())
        return *_recorded(policy, state, book, [book.invested]), True
    is_known = not unbooked.count and account.balance == state.book.expected
    if is_known and investment == state.book.investment and not state.suspect:
        return state, [], True
    nav = float(view.portfolio.values[:-1].sum()) + account.balance
    book, raised = state.book.invest(investment, account.balance)
    book, found = _settled(book, unbooked, account.balance, nav)
    if found and abs(found - state.suspect) > QUIET_TOLERANCE * nav:
        return state.changed(suspect=found), [], False
    return *_recorded(policy, state, book, [flow for flow in (raised, found) if flow]), True


def _settled(
    book: CashBook, unbooked: Unbooked, balance: float, nav: float
) -> tuple[CashBook, float]:
    """Book orders and what else came or went; fees are asked for where they matter."""
    booked, effect, doubt = book.booked, unbooked.effect, unbooked.doubt
    if unbooked.count or book.since is None:
        booked = unbooked.booked()
    if unbooked.count and book.after_orders(effect, booked).settle(balance, nav, 0.0)[1]:
        exact = unbooked.exact()
        effect, doubt = (effect, doubt) if exact is None else (exact, 0.0)
    return book.after_orders(effect, booked).settle(balance, nav, doubt)


def _recorded(
    policy: Policy, state: State, book: CashBook, flows: list[float]
) -> tuple[State, list[CashFlow]]:
    found = [
        CashFlow(amount, policy.stake, opening=state.book is None, number=state.flows + i)
        for i, amount in enumerate(flows, 1)
    ]
    if book == state.book and not state.suspect:
        return state, found
    known = tuple(trade.booked for trade in state.known_trades)
    flows_now = state.flows + len(found)
    return state.changed(book=book, flows=flows_now, suspect=0.0, known_trades=known), found
