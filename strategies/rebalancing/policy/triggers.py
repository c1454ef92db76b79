"""When a round is due, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal


class Cause(StrEnum):
    """What started a round."""

    INITIAL = "initial"
    PERIOD = "period"
    THRESHOLD = "threshold"
    PERIOD_AND_THRESHOLD = "period+threshold"
    NEW_ASSET = "new asset"
    TARGETS_CHANGED = "targets changed"
    ASKED = "asked"
    RESUMED = "resumed"
    WITHDRAWAL = "withdrawal"

    @property
    def is_policy(self) -> bool:
        """Period and threshold start it, again and again; the others are events."""
        return self in (Cause.PERIOD, Cause.THRESHOLD, Cause.PERIOD_AND_THRESHOLD)

    @property
    def lasts(self) -> bool:
        """It stays a reason until a round opens; the others are looked at once."""
        return self in (Cause.INITIAL, Cause.THRESHOLD, Cause.NEW_ASSET, Cause.WITHDRAWAL)


@dataclass(frozen=True)
class Reason:
    """Why a round started.

    Parameters
    ----------
    asset : str or None
        The asset that was furthest outside its band, or the one that appeared; None if the
        cause concerns no single asset.
    drift : float or None
        That asset's drift, signed; None if it plays no part.
    """

    cause: Cause
    asset: str | None = None
    drift: float | None = None

    def __str__(self) -> str:
        """Write the reason as it stands in order tags, like ``threshold BTC +3.4pp``."""
        parts = [self.cause.value]
        if self.asset is not None:
            parts.append(self.asset)
        if self.drift is not None:
            parts.append(f"{self.drift * 100:+.1f}pp")
        return " ".join(parts)


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


def trigger(
    boundary: bool, threshold: Reason | None, combine: Literal["and", "or"], both: bool
) -> Reason | None:
    """Combine the two triggers.

    Parameters
    ----------
    boundary : bool
        An unserved boundary of the period grid has come.
    threshold : Reason or None
        The threshold is reached, by this asset; None if it is not, or if there is none.
    combine : {"and", "or"}
        What is needed when both triggers are configured.
    both : bool
        Both triggers are configured; otherwise the one that is decides alone.

    Returns
    -------
    Reason or None
        Why a round is due; None if it is not.
    """
    if both and combine == "and":
        if not boundary or threshold is None:
            return None
        return replace(threshold, cause=Cause.PERIOD_AND_THRESHOLD)
    if boundary:
        return Reason(Cause.PERIOD) if threshold is None else replace(threshold, cause=Cause.PERIOD)
    return threshold
