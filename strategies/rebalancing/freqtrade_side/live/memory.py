"""The memory of a live bot, and when it was written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rebalancing.freqtrade_side.records import store
from rebalancing.state import State
from rebalancing.version import __version__

FIGURES = frozenset(
    {"cash", "nav", "weights", "drifts", "amounts", "prices", "checked_at", "left_out"}
)
"""What changes with every check: no reason to write the state down at once."""

_ESSENTIAL = State.model_fields.keys() - FIGURES

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
        self._saved: State | None = None
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
        due = self._saved_at is None or now - self._saved_at >= FIGURES_EVERY
        if force or due or _differ(self.state, self._saved):
            data = self.state.model_dump(mode="json")
            store.save_state({**data, "bot": __version__, "at": now.isoformat()})
            self._saved, self._saved_at = self.state, now


def _differ(state: State, saved: State | None) -> bool:
    """Tell whether two states differ in more than figures."""
    if state is saved or saved is None:
        return saved is None
    return any(getattr(state, name) != getattr(saved, name) for name in _ESSENTIAL)
