"""A rebalancer driven by freqtrade's loop in dry-run and live trading."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
from freqtrade.data.dataprovider import DataProvider
from freqtrade.exceptions import FreqtradeException
from freqtrade.persistence import LocalTrade, Trade

from rebalancing.adoption import adopted_values
from rebalancing.freqtrade_side import commands, own_orders, store
from rebalancing.freqtrade_side.bookkeeping import Bookkeeper
from rebalancing.freqtrade_side.bot_state import is_running
from rebalancing.freqtrade_side.candles import PairCandles
from rebalancing.freqtrade_side.configuration import Setup
from rebalancing.freqtrade_side.diary import Diary, opening_facts, slippage, weights
from rebalancing.freqtrade_side.live_state import LiveState
from rebalancing.freqtrade_side.lost_orders import LostOrders
from rebalancing.freqtrade_side.markets import Markets
from rebalancing.freqtrade_side.orders import partial_sell_stake
from rebalancing.freqtrade_side.quotes import QuoteBoard, Quotes
from rebalancing.freqtrade_side.redaction import redacted
from rebalancing.freqtrade_side.treasury import Treasury
from rebalancing.intents import Intent
from rebalancing.limits import breach_after, breach_before
from rebalancing.market_rules import MarketRules
from rebalancing.plan import Trade as PlannedTrade
from rebalancing.portfolio import Portfolio
from rebalancing.rebalancer import Rebalancer
from rebalancing.triggers import Cause, Reason
from rebalancing.version import __version__

logger = logging.getLogger(__name__)

MAKER_TRIES = 3
"""Orders a round rests as maker before what is left goes by market orders."""

STATUS_EVERY = timedelta(minutes=1)
"""How often the newest check is written down though nothing happened."""

TELL_AFTER = 20
"""Failing loops in a row after which a person is told."""


class LiveRun:
    """One life of a bot, from its start to its end.

    Parameters
    ----------
    setup : Setup
        The checked configuration; assets that are leaving have a target of 0.
    rebalancer : Rebalancer
        Decides; already resumed.
    state : LiveState
        As the life before left it.
    markets : Markets
        Lots, minimums and fee.
    board : QuoteBoard
        Prices.
    treasury : Treasury
        Cash.
    bookkeeper : Bookkeeper
        Writes what freqtrade does not know.
    lost_orders : LostOrders
        Finds it.
    diary : Diary
        Journal, log and messages.
    dataprovider : DataProvider
        freqtrade's.
    candles : mapping of str to PairCandles
        By pair; the strategy keeps it up to date.
    """

    def __init__(
        self,
        setup: Setup,
        rebalancer: Rebalancer,
        state: LiveState,
        markets: Markets,
        board: QuoteBoard,
        treasury: Treasury,
        bookkeeper: Bookkeeper,
        lost_orders: LostOrders,
        diary: Diary,
        dataprovider: DataProvider,
        candles: Mapping[str, PairCandles],
    ) -> None:
        self._setup = setup
        self._rebalancer = rebalancer
        self._state = state
        self._markets = markets
        self._board = board
        self._treasury = treasury
        self._bookkeeper = bookkeeper
        self._lost_orders = lost_orders
        self._diary = diary
        self._dataprovider = dataprovider
        self._candles = candles
        self._saved: dict[str, Any] = {}
        self._saved_at: datetime | None = None
        self._may_order = False
        self._failing = 0
        self._now: datetime | None = None

    @property
    def is_ordering(self) -> bool:
        """The open round has trades that freqtrade may be told of in this loop."""
        current = self._rebalancer.round
        return self._may_order and current is not None and current.is_waiting

    @property
    def is_entering(self) -> bool:
        """Some of them open new trades."""
        current = self._rebalancer.round
        if not self.is_ordering or current is None:
            return False
        held = own_orders.holdings()
        return any(f"{asset}/{self._setup.stake}" not in held for asset in current.buyers)

    @property
    def is_maker(self) -> bool:
        """Orders are to wait for others to trade at their prices."""
        return self._setup.settings.maker is not None

    @property
    def trades_at_market(self) -> bool:
        """A round that was to trade as maker has waited long enough."""
        current, patience = self._rebalancer.round, self._setup.settings.maker_duration
        if current is None or patience is None or self._now is None:
            return False
        return current.tries > MAKER_TRIES or self._now - current.started >= patience

    def is_overdue(self, ordered: datetime, now: datetime) -> bool:
        """Tell whether a resting order of a maker has waited long enough for its price."""
        patience = self._setup.settings.maker_duration
        return patience is not None and now - ordered >= patience / MAKER_TRIES

    def loop(self, now: datetime) -> None:
        """Think once; whatever goes wrong, nothing is ordered and the next loop tries again."""
        self._now, self._may_order = now, False
        try:
            self._may_order = self._think(now)
        except Exception as error:
            Trade.rollback()
            self._trouble(now, error)
            return
        if self._failing:
            self._diary.note_change(now, "error", "", f"over after {self._failing} loops")
            self._failing = 0

    def entry_stake(self, pair: str, now: datetime) -> float:
        """Return the stake with which to open a trade, 0 for none."""
        try:
            return self._buy(pair, now)
        except Exception as error:  # freqtrade would buy for a stake of its own
            self._trouble(now, error)
            return 0.0

    def adjustment(self, trade: LocalTrade, now: datetime) -> tuple[float, str] | None:
        """Return the stake by which to change a trade and the tag of the order."""
        current = self._rebalancer.round
        asset = trade.safe_base_currency
        if not self._may_order or current is None or trade.has_open_orders:
            return None
        if asset not in current.sellers:
            stake = self._buy(trade.pair, now)
            return (stake, current.tag) if stake > 0 else None
        sell = current.take(asset, now)
        assert sell is not None
        self._intend(sell, abs(sell.amount), now)
        lot = float(self._markets.lots[self._setup.assets.index(asset)])
        return partial_sell_stake(trade, -sell.amount, lot), current.tag

    def _buy(self, pair: str, now: datetime) -> float:
        current = self._rebalancer.round
        if not self._may_order or current is None or self._awaits_proceeds():
            return 0.0
        buy = current.take(pair.split("/")[0], now)
        if buy is None:
            return 0.0
        held = own_orders.holdings()
        spendable = min(self._treasury.cash(held), self._treasury.free())
        stake = current.share(buy, spendable, self._markets.fee)
        self._intend(buy, stake, now)
        return stake

    def _awaits_proceeds(self) -> bool:
        """Sells are on their way: the buys are to share what they bring."""
        return "sell" in {*own_orders.open_sides().values(), *(i.side for i in self._state.intents)}

    def _intend(self, trade: PlannedTrade, size: float, now: datetime) -> None:
        """Write down what freqtrade is about to do, before it does it."""
        current = self._rebalancer.round
        assert current is not None
        side: Literal["buy", "sell"] = "sell" if trade.is_sell else "buy"
        intent = Intent(
            asset=trade.asset,
            side=side,
            size=size,
            at=now,
            tag=current.tag,
            after=own_orders.newest_order(),
        )
        self._remember(intents=(*self._state.intents, intent))
        self._save(now, force=True)
        unit = "amount" if trade.is_sell else "notional"
        facts = {"round": current.number, "asset": trade.asset, "side": side, unit: size}
        self._diary.event(now, "order", **facts)

    def _think(self, now: datetime) -> bool:
        """Return whether the open round may go on ordering in this loop."""
        self._obey(now)
        if not is_running(self._dataprovider):
            self._diary.note_change(now, "waiting", "freqtrade is paused: no round starts")
            return False
        self._settle_intents(now)
        newest = own_orders.newest_order()
        quotes = self._board.at(now, self._candles)
        self._treasury.update()
        open_orders = bool(own_orders.open_sides()) or newest != own_orders.newest_order()
        if quotes.trouble:
            self._diary.note_change(now, "waiting", "; ".join(quotes.trouble))
            return False
        self._diary.note_change(now, "waiting", "")
        if not open_orders and not self._state.intents:
            self._take_stock(now, quotes)
            self._decide(now, quotes)
        self._save(now)
        return self._state.paused is None and self._state.stopped is None

    def _obey(self, now: datetime) -> None:
        command = commands.take()
        if command is None:
            return
        if command.do == "now":
            text = self._ask()
        elif command.do == "pause":
            text = self._pause()
        else:
            text = self._resume(now)
        self._diary.note(now, "command", f"{command.do}: {text}")
        self._save(now, force=True)
        commands.reply(command, text)

    def _ask(self) -> str:
        if reason := self._state.paused or self._state.stopped:
            return f"no round starts: {reason}; resume first"
        if self._rebalancer.round is not None:
            return f"{self._rebalancer.round.tag} is already open"
        self._rebalancer.asked = Reason(Cause.ASKED)
        return "a round starts with the next prices that can be trusted"

    def _pause(self) -> str:
        self._remember(paused=self._state.paused or "paused by command")
        return "paused: nothing is ordered until resume"

    def _resume(self, now: datetime) -> str:
        self._rebalancer.forget(self._state.hands_off)
        self._remember(paused=None, stopped=None, hands_off=(), resumed_at=now)
        return "resumed"

    def _settle_intents(self, now: datetime) -> None:
        current = self._rebalancer.round
        if current is not None:
            own_orders.name_entries(current.tag, current.started)
        if not self._state.intents:
            return
        doubtful, found = self._lost_orders.settle(now, self._state.intents)
        for intent, order in found:
            text = f"{intent.side} {intent.asset}, {intent.tag}: the answer had been lost"
            self._diary.note(now, "found order", text, id=order["id"], filled=order["filled"])
        self._remember(intents=doubtful)

    def _take_stock(self, now: datetime, quotes: Quotes) -> None:
        """Book cash flows, respect what the user sold, adopt what is new."""
        held = own_orders.holdings()
        portfolio = self._portfolio(quotes)
        is_first = self._treasury.book is None
        worth = float(portfolio.values[:-1].sum())
        for when, amount in self._treasury.settle(now, worth, held):
            text = f"{amount:+,.8g} {self._setup.stake}"
            facts = {"amount": amount, "opening": is_first}
            self._diary.note(when, "flow", text, **facts)
        self._keep_hands_off(now, held.keys())
        if self._setup.settings.adopt_holdings:
            self._adopt(now, quotes, held)

    def _keep_hands_off(self, now: datetime, held: Any) -> None:
        wanted = {
            a for a, w in zip(self._setup.assets, self._rebalancer.targets, strict=False) if w
        }
        absent = {asset for asset in wanted if f"{asset}/{self._setup.stake}" not in held}
        out = set(self._state.hands_off) & absent
        if absent:
            out = absent & own_orders.closed_by_others(self._setup.stake, self._state.resumed_at)
        if out != set(self._state.hands_off):
            self._remember(hands_off=tuple(a for a in self._setup.assets if a in out))
            if out:
                names = ", ".join(self._state.hands_off)
                text = f"{names} was sold by hand and stays out, held in cash, until resume"
                self._diary.tell(now, "hands off", text, assets=self._state.hands_off)
        self._rebalancer.hands_off = np.array([a in out for a in self._setup.assets])
        if wanted and out == wanted and self._state.paused is None:
            self._remember(paused="everything was sold by hand")
            text = "everything was sold by hand: paused until resume"
            self._diary.tell(now, "paused", text)

    def _adopt(self, now: datetime, quotes: Quotes, held: Mapping[str, Any]) -> None:
        portfolio = self._portfolio(quotes)
        prices = np.nan_to_num(portfolio.prices)
        targets = self._rebalancer.targets_now(portfolio)
        amounts = [self._treasury.coins(asset) for asset in self._setup.assets]
        owned = [held[p].amount if p in held else 0.0 for p in self._setup.pairs]
        beyond = np.maximum(np.array(amounts) - np.array(owned), 0.0)
        seen = np.array([self._state.spare.get(asset, 0.0) for asset in self._setup.assets])
        new = np.maximum(beyond - seen, 0.0) * prices
        minimum = self._rules(portfolio).minimum
        new[(new < minimum) | (targets[:-1] <= 0)] = 0.0
        everything = self._setup.settings.adopt_holdings == "all"
        taken = adopted_values(portfolio.values, new, targets, everything)
        for i in np.flatnonzero((taken >= minimum) & (taken > 0)):
            self._take_over(now, int(i), float(taken[i] / prices[i]), float(prices[i]))
            beyond[i] -= taken[i] / prices[i]
        if new.any() or (beyond < seen).any():
            self._remember(spare=dict(zip(self._setup.assets, beyond.tolist(), strict=True)))

    def _take_over(self, now: datetime, i: int, amount: float, price: float) -> None:
        asset, pair = self._setup.assets[i], self._setup.pairs[i]
        amount = self._bookkeeper.adopt(pair, amount, price, now)
        self._treasury.balance_adopted(asset, amount, amount * price)
        text = f"{amount:.8g} {asset} of the account at {price:.8g} {self._setup.stake}"
        self._diary.tell(now, "adopted", text, asset=asset, amount=amount, price=price)

    def _decide(self, now: datetime, quotes: Quotes) -> None:
        """Go on with the open round, or open one."""
        portfolio = self._portfolio(quotes)
        if self._rebalancer.round is not None:
            self._proceed(now, portfolio)
        if self._rebalancer.round is None and not (self._state.paused or self._state.stopped):
            self._rebalancer.watch(now, portfolio, lambda: self._rules(portfolio))
            self._opened(now, portfolio)
        self._remember(
            cash=portfolio.cash,
            nav=portfolio.nav,
            weights=weights(portfolio, self._setup.stake),
            prices={
                asset: price
                for asset, price in zip(portfolio.assets, portfolio.prices.tolist(), strict=True)
                if np.isfinite(price)
            },
            checked_at=now,
        )

    def _proceed(self, now: datetime, portfolio: Portfolio) -> None:
        current = self._rebalancer.round
        assert current is not None
        orders = own_orders.of_round(current.tag)
        filled = [order.filled_at for order in orders if order.filled_at is not None]
        current.ordered_at = max(filled, default=current.ordered_at)
        opening = self._state.opening or opening_facts(current, portfolio, self._setup.stake)
        tries = current.tries
        lost = breach_after(
            self._setup.settings.limits, opening["nav"], slippage(orders, opening["prices"])
        )
        if lost is None:
            fills = own_orders.fills(orders)
            self._rebalancer.proceed(now, portfolio, self._rules(portfolio), fills, False)
            lost = self._breach(now, portfolio)
        if lost is not None:
            self._stop(now, lost)
        if self._rebalancer.round is None:
            record = self._rebalancer.closed.pop()
            self._diary.closed(now, record, opening, portfolio, orders)
            self._remember(opening=None)
        elif current.tries != tries:
            targets = self._rebalancer.targets_now(portfolio)
            self._diary.planned_again(now, current, portfolio, targets)

    def _opened(self, now: datetime, portfolio: Portfolio) -> None:
        current, declined = self._rebalancer.round, self._rebalancer.declined
        self._rebalancer.declined = None
        if declined is not None:
            self._diary.declined(now, *declined)
        if current is None:
            return
        self._remember(opening=opening_facts(current, portfolio, self._setup.stake))
        self._diary.opened(now, current, portfolio, self._rebalancer.targets_now(portfolio))
        if breach := self._breach(now, portfolio):
            self._stop(now, breach)
            record = self._rebalancer.closed.pop()
            self._diary.closed(now, record, self._state.opening or {}, portfolio, [])
            self._remember(opening=None)

    def _breach(self, now: datetime, portfolio: Portfolio) -> str | None:
        """Name the limit that the newest plan would exceed."""
        current = self._rebalancer.round
        if current is None or not current.plans or not current.reason.cause.is_policy:
            return None
        planned = sum(trade.notional for trade in current.plan.trades)
        day = own_orders.of_last_day(now)
        limits = self._setup.settings.limits
        return breach_before(limits, portfolio.nav, current.number, planned, day)

    def _stop(self, now: datetime, why: str) -> None:
        self._rebalancer.stop(now)
        self._remember(stopped=why)
        text = f"stopped, the coins are kept: {why}. Look into it, then: rebalance resume"
        self._diary.tell(now, "stopped", text)

    def _portfolio(self, quotes: Quotes) -> Portfolio:
        held = own_orders.holdings()
        amounts = np.zeros(len(self._setup.pairs))
        for i, (asset, pair) in enumerate(zip(self._setup.assets, self._setup.pairs, strict=True)):
            if pair in held:
                amounts[i] = min(held[pair].amount, self._treasury.coins(asset))
        cash = self._treasury.cash(held)
        return Portfolio(self._setup.assets, amounts, quotes.prices, cash)

    def _rules(self, portfolio: Portfolio) -> MarketRules:
        smallest = self._setup.settings.min_trade
        return self._markets.rules(portfolio.prices, smallest, portfolio.amounts > 0)

    def _remember(self, **facts: Any) -> None:
        self._state = self._state.model_copy(update=facts)

    def _save(self, now: datetime, force: bool = False) -> None:
        """Write the state down if it has changed, and the figures of the newest check at times."""
        current = self._rebalancer.state().model_dump()
        state = self._state.model_copy(
            update={**current, "book": self._treasury.book, "flows": self._treasury.flows}
        )
        figures = {"cash", "nav", "weights", "prices", "checked_at"}
        data = state.model_dump(mode="json")
        essential = {key: value for key, value in data.items() if key not in figures}
        due = self._saved_at is None or now - self._saved_at >= STATUS_EVERY
        if force or due or essential != self._saved:
            store.save_state({**data, "bot": __version__, "at": now.isoformat()})
            self._saved, self._saved_at = essential, now

    def _trouble(self, now: datetime, error: Exception) -> None:
        """Log a failing loop once, count it, and tell a person if it lasts."""
        self._failing += 1
        kind = type(error).__name__
        text = redacted(f"{kind}: {error}")
        if self._failing == 1 and not isinstance(error, FreqtradeException):
            logger.error(f"a loop failed: {text}", exc_info=error)
        if self._failing == TELL_AFTER:
            self._diary.tell(now, "error", f"{self._failing} loops in a row failed: {text}")
        self._diary.note_change(now, "error", kind, text)
