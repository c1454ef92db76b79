"""When things happened on the exchange, whatever its clock showed at that moment."""

from dataclasses import replace
from typing import Any, NamedTuple

from sandbox.exchange.trading import Trading


class ClockChange(NamedTuple):
    """The exchange's clock is moved: by how much it is wrong from now on (milliseconds, positive
    where it is ahead), and how long each book was at that moment."""

    offset_ms: int
    orders: int
    fills: int
    ledger: int
    refused: int


def clock_change(trading: Trading, offset_ms: int) -> ClockChange:
    """Move the clock of an exchange; the caller keeps what is returned."""
    exchange, account = trading.exchange, trading.account
    with exchange.lock:
        trading.advance()  # what has filled until now did so by the old clock
        books = (account.orders, account.fills, account.ledger, trading.refused)
        exchange.offset_ms = offset_ms
        return ClockChange(offset_ms, *map(len, books))


def true_books(trading: Trading, changes: list[ClockChange]) -> dict[str, Any]:
    """Return orders, fills, ledger and refusals of an account at their true times.

    Notes
    -----
    All of them are kept in the order in which they came. An order has its last change where the
    ledger or a fill has it.
    """

    def shifts(book: str, count: int) -> list[int]:
        found = [0] * count
        for change in changes:
            first = getattr(change, book)
            found[first:] = [change.offset_ms] * (count - min(first, count))
        return found

    account = trading.account
    of_ledger = zip(account.ledger, shifts("ledger", len(account.ledger)), strict=True)
    ledger = tuple(replace(one, time_ms=one.time_ms - by) for one, by in of_ledger)
    of_fills = zip(account.fills, shifts("fills", len(account.fills)), strict=True)
    fills = tuple(replace(one, time_ms=one.time_ms - by) for one, by in of_fills)
    last = {one.order_id: one.time_ms for one in ledger}
    orders = []
    for order, by in zip(account.orders, shifts("orders", len(account.orders)), strict=True):
        created = order.created_ms - by
        updated = max(created, last.get(order.id, created))
        orders.append(replace(order, created_ms=created, updated_ms=updated))
    of_refused = zip(trading.refused, shifts("refused", len(trading.refused)), strict=True)
    refused = tuple(replace(one, time_ms=one.time_ms - by) for one, by in of_refused)
    return {"orders": tuple(orders), "fills": fills, "ledger": ledger, "refused": refused}
