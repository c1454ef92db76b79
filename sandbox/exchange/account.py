"""An account that trades: orders in, fills and balances out. It knows no HTTP, reads no clock."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from sandbox.exchange.book import Book, Level
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.fees import Fees, FeeTable
from sandbox.exchange.filters import check_request
from sandbox.exchange.ledger import ZERO, Balance, Entry
from sandbox.exchange.ledger_file import LedgerFile
from sandbox.exchange.matching import matches, matches_of
from sandbox.exchange.orders import Fill, Order, OrderRequest, OrderType, Side, Status, TimeInForce
from sandbox.exchange.records import Records
from sandbox.exchange.refusals import Reason, RefusalError
from sandbox.exchange.renaming import Renaming
from sandbox.exchange.settlement import PriceOf, Settlement, close, lock, to_pay


class Account:
    """Balances, orders and fills of one user.

    Parameters
    ----------
    now_ms
        The exchange's clock, milliseconds since the epoch.
    fees
        What a fill costs. Default: 0.1 % of what it brings.
    file
        Where everything is written and where an earlier run is read from. None: memory only.
    price_of
        Says what the asset of a discount costs in a quote currency. Default: nobody knows.

    Raises
    ------
    SandboxError
        If the file is not readable.

    Notes
    -----
    Orders trade with the book only, never with each other. A resting order fills at its own
    price.
    """

    def __init__(
        self,
        now_ms: Callable[[], int],
        fees: Fees | None = None,
        file: LedgerFile | None = None,
        price_of: PriceOf = lambda _asset, _quote: None,
    ) -> None:
        self._fees = FeeTable(fees or Fees())
        self._records = Records(now_ms, file)
        self._settlement = Settlement(self._records, self._fees, price_of)

    @property
    def fees(self) -> Fees:
        """What a fill costs in a pair without fees of its own."""
        return self._fees.usual

    def fees_of(self, pair: str) -> Fees:
        """Return what a fill of a pair costs."""
        return self._fees.of(pair)

    def set_fees(self, fees: Fees, pair: str | None = None) -> None:
        """Let fills cost something else from now on.

        Parameters
        ----------
        pair
            None: every pair without fees of its own.

        Raises
        ------
        SandboxError
            If buys rest that have set aside less than they would need.
        """
        resting = [order for order in self.open_orders if order.side is Side.BUY]
        known = [self.fees_of(order.pair) for order in resting if pair in (None, order.pair)]
        if any(fees.reserve > before.reserve for before in known):
            raise SandboxError("buys rest that have set aside less for fees: cancel them first")
        self._fees.set(fees, pair)

    def convert(self, renaming: Renaming) -> None:
        """Change all of a coin into what it is called now; no order may rest on it."""
        balance = self.balance(renaming.old)
        with self._records.transaction():
            change = self._records.wallet.change
            change(renaming.old, "conversion", free=-balance.free)
            change(renaming.new, "conversion", free=renaming.amount(balance.free))

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """Every change of a balance, oldest first."""
        return self._records.wallet.ledger

    @property
    def balances(self) -> dict[str, Balance]:
        """The balance of every asset that ever had one."""
        return self._records.wallet.balances

    @property
    def orders(self) -> tuple[Order, ...]:
        """Every order, oldest first."""
        return tuple(self._records.orders.values())

    @property
    def open_orders(self) -> tuple[Order, ...]:
        """The orders that rest on a book, oldest first."""
        return self._records.open_orders

    @property
    def fills(self) -> tuple[Fill, ...]:
        """Every fill, oldest first."""
        return tuple(self._records.fills)

    def balance(self, asset: str) -> Balance:
        """Return the balance of an asset, zero where there never was any."""
        return self._records.wallet.balance(asset)

    def order(self, order_id: int) -> Order | None:
        """Return an order; None where there is none of this number."""
        return self._records.orders.get(order_id)

    def deposit(self, asset: str, amount: Decimal) -> None:
        """Add to a free balance.

        Raises
        ------
        SandboxError
            If the amount is not a positive number.
        """
        _check_positive("deposit", asset, amount)
        with self._records.transaction():
            self._records.wallet.change(asset, "deposit", free=amount)

    def withdraw(self, asset: str, amount: Decimal) -> None:
        """Take from a free balance.

        Raises
        ------
        SandboxError
            If the amount is not a positive number, or more than is free.
        """
        _check_positive("withdrawal", asset, amount)
        free = self.balance(asset).free
        if amount > free:
            raise SandboxError(f"withdrawal of {amount} {asset}: only {free} are free")
        with self._records.transaction():
            self._records.wallet.change(asset, "withdrawal", free=-amount)

    def place(self, request: OrderRequest, book: Book) -> Order:
        """Take an order and execute what can be executed at once.

        Parameters
        ----------
        book
            Of the order's market; what is executed is taken from it.

        Raises
        ------
        RefusalError
            If it breaks a rule of the market, cannot be paid, repeats the name of an open order,
            or is ``LIMIT_MAKER`` and would take from the book. Nothing has changed then.
        """
        check_request(request, book.market, book.price)
        if any(order.client_id == request.client_id for order in self.open_orders):
            raise RefusalError(Reason.NAME_TAKEN)
        found = matches_of(request, book.levels(request.side), book.market)
        if request.stop_price is not None:
            found = []
        if found and request.type is OrderType.LIMIT_MAKER:
            raise RefusalError(Reason.WOULD_TAKE)
        if request.time_in_force is TimeInForce.FOK and _total(found) != request.amount:
            found = []
        amount = _total(found) if request.amount is None else request.amount
        number, fees = self._records.next_order_id(), self.fees_of(request.pair)
        order = Order.taken(request, number, amount, self._records.now_ms())
        if order.waits and order.stopped_at(book.price):
            raise RefusalError(Reason.STOP_PASSED)
        if to_pay(order, found, fees) > self.balance(order.paid_with).free:
            raise RefusalError(Reason.NOT_COVERED)
        with self._records.transaction():
            return self._execute(lock(self._records, order, fees), found, book)

    def cancel(self, order_id: int) -> Order:
        """Take an open order off the book and release what it locked.

        Raises
        ------
        RefusalError
            If there is no open order of this number. Nothing has changed then.
        """
        order = self.order(order_id)
        if order is None or not order.is_open:
            raise RefusalError(Reason.NOT_OPEN)
        with self._records.transaction():
            return close(self._records, order, Status.CANCELED)

    def work(self, book: Book, sides: Sequence[Side] = tuple(Side)) -> None:
        """Fill the resting orders of a market that its book crosses, the best price first."""
        pair = book.market.pair
        resting = [order for order in self.open_orders if order.pair == pair and not order.waits]
        for order in sorted(resting, key=_priority):
            if order.side not in sides:
                continue
            found = matches(book.levels(order.side), order.side, order.remaining, order.price)
            if found:
                with self._records.transaction():
                    self._fill(order, found, book, maker=True)

    def trigger(self, book: Book, passed: Sequence[Decimal]) -> None:
        """Let the stop orders of a market work whose stop one of these prices has reached."""
        waiting = [order for order in self.open_orders if order.waits]
        for order in waiting:
            if order.pair != book.market.pair or not any(map(order.stopped_at, passed)):
                continue
            now = self._records.now_ms()
            order = replace(order, triggered_ms=now, updated_ms=now)
            found = matches(book.levels(order.side), order.side, order.remaining, order.price)
            if order.time_in_force is TimeInForce.FOK and _total(found) != order.amount:
                found = []
            with self._records.transaction():
                self._execute(self._records.keep(order), found, book)

    def _execute(self, order: Order, found: Sequence[Level], book: Book) -> Order:
        order = self._fill(order, found, book)
        rests = order.waits or order.time_in_force is TimeInForce.GTC
        if order.is_open and (order.type is OrderType.MARKET or not rests):
            return close(self._records, order, Status.EXPIRED)
        return order

    def _fill(
        self, order: Order, found: Sequence[Level], book: Book, *, maker: bool = False
    ) -> Order:
        for level in found:
            book.take(order.side, level)
            at = Level(order.price, level.amount) if maker else level
            order = self._settlement.fill(order, at, maker=maker)
        return order


def _total(found: Sequence[Level]) -> Decimal:
    return sum((level.amount for level in found), ZERO)


def _priority(order: Order) -> tuple[Decimal, int]:
    return (-order.price if order.side is Side.BUY else order.price, order.id)


def _check_positive(what: str, asset: str, amount: Decimal) -> None:
    if not (math.isfinite(amount) and amount > 0):
        raise SandboxError(f"{what} of {amount} {asset}: must be a positive number")
