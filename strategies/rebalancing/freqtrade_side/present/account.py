"""The portfolio's cash in dry-run and live trading, and the account's other coins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from freqtrade.exchange import Exchange
from freqtrade.persistence import Order, Trade
from freqtrade.wallets import Wallets

from rebalancing.account.cash_book import QUIET_TOLERANCE, CashBook
from rebalancing.freqtrade_side import internals
from rebalancing.freqtrade_side.present.exact_cash import ExactCash
from rebalancing.freqtrade_side.records import booked_orders, own_orders, store
from rebalancing.freqtrade_side.records.own_orders import Executed, Holding
from rebalancing.rounds.tag import ADOPTED_TAG

SLIVER = 1e-6
"""Fraction of a lot that is a rounding error."""

DUST_LOTS = 2
"""Lots beyond an open trade that may be dust of the portfolio: of this trade and of those before.
More than that has another history, such as coins that were withdrawn."""


class Account:
    """Keeps the book of the cash against freqtrade's wallets.

    Parameters
    ----------
    dry_run : bool
        The wallets are simulated.
    stake : str
        Code of the stake currency.
    assets : collection of str
        Codes of the coins whose orders are the portfolio's; what the user makes the bot buy
        besides is paid from outside of it.
    investment : float or None
        As configured.
    book : CashBook or None
        As it was left; None: it is opened at the first settlement.
    flows : int
        How many cash flows have been recorded.

    Attributes
    ----------
    own : SQL condition
        Of the portfolio's trades.
    """

    def __init__(
        self,
        wallets: Wallets,
        exchange: Exchange,
        dry_run: bool,
        stake: str,
        assets: Collection[str],
        investment: float | None,
        book: CashBook | None = None,
        flows: int = 0,
    ) -> None:
        self._wallets = wallets
        self._dry_run = dry_run
        self._stake = stake
        self.own = Trade.base_currency.in_(assets)
        self._investment = investment
        self.book = book
        self.flows = flows
        self._suspect = 0.0
        self._exact = ExactCash(exchange, stake)
        self._bought: dict[str, float] = {}
        self._bought_for: Mapping[str, Holding] | None = None

    def update(self) -> None:
        """Ask the exchange for the balances."""
        self._wallets.update()

    def balance(self, holdings: Mapping[str, Holding]) -> float:
        """Return the account's stake currency, own open orders included.

        Notes
        -----
        A simulated wallet books the fee of a buy when its coins are sold.
        """
        total = float(self._wallets.get_total(self._stake))
        if self._dry_run:
            total -= sum(holding.cost * holding.fee for holding in holdings.values())
        return total

    def free(self) -> float:
        """Return what of the account's stake currency no order holds back."""
        return float(self._wallets.get_free(self._stake))

    def cash(self, holdings: Mapping[str, Holding]) -> float:
        """Return the portfolio's cash as it is known now."""
        account = self.balance(holdings)
        if self._investment is None:
            return account
        return account if self.book is None else min(account, self._expected())

    def settle(
        self, now: datetime, worth: float, holdings: Mapping[str, Holding]
    ) -> list[tuple[datetime, float]] | None:
        """Book the orders filled since, and record what else came or went.

        Parameters
        ----------
        now : datetime
            UTC; no order may be open.
        worth : float
            Value of the holdings, stake currency.
        holdings : mapping of str to Holding
            The open trades.

        Returns
        -------
        list of (datetime, float), or None
            Cash flows just found: stake currency, deposits positive. The first one ever is what
            the portfolio starts with. None if a flow has been seen for the first time: balances
            may lag behind fills, so the next answer has to show it too.
        """
        account = self.balance(holdings)
        if self.book is None:
            effect = sum(order.cash for order in own_orders.executed(self.own))
            booked = booked_orders.all_orders()
            self.book = CashBook.opened(self._investment, account, effect, booked)
            return [self._record(now, self.book.invested)]
        book, raised = self.book.invest(self._investment, account)
        orders = own_orders.executed(self.own, booked_orders.beyond(book.booked))
        book, found = self._settled(book, orders, account, worth + account)
        before, self._suspect = self._suspect, found
        if found and abs(found - before) > QUIET_TOLERANCE * (worth + account):
            return None
        self._suspect = 0.0
        self.book = book
        return [self._record(now, flow) for flow in (raised, found) if flow]

    def _settled(
        self, book: CashBook, orders: Sequence[Executed], account: float, nav: float
    ) -> tuple[CashBook, float]:
        """Book orders and what else came or went; fees are asked for where they matter."""
        booked = book.booked
        if orders or book.since is None:
            booked = booked_orders.all_orders()
        doubt = sum(order.doubt for order in orders)
        effect = sum(order.cash for order in orders)
        if orders and book.after_orders(effect, booked).settle(account, nav, 0.0)[1]:
            exact = self._exact.of(orders)
            effect, doubt = (effect, doubt) if exact is None else (exact, 0.0)
        return book.after_orders(effect, booked).settle(account, nav, doubt)

    def _expected(self) -> float:
        """Return the book's cash with the orders filled since its last settlement."""
        assert self.book is not None
        orders = own_orders.executed(self.own, booked_orders.beyond(self.book.booked))
        return self.book.expected + sum(order.cash for order in orders)

    def take_out(self, now: datetime, amount: float) -> tuple[datetime, float]:
        """Record a withdrawal for which no cash moves, and return it; `amount` is stake currency,
        negative for a deposit."""
        assert self.book is not None
        self.book = self.book.without(amount)
        return self._record(now, -amount)

    def _record(self, now: datetime, flow: float) -> tuple[datetime, float]:
        self.flows += 1
        store.add_flow(self.flows, now, flow)
        return now, flow

    def coins(self, asset: str) -> float:
        """Return how much of a coin the account has, own orders included."""
        return float(self._wallets.get_total(asset))

    def owned(
        self, assets: Sequence[str], lots: Sequence[float], holdings: Mapping[str, Holding]
    ) -> list[float]:
        """Return how much of each coin is the portfolio's and still in the account.

        Parameters
        ----------
        assets : sequence of str
            Their codes.
        lots : sequence of float
            Their amount steps; 0 if there is none.
        holdings : mapping of str to Holding
            The open trades by pair.

        Notes
        -----
        freqtrade cuts the amount of a trade to whole lots. After a fee that was paid in coins the
        rest of a lot is in the account and in no trade; after a sell it stays behind.
        """
        if holdings != self._bought_for:
            self._bought, self._bought_for = own_orders.coins_left(), holdings
        return [self._owned(*coin, holdings) for coin in zip(assets, lots, strict=True)]

    def _owned(self, asset: str, lot: float, holdings: Mapping[str, Holding]) -> float:
        holding = holdings.get(f"{asset}/{self._stake}")
        most = lot * (1 - SLIVER) if holding is None else holding.amount + DUST_LOTS * lot
        return max(0.0, min(self._bought.get(asset, 0.0), most, self.coins(asset)))

    def balance_adopted(self, asset: str, amount: float, cost: float) -> None:
        """Keep a simulated wallet from counting adopted coins twice and charging for them.

        Parameters
        ----------
        asset : str
            Code of the coin.
        amount : float
            Coins that are now in a trade.
        cost : float
            What freqtrade will take off the cash for it, stake currency.
        """
        if not self._dry_run:
            return
        start = internals.starting_wallet(self._wallets)
        start[asset] = start.get(asset, 0.0) - amount
        start[self._stake] = start.get(self._stake, 0.0) + cost
        self._wallets.update()

    def balance_adopted_before(self) -> None:
        """Do so for all that was adopted in earlier runs."""
        for order in own_orders.executed(Order.ft_order_tag == ADOPTED_TAG):
            self.balance_adopted(order.asset, order.amount, order.notional)
