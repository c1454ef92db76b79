"""The journal: every decision as a line of JSON, in a file that outlives the bot."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from rebalancing.events.event import Event

logger = logging.getLogger("rebalancing")

SIZE, KEPT = 10_000_000, 5
"""Bytes of a file before it is set aside, and how many are kept."""


def journal_path(config: Mapping[str, Any]) -> Path:
    """Return the journal that belongs to the database of a configuration.

    Parameters
    ----------
    config : mapping
        freqtrade's, complete: ``user_data_dir`` and ``db_url``.
    """
    database = make_url(config["db_url"]).database or "memory"
    stem = re.sub(r"[^\w.-]", "_", Path(database).stem)
    return Path(config["user_data_dir"]) / "logs" / f"rebalance-{stem}.jsonl"


class _Handler(RotatingFileHandler):
    """Says once, in freqtrade's log, that lines are lost."""

    _is_told = False

    # logging's name and arguments
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002
        """Let the bot trade on."""
        if not self._is_told:
            error = sys.exc_info()[1]
            logger.error(f"the journal cannot be written, its lines are lost: {error}")
            self._is_told = True


class Journal:
    """Appends events to the file, each one written at once.

    Parameters
    ----------
    path : Path
        The file; its folder is made.

    Raises
    ------
    ValueError
        If it cannot be written at the start. Later, on a full disk, the bot goes on without it.
    """

    def __init__(self, path: Path) -> None:
        self._torn = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab"), path.open("rb") as file:
                if path.stat().st_size:
                    file.seek(-1, os.SEEK_END)
                    self._torn = file.read() != b"\n"
        except OSError as error:
            raise ValueError(f"the journal cannot be written: {error}") from None
        self._handler = _Handler(
            path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True
        )

    def record(self, now: datetime, event: Event) -> None:
        """Append an event."""
        self.write(now, event.kind, **event.line)

    def write(self, now: datetime, event: str, **facts: Any) -> None:
        """Append a line; what a power cut left half written keeps its own line."""
        line = json.dumps({"time": now.isoformat(), "event": event, **facts}, default=str)
        if self._torn:
            line, self._torn = "\n" + line, False
        self._handler.emit(logging.makeLogRecord({"msg": line}))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()


def last_closed(path: Path) -> int:
    """Return the number of the newest round that a journal tells the end of.

    Rounds before the bot last began without a memory do not count; -1 if there is none, as far back
    as a megabyte.
    """
    if not path.is_file():
        return -1
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1_000_000))
        lines = file.read().decode(errors="replace").splitlines()
    for line in reversed(lines):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("event") == "closed":
            return int(event["round"])
        if event.get("event") == "start" and not event.get("resumed"):
            return -1
    return -1


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the events of a journal, oldest first, files set aside included.

    Torn lines are left out. Empty if there is no journal.
    """
    files = [path.with_name(f"{path.name}.{n}") for n in range(KEPT, 0, -1)] + [path]
    events = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            try:
                events.append(json.loads(line))
            except ValueError:
                continue
    return events
