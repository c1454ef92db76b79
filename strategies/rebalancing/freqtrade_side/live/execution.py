"""From the open round to freqtrade's orders.

What each pair is told, and what is written down before it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import numpy as np
from freqtrade.persistence import LocalTrade, Order

from rebalancing.account.in_flight import InFlightOrder
from rebalancing.decide import take
from rebalancing.events.orders import NotSent, Ordered, Side
from rebalancing.freqtrade_side.live import trade_corrections
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.interrupts import uninterrupted
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.order_guard import THIN, OrderGuard
from rebalancing.freqtrade_side.live.order_marks import OrderMarks
from rebalancing.freqtrade_side.live.refusals import NO_CASH, Refusals
from rebalancing.freqtrade_side.orders import partial_sell_stake
from rebalancing.freqtrade_side.present.account import SLIVER
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import booked_orders, own_orders
from rebalancing.freqtrade_side.records.own_orders import Holding
from rebalancing.freqtrade_side.records.standing import standing
from rebalancing.market.market_rules import whole_lots
from rebalancing.rounds.plan import Trade

MOVED = 0.02
"""Fraction by which a price may be above that of the plan before fewer coins are bought."""


class Execution:
    """Hands out the trades of the open round, each one once.

    Parameters
    ----------
    refusals : Refusals
        Knows what became of what is handed out.
    guard : OrderGuard
        Says how much of a trade may be ordered at once.
    marks : OrderMarks
        Mark the orders.

    Attributes
    ----------
    is_allowed : bool
        Orders may be made in this loop.
    doubted : collection of str
        Assets that are not traded in this loop.
    decided : mapping of str to Holding
        The open trades by pair, as they were when it was last decided; empty until then.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        memory: Memory,
        diary: Diary,
        refusals: Refusals,
        guard: OrderGuard,
        marks: OrderMarks,
    ) -> None:
        self._setup = snapshots.setup
        self._account = snapshots.account
        self._markets = snapshots.markets
        self._fee = snapshots.fee
        self._memory = memory
        self._diary = diary
        self._refusals = refusals
        self._guard = guard
        self._marks = marks
        self.is_allowed = False
        self.doubted: Collection[str] = ()
        self.decided: Mapping[str, Holding] = {}

    @property
    def is_ordering(self) -> bool:
        """The open round has trades that freqtrade may be told of in this loop."""
        current = self._memory.state.round
        return self.is_allowed and current is not None and current.is_waiting

    def entries(self, held: Collection[str]) -> frozenset[str]:
        """Return the pairs of those that open new trades; `held` are the pairs of the open ones."""
        current = self._memory.state.round
        if not self.is_ordering or current is None:
            return frozenset()
        return frozenset(f"{asset}/{self._setup.stake}" for asset in current.buyers).difference(
            held
        )

    def buy(self, pair: str, now: datetime, rate: float) -> float:
        """Return the stake to buy of a pair for; 0 for nothing, or nothing yet.

        Parameters
        ----------
        now : datetime
            UTC.
        rate : float
            Price by which freqtrade will divide the stake, stake currency.
        """
        asset = pair.split("/")[0]
        if not self.is_ordering or self._awaits_proceeds() or asset in self.doubted:
            return 0.0
        held = own_orders.holdings()
        if self._was_touched(pair, held):
            return 0.0
        self._memory.state, trade = take(self._memory.state, asset, now)
        current = self._memory.state.round
        if trade is None or current is None:
            return 0.0
        cash = min(self._account.cash(held, self._memory.state.book), self._account.free())
        fee = self._fee(held)
        share = current.share(trade, cash, fee)
        i = self._setup.assets.index(trade.asset)
        lot = float(self._markets.lots[i])
        # At another price than planned as many coins as planned, not as much money.
        most = min(share * (1 + MOVED), cash / (1 + fee)) / rate
        coins = whole_lots(min(trade.amount * share / trade.notional, most), lot)
        if coins <= 0 or coins * rate < self._markets.cost_minimums[i]:
            self._refusals.by_asset[trade.asset] = NO_CASH  # since it was planned: plan again
            return 0.0
        coins = self._fitting(trade, coins, now)
        if coins <= 0:
            return 0.0
        stake = (coins + lot / 1000) * rate  # that freqtrade's cut to lots does not lose one
        self._intend(trade, stake, now)
        return stake

    def adjust(self, trade: LocalTrade, now: datetime, rate: float) -> tuple[float, str] | None:
        """Return the stake by which to change a holding, negative to sell, and the tag.

        `rate` is the price of a buy.
        """
        current = self._memory.state.round
        asset = trade.safe_base_currency
        if not self.is_ordering or current is None or trade.has_open_orders:
            return None
        if asset in self.doubted:
            return None
        if asset not in current.sellers:
            stake = self.buy(trade.pair, now, rate)
            return (stake, current.tag) if stake > 0 else None
        if self._was_touched(trade.pair, own_orders.holdings()):
            return None
        self._memory.state, sell = take(self._memory.state, asset, now)
        assert sell is not None
        amount, i = self._fitting(sell, abs(sell.amount), now), self._setup.assets.index(asset)
        if amount <= 0:
            return None
        self._intend(sell, amount, now)
        lot = float(self._markets.lots[i])
        left = min(trade.amount, self._account.coins(asset)) - amount
        least = max(lot * (1 - SLIVER), float(self._markets.cost_minimums[i]) / sell.price)
        if amount != trade.amount and left <= least:
            trade_corrections.let_hold(trade.id, amount)
            return -float(trade.stake_amount), current.tag
        return partial_sell_stake(trade, amount, lot), current.tag

    def _was_touched(self, pair: str, held: Mapping[str, Holding]) -> bool:
        """Tell whether coins have come or gone since it was decided, as when a person sells them.

        Then the next loop decides again.
        """
        then, now = self.decided.get(pair), held.get(pair)
        return then is not None and (now is None or now.amount != then.amount)

    def _fitting(self, trade: Trade, wanted: float, now: datetime) -> float:
        """Return the coins that may be ordered at once, in whole lots; 0 for none."""
        current, i = self._memory.state.round, self._setup.assets.index(trade.asset)
        assert current is not None
        amount, why = self._guard.allowed(current, trade, wanted)
        if amount == wanted:
            return wanted
        amount = whole_lots(amount, float(self._markets.lots[i]))
        least = self._markets.smallest_orders(np.full(len(self._setup.assets), trade.price), False)
        if amount * trade.price >= least[i]:
            self._memory.note(round=current.changed(is_cut=True))
            return amount
        why = why or THIN
        self._refusals.not_sent(trade.asset, why, is_assets=why == THIN)
        side: Side = "sell" if trade.is_sell else "buy"
        self._diary.write(now, NotSent(side, trade.asset, current.tag, why))
        return 0.0

    def _awaits_proceeds(self) -> bool:
        """Sells are on their way: the buys are to share what they bring."""
        doubtful = {intent.side for intent in self._memory.state.intents}
        return "sell" in doubtful | set(standing().open_sides.values())

    def _intend(self, trade: Trade, size: float, now: datetime) -> None:
        """Write down what freqtrade is about to do, before it does it."""
        current = self._memory.state.round
        assert current is not None
        side: Side = "sell" if trade.is_sell else "buy"
        known = booked_orders.all_orders(Order.ft_pair == f"{trade.asset}/{self._setup.stake}")
        self._refusals.handed_out(trade.asset)
        intent = InFlightOrder(
            asset=trade.asset,
            side=side,
            size=size,
            at=now,
            tag=current.tag,
            after=known.last_order,
            since=known.since,
            names=known.names,
            mark=self._marks.next(),
        )
        self._memory.note(intents=(*self._memory.state.intents, intent))
        with uninterrupted():
            self._memory.save(now)
            self._diary.write(now, Ordered(current.number, trade.asset, side, size))
