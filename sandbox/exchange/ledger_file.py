"""The ledger and the orders on disk, so that an account outlives its server."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.ledger import Entry
from sandbox.exchange.orders import Fill, Order, OrderType, Side, Status, TimeInForce

_DECIMALS = {
    Order: ("price", "amount", "quote_amount", "filled", "quote_filled", "locked", "stop_price"),
    Fill: ("price", "amount", "quote_amount", "fee"),
}


@dataclass
class History:
    """Everything that happened to an account, oldest first; orders in their last state."""

    entries: list[Entry] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)


class LedgerFile:
    """A JSON-lines file to which an account appends: one line for each thing done.

    Notes
    -----
    A line holds all that belongs together (the entries, the order, its fills), so that a process
    killed while writing leaves the state before or after it. A torn last line is taken away.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> History:
        """Return what the file holds; nothing where there is no file.

        Raises
        ------
        SandboxError
            If a line but the last is not readable.
        """
        history = History()
        if not self.path.exists():
            return history
        text = self.path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if len(whole) < len(text):
            self.path.write_bytes(whole)
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                _add(history, json.loads(line))
            except (ValueError, KeyError, TypeError, ArithmeticError) as error:
                raise SandboxError(f"{self.path}, line {number}: not a ledger: {error}") from None
        return history

    def append(
        self, entries: Iterable[Entry], orders: Iterable[Order], fills: Iterable[Fill]
    ) -> None:
        """Write one line with what belongs together."""
        record = {
            "entries": [entry.as_record() for entry in entries],
            "orders": [_as_record(order) for order in orders],
            "fills": [_as_record(fill) for fill in fills],
        }
        line = json.dumps(record, separators=(",", ":")) + "\n"
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode())


def _add(history: History, record: dict[str, Any]) -> None:
    history.entries += [Entry.from_record(entry) for entry in record["entries"]]
    history.fills += [_fill(fill) for fill in record["fills"]]
    for order in map(_order, record["orders"]):
        history.orders[order.id] = order


def _as_record(value: Order | Fill) -> dict[str, Any]:
    return {**vars(value), **{name: str(getattr(value, name)) for name in _DECIMALS[type(value)]}}


def _order(record: Mapping[str, Any]) -> Order:
    kinds = {
        "side": Side(record["side"]),
        "type": OrderType(record["type"]),
        "time_in_force": TimeInForce(record["time_in_force"]),
        "status": Status(record["status"]),
    }
    return Order(**{**record, **_numbers(Order, record), **kinds})


def _fill(record: Mapping[str, Any]) -> Fill:
    return Fill(**{**record, **_numbers(Fill, record), "side": Side(record["side"])})


def _numbers(kind: type[Order | Fill], record: Mapping[str, Any]) -> dict[str, Decimal]:
    # An older file knows no stop price.
    return {name: Decimal(record[name]) for name in _DECIMALS[kind] if name in record}
