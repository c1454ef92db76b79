"""What a live loop decides once prices and balances are known; nothing here asks the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from rebalancing.decide import decide
from rebalancing.events.account import Debt, HigherFee
from rebalancing.events.rounds import (
    LimitReached,
    NoRound,
    NoRoundAsked,
    RoundBegan,
    RoundEnded,
    RoundPlannedAgain,
)
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.locks import ALL_PAIRS, locked_pairs
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.refusals import Refusals
from rebalancing.freqtrade_side.present.quotes import Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.own_orders import Executed
from rebalancing.market.portfolio import Mask, Portfolio
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause
from rebalancing.rounds.events import (
    RoundClosed,
    RoundDeclined,
    RoundEvent,
    RoundOpened,
    RoundPlanned,
)
from rebalancing.rounds.opening import weights_by_member
from rebalancing.view import View

NOTEWORTHY = 0.05
"""Fraction by which a fee must be above the one known before it is told."""


class Deciding:
    """Gathers what is known, decides, and tells what comes of it.

    Parameters
    ----------
    refusals : Refusals
        Knows why orders were not made.

    Attributes
    ----------
    decision : str or None
        What became of a round that was due: opened, or not and why. It stays until it is cleared.
    """

    def __init__(
        self,
        policy: Policy,
        snapshots: Snapshots,
        memory: Memory,
        diary: Diary,
        refusals: Refusals,
    ) -> None:
        self._policy = policy
        self._snapshots = snapshots
        self._setup = snapshots.setup
        self._memory = memory
        self._diary = diary
        self._refusals = refusals
        self.decision: str | None = None

    def decide(self, now: datetime, quotes: Quotes, is_fresh: bool) -> bool:
        """Go on with the open round, or open one if one is due.

        Parameters
        ----------
        now : datetime
            UTC.
        quotes : Quotes
            Prices. While one of them is doubted the newest that could be trusted stands for it, its
            asset is not traded, and no round opens.
        is_fresh : bool
            The balances are of this loop.

        Returns
        -------
        bool
            False if a round is due that does not open on balances of a minute ago.
        """
        portfolio = self._snapshots.portfolio(quotes.trusted, own_orders.holdings())
        prices = zip(portfolio.assets, portfolio.prices.tolist(), strict=True)
        self._memory.note(
            cash=portfolio.cash,
            nav=portfolio.nav,
            weights=weights_by_member(portfolio, self._setup.stake),
            amounts=dict(zip(portfolio.assets, portfolio.amounts.tolist(), strict=True)),
            prices={asset: price for asset, price in prices if np.isfinite(price)},
            checked_at=now,
        )
        self._diary.change(now, Debt(portfolio.nav, self._setup.stake))
        self._compare_fees(now)
        return self._decide(now, portfolio, quotes, is_fresh=is_fresh)

    def wait(self, now: datetime, quotes: Quotes) -> None:
        """Follow a round whose orders neither fill nor end."""
        portfolio = self._snapshots.portfolio(quotes.trusted, own_orders.holdings())
        self._decide(now, portfolio, quotes, open_orders=True)

    def _decide(
        self,
        now: datetime,
        portfolio: Portfolio,
        quotes: Quotes,
        is_fresh: bool = True,
        open_orders: bool = False,
    ) -> bool:
        current, since = self._memory.state.round, self._memory.state.limits_from
        orders = [] if current is None else own_orders.of_round(current.tag)
        filled = [order.filled_at for order in orders if order.filled_at is not None]
        refused, made = ({}, set()) if open_orders else self._refusals.take()

        def cost(opening: Mapping[str, float]) -> float:
            return own_orders.slippage(orders, opening)

        view = View(
            now,
            portfolio,
            lambda: self._snapshots.rules(portfolio),
            own_orders.fills(orders),
            open_orders,
            last_fill=max(filled, default=None),
            may_open=not (quotes.trouble or open_orders),
            is_fresh=is_fresh,
            locked=self._locked(now),
            doubted=quotes.doubted,
            refused=refused,
            made=made,
            day=lambda: own_orders.of_last_day(now, since),
            cost=cost,
        )
        decision = decide(self._policy, self._memory.state, view)
        self._memory.state = decision.state
        for event in decision.events:
            self._tell(now, event, orders)
        return not decision.needs_balances

    def _tell(self, now: datetime, event: RoundEvent, orders: list[Executed]) -> None:
        stake, without = self._setup.stake, self._memory.state.left_out
        if isinstance(event, RoundDeclined):
            self._tell_no_round(now, event)
        elif isinstance(event, RoundOpened):
            began = RoundBegan(event, stake, without)
            self._diary.write(now, began)
            self.decision = began.text
        elif isinstance(event, RoundPlanned):
            self._diary.write(now, RoundPlannedAgain(event, stake, without))
        elif isinstance(event, RoundClosed):
            self._snapshots.fees.forget()
            reason = self._refusals.reason(event.missing)
            self._diary.write(now, _ended(event, stake, reason, orders, without))
            gave_up = f"{event.round.tag}: {reason}" if reason else None
            self._memory.note(gave_up=gave_up)
        else:
            self._diary.write(now, LimitReached(event.why))

    def _tell_no_round(self, now: datetime, event: RoundDeclined) -> None:
        if event.reason.cause is Cause.ASKED:
            declined: NoRound = NoRoundAsked(event.reason, event.plan)
            self._diary.write(now, declined)
        else:
            declined = NoRound(event.reason, event.plan)
            self._diary.change(now, declined)
        self.decision = f"no round: {declined.why}"

    def _compare_fees(self, now: datetime) -> None:
        """Tell once of fees above the configured ones, and plan with them from now on."""
        fees, paid = self._snapshots.fees, own_orders.paid_fees()
        if self._refusals.lacks_cash:
            fees.cash_was_lacking(paid)
            self._refusals.lacks_cash = False
        highest, usual = max(paid, default=0.0), fees.configured
        known = self._memory.state.fee or usual
        if highest > known * (1 + NOTEWORTHY):
            self._memory.note(fee=highest)
            self._diary.write(now, HigherFee(highest, usual))

    def _locked(self, now: datetime) -> Mask:
        """Tell which assets cannot be bought: freqtrade opens no trade of a locked pair, but
        changes one that is open."""
        locked, held = locked_pairs(now), own_orders.holdings()
        return np.array(
            [
                pair not in held and (pair in locked or ALL_PAIRS in locked)
                for pair in self._setup.pairs
            ],
            dtype=bool,
        )


def _ended(
    event: RoundClosed,
    stake: str,
    reason: str,
    orders: list[Executed],
    without: Mapping[str, str],
) -> RoundEnded:
    """Add up what the orders of a round have achieved and cost."""
    achieved: dict[str, float] = {}
    for order in orders:
        achieved[order.asset] = achieved.get(order.asset, 0.0) + order.amount * order.price
    traded = sum(order.notional for order in orders)
    moved = own_orders.slippage(orders, event.opening["prices"])
    cost = moved + sum(order.fee for order in orders)
    return RoundEnded(event, stake, reason, achieved, traded, cost, without)
