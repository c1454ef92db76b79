"""The diary of a live bot: its journal, freqtrade's log, and messages to a person."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.util import fmt_coin

from rebalancing.freqtrade_side.records.journal_file import Journal
from rebalancing.freqtrade_side.records.own_orders import Executed
from rebalancing.policy.triggers import Cause, Reason
from rebalancing.rounds.events import RoundClosed, RoundOpened, RoundPlanned
from rebalancing.rounds.opening import by_member, weights_by_member
from rebalancing.rounds.plan import Plan, omissions

logger = logging.getLogger("rebalancing")


class Diary:
    """Writes down what happened, once, in the form each reader needs.

    Parameters
    ----------
    journal : Journal
        For scripts and for later.
    dataprovider : DataProvider
        freqtrade's, which sends messages.
    stake : str
        Code of the stake currency.
    """

    def __init__(self, journal: Journal, dataprovider: DataProvider, stake: str) -> None:
        self._journal = journal
        self._dataprovider = dataprovider
        self._stake = stake
        self._last: dict[str, str] = {}

    def note(self, now: datetime, event: str, text: str, **facts: Any) -> None:
        """Write to journal and log."""
        self._journal.write(now, event, text=text, **facts)
        logger.info(f"{event}: {text}")

    def note_change(self, now: datetime, event: str, fact: str, text: str = "") -> None:
        """Write a standing fact when it changes.

        Parameters
        ----------
        now : datetime
            UTC.
        event : str
            Kind of fact.
        fact : str
            Empty if it is over.
        text : str
            What to write; the fact itself if empty.
        """
        if self._has_changed(event, fact):
            self.note(now, event, text or fact or "over")

    def tell_change(self, now: datetime, event: str, fact: str, text: str) -> None:
        """Write a standing fact when it changes, and send a message too."""
        if self._has_changed(event, fact):
            self.tell(now, event, text)

    def _has_changed(self, event: str, fact: str) -> bool:
        before = self._last.get(event, "")
        self._last[event] = fact
        return before != fact

    def tell(self, now: datetime, event: str, text: str, **facts: Any) -> None:
        """Write, and send a message too."""
        self.note(now, event, text, **facts)
        self._dataprovider.send_msg(f"Rebalancing: {text}", always_send=True)

    def event(self, now: datetime, event: str, **facts: Any) -> None:
        """Write to the journal only."""
        self._journal.write(now, event, **facts)

    def opened(self, now: datetime, event: RoundOpened, without: Mapping[str, str]) -> str:
        """Tell that a round starts, without which assets and why; return what was told."""
        current = event.round
        self._planned(now, "round", event, without)
        sold, bought = (self._money(part) for part in _sums(current.plan))
        # freqtrade sends it at the end of the loop, when market orders have filled already.
        text = f"{current.tag} is under way: {sold} to sell and {bought} to buy in all"
        if current.plan.omitted:
            text += f" (left out: {current.plan.shortfall})"
        text += "".join(f"; without {asset}: {why}" for asset, why in without.items())
        logger.info(text)
        self._dataprovider.send_msg(f"Rebalancing {text}", always_send=True)
        return text

    def planned_again(self, now: datetime, event: RoundPlanned, without: Mapping[str, str]) -> None:
        """Tell that a round plans what is left."""
        current = event.round
        self._planned(now, "plan", event, without)
        logger.info(f"{current.tag}: try {current.tries}, {len(current.plan.trades)} trades left")

    def declined(self, now: datetime, reason: Reason, plan: Plan) -> str:
        """Tell that a due round holds no trade, and return why.

        Whoever asked for it is told; else it is told when what is left out changes.
        """
        why = plan.shortfall or "every weight is where it should be"
        facts = {"left_out": omissions(plan), "due": reason}
        if reason.cause is Cause.ASKED:
            self.tell(now, "no round", f"{reason}: no round, {why}", **facts)
        elif self._has_changed("no round", plan.shortfall):
            self.note(now, "no round", f"{reason}: {why}", **facts)
        return f"no round: {why}"

    def closed(
        self,
        now: datetime,
        event: RoundClosed,
        orders: Sequence[Executed],
        reason: str,
        without: Mapping[str, str],
    ) -> None:
        """Tell that a round ended; `reason` says why it gave up, and is empty if it did not."""
        ended, opening, portfolio = event.round, event.opening, event.portfolio
        achieved: dict[str, float] = {}
        for order in orders:
            signed = order.amount * order.price
            achieved[order.asset] = achieved.get(order.asset, 0.0) + signed
        turnover = sum(order.notional for order in orders) / 2 / opening["nav"]
        cost = slippage(orders, opening["prices"]) + sum(order.fee for order in orders)
        after = weights_by_member(portfolio, self._stake)
        self._journal.write(
            now,
            "closed",
            round=ended.number,
            tag=ended.tag,
            outcome=event.outcome.value,
            reason=reason or None,
            planned=opening["planned"],
            achieved=achieved,
            turnover=turnover,
            cost=cost,
            nav_before=opening["nav"],
            nav_after=portfolio.nav,
            weights_before=opening["weights"],
            weights_after=after,
            left_out=opening["left_out"],
            without=dict(without),
        )
        outcome = outcome_in_words(event.outcome.value, reason)
        text = (
            f"{ended.tag} {outcome}: turnover {turnover:.2%}, "
            f"cost {self._money(cost)}, {_moved(opening['weights'], after)}"
        )
        logger.info(text)
        self._dataprovider.send_msg(f"Rebalancing {text}", always_send=True)

    def _planned(
        self,
        now: datetime,
        name: str,
        event: RoundOpened | RoundPlanned,
        without: Mapping[str, str],
    ) -> None:
        current, portfolio = event.round, event.portfolio
        members = (*portfolio.assets, self._stake)
        self._journal.write(
            now,
            name,
            round=current.number,
            tag=current.tag,
            reason={
                "cause": current.reason.cause.value,
                "asset": current.reason.asset,
                "drift": current.reason.drift,
            },
            **{"try": current.tries},
            nav=portfolio.nav,
            cash=portfolio.cash,
            weights=weights_by_member(portfolio, self._stake),
            targets=by_member(members, event.targets),
            destination=current.destination,
            trades=[
                {"asset": trade.asset, "amount": trade.amount, "price": trade.price}
                for trade in current.plan.trades
            ],
            left_out=omissions(current.plan),
            without=dict(without),
        )

    def _money(self, value: float) -> str:
        return str(fmt_coin(value, self._stake))


def outcome_in_words(outcome: str, reason: str | None) -> str:
    """Return how a round ended, and why if it gave up."""
    return f"{outcome} ({reason})" if reason else outcome


def slippage(orders: Sequence[Executed], prices: Mapping[str, float]) -> float:
    """Return what orders got less, or paid more, than at these prices; stake currency."""
    return sum(
        order.amount * (order.price - prices[order.asset])
        for order in orders
        if order.asset in prices
    )


def _sums(plan: Plan) -> tuple[float, float]:
    sold = sum(trade.notional for trade in plan.trades if trade.is_sell)
    return sold, sum(trade.notional for trade in plan.trades if not trade.is_sell)


def _moved(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """Name the three weights that changed most."""
    names = sorted(after, key=lambda name: -abs(after[name] - before.get(name, 0.0)))[:3]
    return ", ".join(f"{n} {before.get(n, 0.0):.1%} to {after[n]:.1%}" for n in names)
