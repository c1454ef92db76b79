"""What a live loop decides once prices and balances are known; nothing here asks the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from rebalancing.decide import decide
from rebalancing.events.account import (
    Adopted,
    CashFlow,
    CoinsLeft,
    Debt,
    HigherFee,
    TradeDeleted,
    TradeReopened,
)
from rebalancing.events.event import Event
from rebalancing.events.orders import FoundSale
from rebalancing.events.rounds import (
    LimitReached,
    NoRound,
    NoRoundAsked,
    RoundBegan,
    RoundEnded,
    RoundPlannedAgain,
)
from rebalancing.freqtrade_side.live import ended_trades
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.refusals import Refusals
from rebalancing.freqtrade_side.live.sight import Sight, Sights
from rebalancing.freqtrade_side.live.trade_writer import TradeWriter
from rebalancing.freqtrade_side.live.unknown_sells import UnknownSells
from rebalancing.freqtrade_side.present.quotes import Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders, store
from rebalancing.freqtrade_side.records.own_orders import Executed, Holding
from rebalancing.freqtrade_side.records.standing import Standing, standing
from rebalancing.policy.guards import measured_drift
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
from rebalancing.view import Decision, View

NOTEWORTHY = 0.05
"""Fraction by which a fee must be above the one known before it is told."""

MOST_VIEWS = 5
"""Of one loop: one, and one after each kind of change to the portfolio."""


class Deciding:
    """Decides, does what a decision names before anything else, and tells what came of it.

    Parameters
    ----------
    trade_writer : TradeWriter
        Enters adopted coins, takes out those that left.
    refusals : Refusals
        Knows why orders were not made.
    unknown_sells : UnknownSells
        Finds sales by hand.

    Attributes
    ----------
    decision : str or None
        What became of a round that was due: opened, or not and why. It stays until it is cleared.
    held : mapping of str to Holding, or None
        The open trades by pair, as they were when it was decided; None since it was cleared.
    """

    def __init__(
        self,
        policy: Policy,
        snapshots: Snapshots,
        memory: Memory,
        trade_writer: TradeWriter,
        diary: Diary,
        refusals: Refusals,
        unknown_sells: UnknownSells,
    ) -> None:
        self._policy = policy
        self._snapshots = snapshots
        self._setup = snapshots.setup
        self._memory = memory
        self._trade_writer = trade_writer
        self._diary = diary
        self._refusals = refusals
        self._unknown_sells = unknown_sells
        self._sights = Sights(snapshots, refusals, unknown_sells)
        self.clear()

    def clear(self) -> None:
        """Forget what was decided: a loop begins."""
        self.decision: str | None = None
        self.held: Mapping[str, Holding] | None = None

    def decide(self, now: datetime, quotes: Quotes, orders: Standing, is_fresh: bool) -> bool:
        """Take note of what the account did, go on with the open round, or open one if one is due.

        Parameters
        ----------
        now : datetime
            UTC; no order may be open.
        quotes : Quotes
            Prices.
        orders : Standing
            All orders.
        is_fresh : bool
            The balances are of this loop.

        Returns
        -------
        bool
            False if the exchange has to be asked for the balances before this is decided.
        """
        for _ in range(MOST_VIEWS):
            self.held = held = self.holdings(now)
            self._compare_fees(now, held)
            state = self._memory.state
            sight = self._sights.settled(now, quotes, state, held, orders, is_fresh)
            decision = self._decide(sight)
            if not decision.looks_again:
                break
            orders = standing()
        if not decision.is_unsure:
            self._note_figures(sight.view)
        return not decision.needs_balances

    def holdings(self, now: datetime) -> dict[str, Holding]:
        """Return the open trades, with those that freqtrade has closed by mistake."""
        held = own_orders.holdings()
        state, assets = self._memory.state, {pair.split("/")[0] for pair in held}
        since = None if state.round is None else state.round.started
        account, lots = self._snapshots.account, self._snapshots.lots
        found = ended_trades.reopened(account.own, state.known_trades, assets, lots, since)
        for asset, coins in found:
            self._diary.write(now, TradeReopened(asset, coins))
        return own_orders.holdings() if found else held

    def wait(self, now: datetime, quotes: Quotes) -> None:
        """Follow a round whose orders neither fill nor end."""
        held = own_orders.holdings()
        self._decide(self._sights.waiting(now, quotes, self._memory.state, held))

    def _decide(self, sight: Sight) -> Decision:
        now = sight.view.moment
        decision = decide(self._policy, self._memory.state, sight.view)
        for flow in decision.flows:
            self._diary.write(now, self._carried_out(now, flow))
        self._memory.state = decision.state
        for event in decision.events:
            self._tell(now, event, sight.orders)
        return decision

    def _carried_out(self, now: datetime, event: Event) -> Event:
        """Write into freqtrade's trades what the account did, and return what it came to."""
        if isinstance(event, CashFlow | TradeDeleted):
            store.add_flow(event.number, now, event.amount)
        elif isinstance(event, CoinsLeft):
            pair = f"{event.asset}/{event.stake}"
            self._trade_writer.release(pair, event.coins, event.price, now)
        elif isinstance(event, FoundSale):
            self._unknown_sells.enter(event.asset, event.id, now)
        elif isinstance(event, Adopted):
            pair = f"{event.asset}/{event.stake}"
            coins = self._trade_writer.adopt(pair, event.coins, event.price, now)
            self._snapshots.account.balance_adopted(event.asset, coins, coins * event.price)
            return replace(event, coins=coins)
        return event

    def _note_figures(self, view: View) -> None:
        portfolio = view.portfolio
        named = zip(portfolio.assets, portfolio.prices.tolist(), strict=True)
        prices = {asset: price for asset, price in named if np.isfinite(price)}
        known = self._memory.state.last_prices
        gone = [asset for asset in portfolio.assets if asset not in prices and asset in known]
        self._memory.note(
            cash=portfolio.cash,
            nav=portfolio.nav,
            weights=weights_by_member(portfolio, self._setup.stake),
            drifts=measured_drift(self._policy, self._memory.state, view),
            amounts=dict(zip(portfolio.assets, portfolio.amounts.tolist(), strict=True)),
            prices=prices,
            prices_before={asset: known[asset] for asset in gone},
            checked_at=view.moment,
        )
        self._diary.change(view.moment, Debt(portfolio.nav, self._setup.stake))

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
        if event.reason.cause == Cause.ASKED:
            declined: NoRound = NoRoundAsked(event.reason, event.plan)
            self._diary.write(now, declined)
        else:
            declined = NoRound(event.reason, event.plan)
            self._diary.change(now, declined)
        self.decision = f"no round: {declined.why}"

    def _compare_fees(self, now: datetime, held: Mapping[str, Holding]) -> None:
        """Tell once of fees above the configured ones, and plan with them from now on."""
        fees, paid = self._snapshots.fees, own_orders.paid_fees(held)
        if self._refusals.lacks_cash:
            fees.cash_was_lacking(paid)
            self._refusals.lacks_cash = False
        highest, usual = max(paid, default=0.0), fees.configured
        known = self._memory.state.fee or usual
        if highest > known * (1 + NOTEWORTHY):
            self._memory.note(fee=highest)
            self._diary.write(now, HigherFee(highest, usual))


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
