"""Records of an account: balances, orders and fills, written together or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandbox.exchange.ledger import Wallet
from sandbox.exchange.ledger_file import History, LedgerFile
from sandbox.exchange.orders import Order


class Records:
    """The state of an account.

    Parameters
    ----------
    now_ms
        The exchange's clock, milliseconds since the epoch.
    file
        Where every transaction is written and earlier ones are read from. None: memory only.

    Attributes
    ----------
    wallet
        The balances and their ledger.
    orders
        By number, oldest first.
    fills
        Oldest first.
    """

    def __init__(self, now_ms: Callable[[], int], file: LedgerFile | None = None) -> None:
        history = file.read() if file else History()
        self.now_ms = now_ms
        self.wallet = Wallet(now_ms, history.entries)
        self.orders = history.orders
        self.fills = history.fills
        self._open = {number: order for number, order in self.orders.items() if order.is_open}
        self._file = file
        self._touched: dict[int, Order] = {}

    @property
    def open_orders(self) -> tuple[Order, ...]:
        """The orders that rest on a book, oldest first."""
        return tuple(self._open.values())

    def next_order_id(self) -> int:
        """Return a number no order has."""
        return next(reversed(self.orders), 0) + 1

    def keep(self, order: Order) -> Order:
        """Put an order in the place of its earlier state and return it."""
        self.orders[order.id] = order
        self._touched[order.id] = order
        if order.is_open:
            self._open[order.id] = order
        else:
            self._open.pop(order.id, None)
        return order

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything that changes in the block as one line of the file."""
        entries, fills = len(self.wallet), len(self.fills)
        yield
        touched, self._touched = self._touched, {}
        if self._file:
            self._file.append(
                self.wallet.entries_after(entries), touched.values(), self.fills[fills:]
            )
