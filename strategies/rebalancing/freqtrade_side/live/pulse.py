"""The pulse of a bot: when it was last heard of and what freqtrade did then, in a small file."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rebalancing.freqtrade_side.live.journal_file import journal_path


@dataclass(frozen=True)
class Pulse:
    """A moment (UTC), and freqtrade's state then: "running", "paused" or "stopped"."""

    at: datetime
    freqtrade: str


def pulse_path(config: Mapping[str, Any]) -> Path:
    """Return the file that belongs to the database of a configuration, beside its journal."""
    return journal_path(config).with_suffix(".pulse")


def beat(path: Path, pulse: Pulse) -> None:
    """Write a pulse in the place of the one before.

    Notes
    -----
    A file, as it changes in every loop: a commit to the database would cost more than the loop.
    Only freqtrade's main thread counts; its API asks the strategy things too while a loop hangs.
    On a full disk the bot goes on without.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    new = path.with_suffix(".pulse.new")
    with suppress(OSError):
        new.write_text(f"{pulse.at.isoformat()} {pulse.freqtrade}\n")
        new.replace(path)  # whoever reads it finds a whole one


def read_pulse(path: Path) -> Pulse | None:
    """Return the newest pulse; None if there is none."""
    try:
        at, freqtrade = path.read_text().split()
        return Pulse(datetime.fromisoformat(at), freqtrade)
    except (OSError, ValueError):
        return None
