"""The pulse of a bot: when it was last heard of and what freqtrade did then, in a small file."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rebalancing.freqtrade_side.records.journal_file import journal_path


@dataclass(frozen=True)
class Pulse:
    """A moment (UTC), and freqtrade's state then: "running", "paused" or "stopped"."""

    at: datetime
    freqtrade: str


def pulse_path(config: Mapping[str, Any]) -> Path:
    """Return the file that belongs to the database of a configuration, beside its journal."""
    return journal_path(config).with_suffix(".pulse")


class PulseFile:
    """Writes each pulse in the place of the one before.

    Parameters
    ----------
    path : Path
        The file; its folder is there.

    Notes
    -----
    A file, as it changes in every loop: a commit to the database would cost more than the loop.
    All lines are equally long, and one is written at once: whoever reads finds a whole one.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def beat(self, pulse: Pulse) -> None:
        """Write a pulse; on a full disk the bot goes on without."""
        # The threads of freqtrade's API ask the strategy things too, also while its loop hangs.
        if threading.current_thread() is not threading.main_thread():
            return
        at = pulse.at.isoformat(timespec="microseconds")
        with suppress(OSError):
            self._file.seek(0)
            self._file.write(f"{at} {pulse.freqtrade:<8}\n".encode())


def read_pulse(path: Path) -> Pulse | None:
    """Return the newest pulse; None if there is none."""
    try:
        at, freqtrade = path.read_text().split()
        return Pulse(datetime.fromisoformat(at), freqtrade)
    except (OSError, ValueError):
        return None
