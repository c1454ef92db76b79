"""What a bot leaves behind: freqtrade's database, the journal, the log."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_COMPLAINT = re.compile(r" - (WARNING|ERROR|CRITICAL) - |Traceback")
_HEARTBEAT = re.compile(r"Bot heartbeat\..* state='(\w+)'")
_OURS = re.compile(r"/strategies/|rebalancing|SmartRebalance")
_FLOW = "rebalance.flow."
DATABASE = "trades.sqlite"
Row = dict[str, Any]


@dataclass(frozen=True)
class BotRecords:
    """The files of a bot in its user folder, read as often as asked.

    Parameters
    ----------
    folder
        The user folder.
    endings
        Parts of the log, first and last character, that it wrote while it was interrupted.
    """

    folder: Path
    endings: tuple[tuple[int, int], ...] = ()

    @property
    def database(self) -> Path:
        """freqtrade's database."""
        return self.folder / DATABASE

    @property
    def log(self) -> str:
        """freqtrade's log of all its lives."""
        file = self.folder / "log.txt"
        return file.read_text(errors="replace") if file.exists() else ""

    @property
    def complaints(self) -> list[str]:
        """Lines of the log that no undisturbed bot writes.

        Notes
        -----
        freqtrade complains of its own cleanup where Ctrl-C came within a commit.
        """
        log, ending = self.log, ""
        for begun, ended in reversed(self.endings):
            log, ending = log[:begun] + log[ended:], log[begun:ended] + ending
        ours = [line for line in ending.splitlines() if _OURS.search(line)]
        return [line for line in log.splitlines() + ours if _COMPLAINT.search(line)]

    @property
    def loops(self) -> int:
        """How many loops it has completed; a heartbeat ends each."""
        return self.loops_in(self.log)

    @staticmethod
    def loops_in(log: str) -> int:
        """Return how many loops were completed in a part of a log."""
        return sum(state in ("RUNNING", "PAUSED") for state in _HEARTBEAT.findall(log))

    @property
    def state_of_freqtrade(self) -> str:
        """RUNNING, PAUSED or STOPPED, as the newest loop had it."""
        found = _HEARTBEAT.findall(self.log)
        return found[-1] if found else ""

    def orders(self) -> list[Row]:
        """Return freqtrade's orders, oldest first."""
        return self._rows("SELECT * FROM orders ORDER BY id")

    def trades(self) -> list[Row]:
        """Return freqtrade's trades, oldest first."""
        return self._rows("SELECT * FROM trades ORDER BY id")

    def held(self) -> dict[str, float]:
        """Return the amounts of the open trades by asset."""
        return {
            trade["base_currency"]: trade["amount"] for trade in self.trades() if trade["is_open"]
        }

    def values(self) -> dict[str, str]:
        """Return the texts kept for the next start, by key."""
        rows = self._rows("SELECT key, string_value FROM KeyValueStore")
        return {row["key"]: row["string_value"] for row in rows if row["string_value"] is not None}

    def state(self) -> dict[str, Any]:
        """Return the newest state that was saved completely; empty if there is none."""
        kept = self.values()
        if "rebalance.state" not in kept:
            return {}
        slot, pieces, _ = kept["rebalance.state"].split()
        text = "".join(kept[f"rebalance.state.{slot}.{i}"] for i in range(int(pieces)))
        return dict(json.loads(text))

    def flows(self) -> list[tuple[datetime, float]]:
        """Return the cash flows booked: when, and the signed amount in stake currency."""
        named = [
            (int(key.removeprefix(_FLOW)), text)
            for key, text in self.values().items()
            if key.startswith(_FLOW)
        ]
        return [_flow(text) for _, text in sorted(named)]

    def journal(self, *events: str) -> list[Row]:
        """Return the lines of the journal, oldest first: all, or those of some events.

        Raises
        ------
        ValueError
            If a line is not whole: the journal must survive a kill.
        """
        whole, _, _being_written = self.journal_text.rpartition("\n")
        lines = [json.loads(text) for text in whole.splitlines()]
        return [line for line in lines if not events or line["event"] in events]

    @property
    def journal_text(self) -> str:
        """The journal and what was rotated away, oldest first."""
        file = self.folder / "logs" / f"rebalance-{self.database.stem}.jsonl"
        rotated = file.parent.glob(f"{file.name}.*")
        files = [*sorted(rotated, key=lambda old: -int(old.suffix[1:])), file]
        return "".join(part.read_text() for part in files if part.exists())

    def written(self) -> Iterator[tuple[str, str]]:
        """Yield name and content of all that was written but the configuration, unbroken.

        Notes
        -----
        White space is taken out: a line break would hide a key.
        """
        for file in sorted(self.folder.rglob("*")):
            if file.is_file() and "config" not in file.name and file.suffix != ".feather":
                text = file.read_bytes().decode("latin-1")
                yield str(file.relative_to(self.folder)), "".join(text.split())

    def _rows(self, query: str) -> list[Row]:
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                return [dict(row) for row in connection.execute(query)]
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []  # it has only just been made
                raise


def _flow(text: str) -> tuple[datetime, float]:
    when, amount = text.split(" ")
    moment = datetime.fromisoformat(when)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), float(amount)
