"""The boundaries of a period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rebalancing.config.durations import parse_duration
from rebalancing.state import State


@dataclass(frozen=True)
class PeriodGrid:
    """The boundaries at which the periodic trigger looks: origin + k x period.

    Parameters
    ----------
    period : timedelta or None
        None: there are no boundaries.
    origin : datetime or None
        End of the initial allocation; None before it.
    served : int
        Number of the newest boundary that has been served, 0 for none.
    """

    period: timedelta | None
    origin: datetime | None = None
    served: int = 0

    @classmethod
    def of(cls, period: timedelta | None, state: State) -> PeriodGrid:
        """Return the boundaries as far as they have been served."""
        return cls(period, state.origin, state.served)

    def boundary(self, now: datetime) -> int:
        """Return the number of the newest boundary at or before `now`; 0 before the first."""
        if self.period is None or self.origin is None:
            return 0
        return max(0, (now - self.origin) // self.period)

    def due(self, now: datetime) -> bool:
        """Tell whether a boundary has come that has not been served; several count as one."""
        return self.boundary(now) > self.served

    def serve(self, now: datetime) -> PeriodGrid:
        """Return the grid with every boundary up to `now` served; the grid itself stays."""
        return replace(self, served=self.boundary(now)) if self.due(now) else self


def next_boundary(state: State) -> datetime | None:
    """Return the next boundary of the period; None without one, and before the initial round."""
    if state.period is None or state.origin is None:
        return None
    return state.origin + (state.served + 1) * parse_duration(state.period)
