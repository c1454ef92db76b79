"""A rebalancer driven by freqtrade's loop in dry-run and live trading."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

import numpy as np
from freqtrade.data.dataprovider import DataProvider
from freqtrade.exceptions import FreqtradeException
from freqtrade.persistence import LocalTrade, Trade

from rebalancing.account.setbacks import left_out
from rebalancing.decide import awaited
from rebalancing.events.loop import (
    FreqtradePaused,
    LeaseLost,
    LeftOut,
    LoopFailed,
    LoopsFailed,
    LoopWorks,
    WaitingForPrices,
)
from rebalancing.events.orders import FoundOrder, OrdersEnded
from rebalancing.freqtrade_side.live import ended_trades, trade_corrections
from rebalancing.freqtrade_side.live.bot_state import is_running
from rebalancing.freqtrade_side.live.deciding import Deciding
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.execution import Execution
from rebalancing.freqtrade_side.live.interrupts import uninterrupted
from rebalancing.freqtrade_side.live.lost_orders import LostOrders
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.order_guard import OrderGuard
from rebalancing.freqtrade_side.live.refusals import Refusals
from rebalancing.freqtrade_side.live.requests import Requests
from rebalancing.freqtrade_side.live.trade_notes import TradeNotes
from rebalancing.freqtrade_side.live.trade_writer import TradeWriter
from rebalancing.freqtrade_side.live.unknown_sells import UnknownSells
from rebalancing.freqtrade_side.present.quotes import QuoteBoard, Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.lease import keep_lease
from rebalancing.freqtrade_side.records.redaction import redacted
from rebalancing.freqtrade_side.records.standing import Standing, standing
from rebalancing.market.prices import PairCandles
from rebalancing.policy.policy import Policy
from rebalancing.rounds import maker
from rebalancing.rounds.following import PATIENCE

logger = logging.getLogger(__name__)

BALANCES_EVERY = 12
"""Quiet loops between two requests for the balances: a minute at freqtrade's usual pace."""

TELL_AFTER = 20
"""Failing loops in a row after which a person is told."""


class LiveRun:
    """One life of a bot, from its start to its end.

    Parameters
    ----------
    memory : Memory
        What the life before left.
    board : QuoteBoard
        Prices.
    trade_writer : TradeWriter
        Writes what freqtrade itself would have written.
    lost_orders : LostOrders
        Finds out what became of orders.
    candles : mapping of str to PairCandles
        By pair; the strategy keeps it up to date.
    refusals : Refusals
        Knows why orders were not made.
    guard : OrderGuard
        Says how much of a trade may be ordered at once.
    """

    def __init__(
        self,
        policy: Policy,
        snapshots: Snapshots,
        memory: Memory,
        board: QuoteBoard,
        trade_writer: TradeWriter,
        lost_orders: LostOrders,
        diary: Diary,
        dataprovider: DataProvider,
        candles: Mapping[str, PairCandles],
        refusals: Refusals,
        guard: OrderGuard,
    ) -> None:
        self._snapshots = snapshots
        self._setup = snapshots.setup
        self._policy = policy
        self._memory = memory
        self._board = board
        self._lost_orders = lost_orders
        self._diary = diary
        self._dataprovider = dataprovider
        self._candles = candles
        self._failing = 0
        self._balances_age = 0
        self._ousted_by: str | None = None
        sells = UnknownSells(lost_orders)
        self._deciding = Deciding(policy, snapshots, memory, trade_writer, diary, refusals, sells)
        self._notes = TradeNotes(snapshots.setup, memory)
        self._requests = Requests(memory, diary)
        self.execution = Execution(snapshots, memory, diary, refusals, guard, lost_orders.marks)

    @property
    def is_ordering(self) -> bool:
        """The open round has trades that freqtrade may be told of in this loop."""
        return self.execution.is_ordering

    def open_pairs(self) -> Collection[str]:
        """Return the pairs of the open trades."""
        held = self._deciding.held
        return own_orders.holdings() if held is None else held

    def waits_as_maker(self, now: datetime) -> bool:
        """Tell whether orders are to wait for others to trade at their prices."""
        return maker.waits_as_maker(self._setup.settings, self._memory.state.round, now)

    def falls_back(self, now: datetime) -> bool:
        """Tell whether a round that began as maker has waited long enough."""
        return maker.falls_back(self._setup.settings, self._memory.state.round, now)

    def is_overdue(self, ordered: datetime, now: datetime) -> bool:
        """Tell whether the resting order of a maker has waited long enough for its price."""
        return maker.is_overdue(self._setup.settings, ordered, now)

    def loop(self, now: datetime) -> None:
        """Think once; whatever goes wrong, nothing is ordered and the next loop tries again."""
        self.execution.is_allowed = False
        try:
            self.execution.is_allowed = self._think(now)
        except KeyboardInterrupt:
            Trade.rollback()  # or freqtrade would commit, as it ends, what is half done
            raise
        except Exception as error:
            self._undo(now, error)
            return
        if self._failing:
            self._diary.change(now, LoopWorks(self._failing))
            self._failing = 0

    def entry_stake(self, pair: str, now: datetime, rate: float) -> float:
        """Return the stake with which to open a trade at a price, 0 for none."""
        try:
            return self.execution.buy(pair, now, rate)
        except Exception as error:  # freqtrade would buy for a stake of its own
            self._undo(now, error)
            return 0.0

    def adjustment(self, trade: LocalTrade, now: datetime, rate: float) -> tuple[float, str] | None:
        """Return the stake by which to change a trade and the tag of the order.

        `rate` is the price of a buy.
        """
        try:
            return self.execution.adjust(trade, now, rate)
        except Exception as error:  # freqtrade would log it and leave the database as it is
            self._undo(now, error)
            return None

    def _think(self, now: datetime) -> bool:
        """Return whether the open round may go on ordering in this loop."""
        if self._is_ousted(now):
            return False
        running = is_running(self._dataprovider)
        self._requests.obey(now, running)
        self._deciding.clear()
        if self._memory.state.round is None and self._memory.state.announced is not None:
            self._memory.note(announced=None)  # the loop before this one sent the end of its round
        if not running:
            self._diary.change(now, FreqtradePaused())
            return False
        before = standing()
        self._end_unlisted(now, before.open_sides)
        self._settle_intents(now)
        worth = self._memory.state.nav or self._snapshots.account.balance({})
        quotes = self._board.at(now, self._candles, worth)
        self._tell_left_out(now, quotes)
        self._diary.change(now, WaitingForPrices(quotes.trouble))
        if quotes.trouble and not self._goes_on(quotes):
            self._requests.answer(now, None, f"prices that it can trust: {quotes.trouble[0]}")
            return False
        self.execution.doubted = self._setup.named(quotes.doubted)
        self._balances_age += 1
        if self._memory.state.round is not None or self._balances_age >= BALANCES_EVERY:
            self._ask_balances()
        # An order sent meanwhile, by hand, is in the database and not in the balances yet.
        orders = standing()
        is_settled = not orders.open_sides and not self._memory.state.intents
        is_settled = is_settled and orders.newest == before.newest
        with uninterrupted():
            if is_settled:
                self._decide(now, quotes, orders)
            elif self._has_lost_patience(now):
                self._deciding.wait(now, quotes)
            self._memory.save(now)
            self._notes.show(now)
        self._requests.answer(now, self._deciding.decision, "open orders, or balances")
        return self._memory.is_held is None

    def _is_ousted(self, now: datetime) -> bool:
        """Tell whether another process has got the database.

        What is remembered here is old then, whether that process goes on or not.
        """
        if self._ousted_by is None:
            self._ousted_by = keep_lease()
            if self._ousted_by is not None:
                self._diary.write(now, LeaseLost(self._ousted_by))
        return self._ousted_by is not None

    def _tell_left_out(self, now: datetime, quotes: Quotes) -> None:
        """Say which assets rounds do without for now, and when that is over."""
        no_price = quotes.left_out
        out = {**left_out(self._memory.state.setbacks, now), **no_price}
        without = tuple(asset for asset in self._memory.state.without if asset in no_price)
        never = awaited(self._policy, self._memory.state, no_price.keys() - set(without))
        self._memory.note(left_out=out, awaited=never, without=without)
        self._diary.change(now, LeftOut(out, never))

    def _goes_on(self, quotes: Quotes) -> bool:
        """Tell whether a round is open that can do without the prices that are doubted."""
        has_prices = bool(np.isfinite(quotes.trusted[quotes.doubted]).all())
        return self._memory.state.round is not None and has_prices

    def _has_lost_patience(self, now: datetime) -> bool:
        """Tell whether the open round waits for orders that neither fill nor end."""
        current = self._memory.state.round
        return current is not None and now - current.started >= PATIENCE

    def _decide(self, now: datetime, quotes: Quotes, orders: Standing) -> None:
        if not self._deciding.decide(now, quotes, orders, is_fresh=self._balances_age == 0):
            self._balances_age = BALANCES_EVERY  # the next loop asks for them
        self.execution.decided = self._deciding.held or {}

    def _ask_balances(self) -> None:
        self._snapshots.account.update()
        self._balances_age = 0

    def _settle_intents(self, now: datetime) -> None:
        current, intents = self._memory.state.round, self._memory.state.intents
        if current is not None:
            trade_corrections.name_entries(current.tag, current.started)
            trade_corrections.name_emergency_exits(current.tag, current.started)
            trade_corrections.drop_empty()
        if not intents:
            return
        doubtful, found = self._lost_orders.settle(now, intents)
        for intent, order in found:
            meant = intent.side, intent.asset, intent.tag
            self._diary.write(now, FoundOrder(*meant, order["id"], order["filled"]))
        # At once: until prices can be trusted nothing else is saved, and a trade that is deleted
        # meanwhile must be neither unknown nor taken for an order that was lost.
        self._deciding.holdings(now)  # a trade that is known as closed is not opened again
        own, state = self._snapshots.account.own, self._memory.state
        known = ended_trades.known_before_stock(own, state.book, state.known_trades)
        self._memory.note(intents=doubtful, known_trades=known)
        with uninterrupted():
            self._memory.save(now)

    def _end_unlisted(self, now: datetime, open_sides: Collection[str]) -> None:
        """Wait no longer for orders of pairs that have ended: nobody answers for them.

        These have open orders.
        """
        intents = self._memory.state.intents
        meant = {intent.asset: f"{intent.asset}/{self._setup.stake}" for intent in intents}
        for pair in {*open_sides, *meant.values()}:
            if self._board.lists(pair):
                continue
            trade_corrections.end_orders(pair)
            intents = tuple(intent for intent in intents if meant[intent.asset] != pair)
            self._memory.note(intents=intents)
            self._diary.write(now, OrdersEnded(pair))

    def _undo(self, now: datetime, error: Exception) -> None:
        """End a transaction that has failed: the next question to the database would raise."""
        Trade.rollback()
        self._trouble(now, error)

    def _trouble(self, now: datetime, error: Exception) -> None:
        """Log a failing loop once, count it, and tell a person if it lasts."""
        self._failing += 1
        kind = type(error).__name__
        text = redacted(f"{kind}: {error}")
        if self._failing == 1 and not isinstance(error, FreqtradeException):
            logger.error(f"a loop failed: {text}", exc_info=error)
        if self._failing == TELL_AFTER:
            self._diary.write(now, LoopsFailed(self._failing, text))
        self._diary.change(now, LoopFailed(kind, text))
