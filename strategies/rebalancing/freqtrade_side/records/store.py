"""The live bot's store in freqtrade's own database, next to the orders it speaks of."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import event, select

from rebalancing.freqtrade_side.records.database import database

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
    from freqtrade.persistence import Trade

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
    """Return a text; None if there is none under this key.

    Notes
    -----
    A column, not an object: another process writes, and an object would be served from the session.
    """
    known = database()
    query = (
        select(known.keys.c.string_value).where(known.keys.c.key == key).order_by(known.keys.c.id)
    )
    text: str | None = known.session.scalar(query)
    return text


def moment(key: str) -> datetime | None:
    """Return a moment (UTC) that freqtrade has stored; None if there is none under this key."""
    known = database()
    query = select(known.keys.c.datetime_value).where(known.keys.c.key == key)
    found: datetime | None = known.session.scalar(query)
    return None if found is None else found.replace(tzinfo=UTC)


def write(key: str, text: str) -> None:
    """Store a text of at most 255 characters."""
    from freqtrade.persistence import KeyValueStore  # a process that only reads does without

    KeyValueStore.store_value(key, text)
