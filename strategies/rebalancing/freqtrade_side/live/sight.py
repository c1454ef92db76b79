"""What a live loop knows: one view, from the database, the wallets and the prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from rebalancing.account.account_view import AccountView, SeenTrades, Unbooked
from rebalancing.account.known_trade import KnownTrade
from rebalancing.freqtrade_side.live import ended_trades
from rebalancing.freqtrade_side.live.locks import ALL_PAIRS, locked_pairs
from rebalancing.freqtrade_side.live.refusals import Refusals
from rebalancing.freqtrade_side.live.unknown_sells import UnknownSells
from rebalancing.freqtrade_side.present.quotes import Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.own_orders import Executed, Holding
from rebalancing.freqtrade_side.records.standing import Standing
from rebalancing.market.portfolio import Mask
from rebalancing.state import State
from rebalancing.view import View


@dataclass(frozen=True, eq=False)
class Sight:
    """A view, and the records that it was made of.

    Parameters
    ----------
    orders : list of Executed
        What the open round has executed.
    """

    view: View
    orders: list[Executed]


class Sights:
    """Gathers them.

    Whatever a loop asks of the database about trades and orders is asked here, once for each view.
    """

    def __init__(
        self, snapshots: Snapshots, refusals: Refusals, unknown_sells: UnknownSells
    ) -> None:
        self._snapshots = snapshots
        self._setup = snapshots.setup
        self._account = snapshots.account
        self._refusals = refusals
        self._unknown_sells = unknown_sells
        self._pairs = frozenset(self._setup.pairs)
        self._none_locked = np.zeros(len(self._setup.pairs), dtype=bool)
        self._complete_for: tuple[object, ...] = ()
        self._read_for: tuple[object, ...] = ()
        self._reduced: frozenset[str] = frozenset()

    def settled(
        self,
        now: datetime,
        quotes: Quotes,
        state: State,
        held: Mapping[str, Holding],
        orders: Standing,
        is_fresh: bool,
    ) -> Sight:
        """Look while no order is open.

        Parameters
        ----------
        now : datetime
            UTC.
        quotes : Quotes
            Prices. While one of them is doubted the newest that could be trusted stands for it, its
            asset is not traded, and no round opens.
        held : mapping of str to Holding
            The open trades by pair.
        orders : Standing
            All orders.
        is_fresh : bool
            The balances are of this loop.
        """
        unbooked = self._account.unbooked(state.book, orders.newest)
        account = self._account_view(state, held, orders, unbooked)
        return self._sight(now, quotes, state, held, unbooked, account, is_fresh)

    def waiting(
        self, now: datetime, quotes: Quotes, state: State, held: Mapping[str, Holding]
    ) -> Sight:
        """Look while orders of a round neither fill nor end: of the account nothing is sure."""
        return self._sight(now, quotes, state, held, None)

    def _sight(
        self,
        now: datetime,
        quotes: Quotes,
        state: State,
        held: Mapping[str, Holding],
        unbooked: Unbooked | None,
        account: AccountView | None = None,
        is_fresh: bool = True,
    ) -> Sight:
        cash = self._account.cash(held, state.book, unbooked)
        portfolio = self._snapshots.portfolio(quotes.trusted, held, cash)
        current, since = state.round, state.limits_from
        orders = [] if current is None else own_orders.of_round(current.tag)
        filled = [order.filled_at for order in orders if order.filled_at is not None]
        open_orders = account is None
        refused, made = ({}, set()) if open_orders else self._refusals.take()

        def cost(opening: Mapping[str, float]) -> float:
            return own_orders.slippage(orders, opening)

        view = View(
            now,
            portfolio,
            lambda: self._snapshots.rules(portfolio, held),
            own_orders.fills(orders),
            open_orders,
            last_fill=max(filled, default=None),
            may_open=not (quotes.trouble or open_orders),
            is_fresh=is_fresh,
            locked=self._locked(now, held),
            doubted=quotes.doubted,
            refused=refused,
            made=made,
            day=lambda: own_orders.of_last_day(now, since),
            cost=cost,
            account=account,
            past=quotes.past,
        )
        return Sight(view, orders)

    def _account_view(
        self,
        state: State,
        held: Mapping[str, Holding],
        orders: Standing,
        unbooked: Unbooked,
    ) -> AccountView:
        own, since = self._account.own, state.resumed_at
        deleted = self._deleted(state.known_trades, orders)

        def trades() -> SeenTrades:
            known = None
            if self._read_for != (held, since):  # to look through all takes a while
                self._read_for = (held, since)
                self._reduced = frozenset(ended_trades.reduced_by_others(own, since))
                known = ended_trades.known_trades(own)
            return SeenTrades(known, self._reduced)

        pairs = self._setup.pairs
        in_trades = np.array([held[pair].amount if pair in held else np.nan for pair in pairs])
        coins = np.array([self._account.coins(asset) for asset in self._setup.assets])
        if self._account.is_simulated:  # it forgets the coins of a pair that is not listed
            coins = np.fmax(coins, in_trades)
        return AccountView(
            balance=self._account.balance(held),
            coins=coins,
            in_trades=in_trades,
            unbooked=unbooked,
            left=own_orders.coins_left,
            unknown_sells=self._unknown_sells.since(state.checked_at),
            trades=trades,
            deleted=deleted,
            closed=lambda: ended_trades.closed_by_others(self._setup.stake, since),
        )

    def _deleted(self, known: tuple[KnownTrade, ...], orders: Standing) -> list[KnownTrade]:
        """Return the known trades that are there no longer.

        The database is asked where orders have come or gone since it said that there are none.
        """
        facts = (known, orders.count, orders.newest)
        if facts == self._complete_for:
            return []
        found = ended_trades.deleted(known)
        self._complete_for = () if found else facts
        return found

    def _locked(self, now: datetime, held: Mapping[str, Holding]) -> Mask:
        """Tell which assets cannot be bought.

        freqtrade opens no trade of a locked pair, but changes one that is open.
        """
        if held.keys() >= self._pairs:
            return self._none_locked
        locked = locked_pairs(now)
        return np.array(
            [
                pair not in held and (pair in locked or ALL_PAIRS in locked)
                for pair in self._setup.pairs
            ],
            dtype=bool,
        )
