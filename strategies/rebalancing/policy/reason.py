"""Why a round started."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rebalancing.config.seat import Seat
from rebalancing.config.settings import Settings


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


EVENTS = frozenset(
    {
        *(Cause.INITIAL, Cause.NEW_ASSET, Cause.TARGETS_CHANGED, Cause.ASKED),
        *(Cause.RESUMED, Cause.WITHDRAWAL),
    }
)
"""Causes that are not the policy's."""

PASSING = frozenset(
    {
        *(Cause.PERIOD, Cause.PERIOD_AND_THRESHOLD, Cause.TARGETS_CHANGED, Cause.ASKED),
        Cause.RESUMED,
    }
)
"""Causes that are looked at once."""

CAUSES = (*Cause, *(key.replace("_", " ") for key in Settings.keys_of(Seat.TRIGGER)))
"""All words for what starts a round: a trigger that the settings choose is its key."""


@dataclass(frozen=True)
class Reason:
    """Why a round started.

    Parameters
    ----------
    cause : str
        One of `CAUSES`.
    asset : str or None
        The asset that was furthest outside its band, or the one that appeared; None if the
        cause concerns no single asset.
    drift : float or None
        That asset's drift, signed; None if it plays no part.
    """

    cause: str
    asset: str | None = None
    drift: float | None = None

    def __post_init__(self) -> None:
        """Refuse a word that nobody could read in an order tag.

        Raises
        ------
        ValueError
            If the cause is none of `CAUSES`.
        """
        if self.cause not in CAUSES:
            raise ValueError(f'"{self.cause}" is no cause of a round')

    @property
    def is_policy(self) -> bool:
        """A trigger of the policy starts it, again and again; the others are events."""
        return self.cause not in EVENTS

    @property
    def lasts(self) -> bool:
        """It stays a reason until a round opens; the others are looked at once."""
        return self.cause not in PASSING

    def __str__(self) -> str:
        """Write the reason as it stands in order tags, like ``threshold BTC +3.4pp``."""
        parts = [str(self.cause)]
        if self.asset is not None:
            parts.append(self.asset)
        if self.drift is not None:
            parts.append(f"{self.drift * 100:+.1f}pp")
        return " ".join(parts)
