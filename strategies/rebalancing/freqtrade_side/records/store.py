"""The live bot's store in freqtrade's own database, next to the orders it speaks of."""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from itertools import count
from typing import Any

from freqtrade.persistence import KeyValueStore, Trade
from sqlalchemy import event

STATE = "rebalance.state"
FLOW = "rebalance.flow"
PIECE = 250
"""Characters of one value; freqtrade's column holds 255."""
PATIENCE_MS = 60_000
"""How long a locked database is waited for."""


def load_state() -> dict[str, Any] | None:
    """Return the newest state that was saved completely; None if there is none."""
    pointer = read(STATE)
    if pointer is None:
        return None
    slot, pieces, check = pointer.split()
    text = "".join(read(f"{STATE}.{slot}.{i}") or "" for i in range(int(pieces)))
    if f"{zlib.crc32(text.encode()):08x}" != check:
        raise ValueError(
            f"the state in the database is damaged (KeyValueStore, {STATE}, slot {slot}): restore "
            f"a backup, or delete the rows whose key begins with {STATE} to begin with the trades "
            "as they are"
        )
    state: dict[str, Any] = json.loads(text)
    return state


def save_state(state: dict[str, Any]) -> None:
    """Save a state, whole or not at all.

    Notes
    -----
    freqtrade commits value by value. The pieces go to the slot that is not in force; what
    brings them in force is one value, written last.
    """
    pointer = read(STATE)
    slot = "b" if pointer is not None and pointer.startswith("a") else "a"
    text = json.dumps(state, separators=(",", ":"))
    pieces = [text[i : i + PIECE] for i in range(0, len(text), PIECE)]
    for i, piece in enumerate(pieces):
        write(f"{STATE}.{slot}.{i}", piece)
    write(STATE, f"{slot} {len(pieces)} {zlib.crc32(text.encode()):08x}")


def wait_for_others() -> None:
    """Let freqtrade wait for a database that somebody else has locked.

    Notes
    -----
    It would end after five seconds, maybe between an order and its entry in the database.
    """
    engine = Trade.session.get_bind()
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def be_patient(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")

    Trade.session.connection().exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_MS}")


def flows() -> list[tuple[datetime, float]]:
    """Return the cash flows of the portfolio, oldest first: time (UTC) and signed stake currency.

    The first one is what the portfolio started with.
    """
    found: list[tuple[datetime, float]] = []
    for n in count(1):
        text = read(f"{FLOW}.{n}")
        if text is None:
            return found
        when, amount = text.split()
        found.append((datetime.fromisoformat(when), float(amount)))
    raise AssertionError


def add_flow(number: int, when: datetime, amount: float) -> None:
    """Record a cash flow; `number` counts from 1, so that one written twice stands once."""
    write(f"{FLOW}.{number}", f"{when.isoformat()} {amount!r}")


def read(key: str) -> str | None:
    """Return a text; None if there is none under this key."""
    text: str | None = KeyValueStore.get_string_value(key)
    return text


def write(key: str, text: str) -> None:
    """Store a text of at most 255 characters."""
    KeyValueStore.store_value(key, text)
