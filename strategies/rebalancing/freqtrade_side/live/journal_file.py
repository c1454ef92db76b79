"""The journal: every decision as a line of JSON, in a file that outlives the bot."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

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


class Journal:
    """Appends events to the file, each one written at once.

    Parameters
    ----------
    path : Path
        The file; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(
            path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True
        )
        self._torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")

    def write(self, now: datetime, event: str, **facts: Any) -> None:
        """Append a line; what a power cut left half written keeps its own line."""
        line = json.dumps({"time": now.isoformat(), "event": event, **facts}, default=str)
        if self._torn:
            line, self._torn = "\n" + line, False
        self._handler.emit(logging.makeLogRecord({"msg": line}))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the events of a journal, oldest first, files set aside included; torn lines are
    left out. Empty if there is no journal."""
    files = [path.with_name(f"{path.name}.{n}") for n in range(KEPT, 0, -1)] + [path]
    events = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            try:
                events.append(json.loads(line))
            except ValueError:
                continue
    return events
