"""The view of one moment, and the decision that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rebalancing.account.account_view import AccountView
from rebalancing.events.event import Event
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Portfolio
from rebalancing.market.prices import Past, no_past
from rebalancing.policy.limits import Done
from rebalancing.rounds.events import RoundEvent
from rebalancing.rounds.round import Fill
from rebalancing.state import State


@dataclass(frozen=True, eq=False)
class View:
    """What is known at one moment.

    Parameters
    ----------
    moment : datetime
        UTC, later than that of the view before.
    portfolio : Portfolio
        Amounts, prices and cash.
    rules : callable
        Gives the market rules at these prices; called only when they are needed.
    executed : mapping of str to Fill
        What the open round has executed so far, by asset.
    open_orders : bool
        Some of its orders are neither filled nor cancelled.
    last_fill : datetime or None
        When its newest order was filled, as far as that is known.
    may_open : bool
        A round may begin: prices can be trusted, and nothing else is under way.
    is_fresh : bool
        Amounts and cash are of this moment: no round begins on older ones.
    locked : bool array, shape (assets,), or None
        Assets that cannot be bought now; None: all can.
    doubted : bool array, shape (assets,), or None
        Assets whose price cannot be trusted now; None: all can. The open round waits for them.
    refused : mapping of str to str
        Assets whose newest order was refused since the view before, and why; `made` are those
        whose order was accepted.
    day : callable, or None
        Gives what the rounds of the last 24 hours executed, for the limits; None: there are no
        limits.
    cost : callable
        Gives what the orders of the open round got less, or paid more, than at prices by asset,
        stake currency.
    account : AccountView or None
        What the account did beside the rounds; None: nothing, or it cannot be told now.
    past : callable
        Gives the prices up to now, see `Past`; called only where a choice looks back.
    """

    moment: datetime
    portfolio: Portfolio
    rules: Callable[[], MarketRules]
    executed: Mapping[str, Fill] = field(default_factory=dict)
    open_orders: bool = False
    last_fill: datetime | None = None
    may_open: bool = True
    is_fresh: bool = True
    locked: Mask | None = None
    doubted: Mask | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    made: Collection[str] = ()
    day: Callable[[], Iterable[Done]] | None = None
    cost: Callable[[Mapping[str, float]], float] = lambda _prices: 0.0
    account: AccountView | None = None
    past: Past = no_past


@dataclass(frozen=True)
class Decision:
    """What follows from a view.

    Parameters
    ----------
    state : State
        From now on; the same object where nothing happened. The trades that may be ordered are
        the `waiting` ones of its round.
    events : tuple of RoundEvent
        What happened to rounds, in order.
    needs_balances : bool
        A round is due and does not begin on old balances: ask for them, and decide again.
    flows : tuple of Event
        What the account did beside the rounds, in order. Coins that left are to be taken out of
        their trades, sales and adopted coins entered, cash flows recorded, before the state is
        taken over.
    looks_again : bool
        The portfolio is another one now: gather a view of it, and decide again at once.
    is_unsure : bool
        Cash or coins have only just come or gone, and the next answer of the exchange has to show
        it too, or a sale by hand has been found and its fills are not known: the figures of this
        view are not to be told. It `needs_balances`.
    """

    state: State
    events: tuple[RoundEvent, ...] = ()
    needs_balances: bool = False
    flows: tuple[Event, ...] = ()
    looks_again: bool = False
    is_unsure: bool = False
