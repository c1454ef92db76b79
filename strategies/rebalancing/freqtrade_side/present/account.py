"""The portfolio's cash in dry-run and live trading, and the account's other coins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from freqtrade.exchange import Exchange
from freqtrade.persistence import Order, Trade
from freqtrade.wallets import Wallets

from rebalancing.account.account_view import Unbooked
from rebalancing.account.cash_book import CashBook
from rebalancing.freqtrade_side import internals
from rebalancing.freqtrade_side.present.exact_cash import ExactCash
from rebalancing.freqtrade_side.records import booked_orders, own_orders
from rebalancing.freqtrade_side.records.own_orders import Holding
from rebalancing.rounds.tag import ADOPTED_TAG

SLIVER = 1e-6
"""Fraction of a lot that is a rounding error."""

DUST_LOTS = 2
"""Lots beyond an open trade that may be dust of the portfolio: of this trade and of those before.
More than that has another history, such as coins that were withdrawn."""


class Account:
    """Reads freqtrade's wallets, and tells what of them is the portfolio's.

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

    Attributes
    ----------
    own : SQL condition
        Of the portfolio's trades.
    is_simulated : bool
        As `dry_run`.
    """

    def __init__(
        self,
        wallets: Wallets,
        exchange: Exchange,
        dry_run: bool,
        stake: str,
        assets: Collection[str],
        investment: float | None,
    ) -> None:
        self._wallets = wallets
        self.is_simulated = dry_run
        self._stake = stake
        self.own = Trade.base_currency.in_(assets)
        self._investment = investment
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
        if self.is_simulated:
            total -= sum(holding.cost * holding.fee for holding in holdings.values())
        return total

    def free(self) -> float:
        """Return what of the account's stake currency no order holds back."""
        return float(self._wallets.get_free(self._stake))

    def cash(
        self,
        holdings: Mapping[str, Holding],
        book: CashBook | None,
        unbooked: Unbooked | None = None,
    ) -> float:
        """Return the portfolio's cash as it is known now.

        Parameters
        ----------
        holdings : mapping of str to Holding
            The open trades by pair.
        unbooked : Unbooked or None
            The orders that the book does not have; None: they are looked up where they matter.
        """
        balance = self.balance(holdings)
        if self._investment is None or book is None:
            return balance
        effect = (unbooked or self.unbooked(book)).effect
        return min(balance, book.expected + effect)

    def unbooked(self, book: CashBook | None, newest: tuple[int, str] | None = None) -> Unbooked:
        """Return the filled orders that a book does not have; None has none.

        `newest` are number and name of the newest order, if no order is open.
        """
        if book is not None and newest is not None and book.booked.ends_with(*newest):
            return Unbooked()
        conditions = [self.own]
        if book is not None:
            conditions.append(booked_orders.beyond(book.booked))
        orders = own_orders.executed(*conditions)
        return Unbooked(
            effect=sum(order.cash for order in orders),
            doubt=sum(order.doubt for order in orders),
            count=len(orders),
            booked=booked_orders.all_orders,
            exact=lambda: self._exact.of(orders),
        )

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
        if not self.is_simulated:
            return
        start = internals.starting_wallet(self._wallets)
        start[asset] = start.get(asset, 0.0) - amount
        start[self._stake] = start.get(self._stake, 0.0) + cost
        self._wallets.update()

    def balance_adopted_before(self) -> None:
        """Do so for all that was adopted in earlier runs."""
        for order in own_orders.executed(Order.ft_order_tag == ADOPTED_TAG):
            self.balance_adopted(order.asset, order.amount, order.notional)
