"""Why a round started."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
