"""What a live loop decides once prices and balances are known; nothing here asks the exchange."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from rebalancing.account.setbacks import after_orders, left_out
from rebalancing.config.limits import breach_after, breach_before
from rebalancing.freqtrade_side.live.diary import Diary, opening_facts, slippage, weights
from rebalancing.freqtrade_side.live.locks import ALL_PAIRS, locked_pairs
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.refusals import Refusals
from rebalancing.freqtrade_side.present.quotes import Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.market.portfolio import Mask, Portfolio
from rebalancing.rebalancer import Rebalancer

NOTEWORTHY = 0.05
"""Fraction by which a fee must be above the one known before it is told."""


class Deciding:
    """Opens rounds, follows them to their end, and stops the bot at its limits.

    Parameters
    ----------
    snapshots : Snapshots
        The portfolio.
    rebalancer : Rebalancer
        Knows when and what.
    memory : Memory
        The bot's.
    diary : Diary
        Is told.
    refusals : Refusals
        Knows why orders were not made.

    Attributes
    ----------
    decision : str or None
        What became of a round that was due: opened, or not and why. It stays until it is cleared.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        rebalancer: Rebalancer,
        memory: Memory,
        diary: Diary,
        refusals: Refusals,
    ) -> None:
        self._snapshots = snapshots
        self._setup = snapshots.setup
        self._rebalancer = rebalancer
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
            weights=weights(portfolio, self._setup.stake),
            amounts=dict(zip(portfolio.assets, portfolio.amounts.tolist(), strict=True)),
            prices={asset: price for asset, price in prices if np.isfinite(price)},
            checked_at=now,
        )
        self._tell_debt(now, portfolio)
        self._compare_fees(now)
        self._note_setbacks(now, portfolio)
        self._leave_alone(now, quotes)
        if self._memory.is_held is None and self._rebalancer.round is not None:
            self._proceed(now, portfolio, open_orders=False)
        if self._memory.is_held is None and self._rebalancer.round is None and not quotes.trouble:
            rules = self._snapshots.rules
            if not is_fresh and self._rebalancer.would_open(
                now, portfolio, lambda: rules(portfolio)
            ):
                return False
            self._watch(now, portfolio)
        return True

    def _tell_debt(self, now: datetime, portfolio: Portfolio) -> None:
        """Say that the portfolio cannot pay what was taken out: no round can."""
        owes = portfolio.nav < 0
        text = (
            f"more was taken out than the portfolio is worth, its value is {portfolio.nav:,.8g} "
            f"{self._setup.stake}: no round starts; raise rebalance.investment"
        )
        self._diary.tell_change(now, "debt", "yes" if owes else "", text if owes else "over")

    def _compare_fees(self, now: datetime) -> None:
        """Tell once of fees above the configured ones, and plan with them from now on."""
        fees, paid = self._snapshots.fees, own_orders.paid_fees()
        if self._refusals.lacks_cash:
            fees.cash_was_lacking(paid)
            self._refusals.lacks_cash = False
        highest, usual = max(paid, default=0.0), fees.configured
        known = self._memory.state.fee or usual
        if highest > known * (1 + NOTEWORTHY):
            text = (
                f"the exchange charges a fee of {highest:.3%}, {usual:.3%} is configured: "
                f'rounds are planned with {highest:.3%}; set "fee": {highest:.6g}'
            )
            self._memory.note(fee=highest)
            self._diary.tell(now, "fee", text)

    def _note_setbacks(self, now: datetime, portfolio: Portfolio) -> None:
        """Take note of orders that were refused. What is not held is bought like a new asset once
        it is no longer left out."""
        refused, made = self._refusals.take()
        if refused or made:
            known = after_orders(self._memory.state.setbacks, now, refused, made)
            self._memory.note(setbacks=known)
            held = portfolio.values[:-1] >= self._snapshots.rules(portfolio).minimum
            self._rebalancer.forget(self._setup.named(~held) & left_out(known, now).keys())

    def _leave_alone(self, now: datetime, quotes: Quotes) -> None:
        """Tell the rebalancer which assets are not traded now, and which are for a while."""
        out = left_out(self._memory.state.setbacks, now)
        kept = self._setup.mask(out)
        self._rebalancer.kept, self._rebalancer.doubted = kept, quotes.doubted
        self._rebalancer.untradable = self._locked(now) | kept | quotes.doubted

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

    def wait(self, now: datetime, quotes: Quotes) -> None:
        """Follow a round whose orders neither fill nor end."""
        portfolio = self._snapshots.portfolio(quotes.trusted, own_orders.holdings())
        self._leave_alone(now, quotes)
        self._proceed(now, portfolio, open_orders=True)

    def _proceed(self, now: datetime, portfolio: Portfolio, open_orders: bool) -> None:
        current = self._rebalancer.round
        assert current is not None
        orders = own_orders.of_round(current.tag)
        filled = [order.filled_at for order in orders if order.filled_at is not None]
        current.ordered_at = max(filled, default=current.ordered_at)
        opening = self._memory.state.opening
        if opening is None:
            opening = opening_facts(current, portfolio, self._setup.stake)
        plans, limits = len(current.plans), self._setup.settings.limits
        breach = breach_after(limits, opening["nav"], slippage(orders, opening["prices"]))
        if breach is None:
            rules, fills = self._snapshots.rules(portfolio), own_orders.fills(orders)
            self._rebalancer.proceed(now, portfolio, rules, fills, open_orders)
            breach = self._breach(now, portfolio)
        if breach is not None:
            self._stop(now, breach)
        if self._rebalancer.round is None:
            record = self._rebalancer.closed.pop()
            self._snapshots.fees.forget()
            reason = self._refusals.reason(record.missing)
            without = self._memory.state.left_out
            self._diary.closed(now, record, opening, portfolio, orders, reason, without)
            gave_up = f"{record.tag}: {reason}" if reason else None
            self._memory.note(opening=None, gave_up=gave_up)
        elif len(current.plans) != plans:
            targets = self._rebalancer.targets_now(portfolio)
            self._diary.planned_again(now, current, portfolio, targets, self._memory.state.left_out)

    def _watch(self, now: datetime, portfolio: Portfolio) -> None:
        self._rebalancer.watch(now, portfolio, lambda: self._snapshots.rules(portfolio))
        current, declined = self._rebalancer.round, self._rebalancer.declined
        self._rebalancer.declined = None
        if declined is not None:
            self.decision = self._diary.declined(now, *declined)
        if current is None:
            return
        if breach := self._breach(now, portfolio):
            self._stop(now, breach)
            self._rebalancer.closed.clear()
            return
        opening = opening_facts(current, portfolio, self._setup.stake)
        self._memory.note(opening=opening, announced=current.tag)
        targets = self._rebalancer.targets_now(portfolio)
        without = self._memory.state.left_out
        self.decision = self._diary.opened(now, current, portfolio, targets, without)

    def _breach(self, now: datetime, portfolio: Portfolio) -> str | None:
        """Name the limit that the newest plan would exceed."""
        current = self._rebalancer.round
        if current is None or not current.plans or not current.reason.cause.is_policy:
            return None
        planned = sum(trade.notional for trade in current.plan.trades)
        day = own_orders.of_last_day(now, self._memory.state.limits_from)
        # A lowered investment leaves less than nothing in cash, and coins to be sold for it.
        worth = float(np.maximum(portfolio.values, 0.0).sum())
        limits = self._setup.settings.limits
        return breach_before(limits, worth, current.number, planned, day)

    def _stop(self, now: datetime, why: str) -> None:
        self._rebalancer.stop(now)
        self._memory.note(stopped=why)
        text = f"stopped, the coins are kept: {why}. Look into it, then: rebalance resume or now"
        self._diary.tell(now, "stopped", text)
