"""The memory of a live bot, and when it was written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rebalancing.freqtrade_side.records import store
from rebalancing.state import State
from rebalancing.version import __version__

FIGURES = frozenset({"cash", "nav", "weights", "amounts", "prices", "checked_at", "left_out"})
"""What changes with every check: no reason to write the state down at once."""

FIGURES_EVERY = timedelta(minutes=1)
"""How often they are written though nothing else happened."""


class Memory:
    """The state in memory, and when it was written down.

    Parameters
    ----------
    state : State
        As the life before left it.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self._saved: dict[str, Any] = {}
        self._saved_at: datetime | None = None

    @property
    def is_held(self) -> str | None:
        """Why nothing is ordered; None if it may be."""
        return self.state.is_held

    def note(self, **facts: Any) -> None:
        """Change facts of the state."""
        self.state = self.state.changed(**facts)

    def save(self, now: datetime, force: bool = False) -> None:
        """Write the state down if it has changed.

        Parameters
        ----------
        now : datetime
            UTC.
        force : bool
            Whether it has changed or not.
        """
        data = self.state.model_dump(mode="json")
        essential = {key: value for key, value in data.items() if key not in FIGURES}
        due = self._saved_at is None or now - self._saved_at >= FIGURES_EVERY
        if force or due or essential != self._saved:
            store.save_state({**data, "bot": __version__, "at": now.isoformat()})
            self._saved, self._saved_at = essential, now
