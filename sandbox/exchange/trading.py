"""An account on a local exchange: the exchange's prices and rules, the account's orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sandbox.exchange.account import Account
from sandbox.exchange.book import Book
from sandbox.exchange.fees import Fees
from sandbox.exchange.filters import check_request
from sandbox.exchange.keys import Keys
from sandbox.exchange.ledger_file import LedgerFile
from sandbox.exchange.listing import MarketStatus
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.orders import Amount, Order, OrderRequest, Side, exact
from sandbox.exchange.refusals import Reason, RefusalError
from sandbox.exchange.renaming import Renaming


@dataclass(frozen=True)
class Refused:
    """An order that was asked for and not taken; `time_ms` is the exchange's clock."""

    time_ms: int
    request: OrderRequest
    reason: Reason


class Trading:
    """The signed half of a local exchange.

    Parameters
    ----------
    exchange
        Where the account trades.
    balances
        What a new account begins with, by asset; an account read from a file has its own.
    fees
        What a fill costs. Default: 0.1 % of what it brings.
    keys
        The only keys accepted. Default: new ones.
    file
        A JSON-lines file that keeps the account from one run to the next. None: memory only.

    Attributes
    ----------
    refused
        The orders that broke a rule, oldest first; those of this run only.

    Raises
    ------
    SandboxError
        If a balance is not a positive number, or the file is not readable.

    Notes
    -----
    The market moves when somebody looks: resting orders are worked whenever a price is set, a
    signed request arrives or `advance` is called, over all prices passed since the last time.

    Examples
    --------
    >>> trading = Trading(LocalExchange(["BTC/USDT"]), balances={"USDT": 1000})
    >>> trading.account.balance("USDT").free
    Decimal('1000')
    """

    def __init__(
        self,
        exchange: LocalExchange,
        *,
        balances: Mapping[str, Amount] | None = None,
        fees: Fees | None = None,
        keys: Keys | None = None,
        file: Path | None = None,
    ) -> None:
        self.exchange = exchange
        self.keys = keys or Keys.generate()
        kept = None if file is None else LedgerFile(file)
        self.account = Account(lambda: exchange.now_ms, fees, kept, self._price_of)
        self._seen_ms = exchange.true_ms
        self.refused: list[Refused] = []
        if not self.account.ledger:
            for asset, amount in (balances or {}).items():
                self.deposit(asset, amount)
        exchange.pair_changed = self._pair_changed

    def deposit(self, asset: str, amount: Amount) -> None:
        """Add to a free balance.

        Raises
        ------
        SandboxError
            If the amount is not a positive number.
        """
        with self.exchange.lock:
            self.account.deposit(asset, exact(amount))

    def withdraw(self, asset: str, amount: Amount) -> None:
        """Take from a free balance.

        Raises
        ------
        SandboxError
            If the amount is not a positive number, or more than is free.
        """
        with self.exchange.lock:
            self.account.withdraw(asset, exact(amount))

    def place(self, request: OrderRequest) -> Order:
        """Take an order at the present price.

        Raises
        ------
        RefusalError
            If the market does not trade or has no price, or the account cannot take the order.
        """
        with self.exchange.lock:
            self.advance()
            try:
                return self._place(request)
            except RefusalError as refusal:
                self.refused.append(Refused(self.exchange.now_ms, request, refusal.reason))
                raise

    def check(self, request: OrderRequest) -> None:
        """Check an order against the rules of its market, not against the balances.

        Raises
        ------
        RefusalError
            If the market is halted or has no price, or the order breaks one of its rules.
        """
        with self.exchange.lock:
            book = self._open_book(request)
            check_request(request, book.market, book.price)

    def _place(self, request: OrderRequest) -> Order:
        return self.account.place(request, self._open_book(request))

    def _open_book(self, request: OrderRequest) -> Book:
        status = self.exchange.listing.status(request.pair)
        if status is MarketStatus.END:
            raise RefusalError(Reason.NOT_LISTED)
        if status is MarketStatus.BREAK:
            raise RefusalError(Reason.HALTED)
        book = self.exchange.book(request.pair)
        if book is None:
            raise RefusalError(Reason.NO_PRICE)
        return book

    def cancel(self, order_id: int) -> Order:
        """Take an open order off the book.

        Raises
        ------
        RefusalError
            If there is no open order of this number.
        """
        with self.exchange.lock:
            self.advance()
            return self.account.cancel(order_id)

    def rename(self, renaming: Renaming) -> None:
        """Rename a coin: its orders end, its balance becomes one of the new coin.

        Raises
        ------
        SandboxError
            If the coin is in no pair, or pays for one, or a pair of the new name is listed.
        """
        with self.exchange.lock:
            self.advance()
            self.exchange.rename(renaming)
            self.account.convert(renaming)

    def advance(self) -> None:
        """Work the resting orders over all prices since the last time."""
        with self.exchange.lock:
            for pair in {order.pair for order in self.account.open_orders}:
                self._work(pair)
            self._seen_ms = self.exchange.true_ms

    def _pair_changed(self, pair: str) -> None:
        if self.exchange.listing.status(pair) is MarketStatus.END:
            for order in self.account.open_orders:
                if order.pair == pair:
                    self.account.cancel(order.id)
        self._work(pair)

    def _work(self, pair: str) -> None:
        passed = self.exchange.true_range(pair, self._seen_ms)
        if passed is None or self.exchange.listing.status(pair) is not MarketStatus.TRADING:
            return
        for side, price in zip((Side.BUY, Side.SELL), passed, strict=True):
            book = self.exchange.book(pair, price)
            if book:
                self.account.work(book, (side,))
        if present := self.exchange.book(pair):
            # Last: what works from now on has not stood on the book at the prices passed.
            self.account.trigger(present, [Decimal(repr(price)) for price in passed])

    def _price_of(self, asset: str, quote: str) -> Decimal | None:
        if asset == quote:
            return Decimal(1)
        pair = f"{asset}/{quote}"
        if self.exchange.listing.status(pair) is MarketStatus.END:
            return None
        price = self.exchange.true_price(pair)
        return Decimal(repr(price)) if price else None
