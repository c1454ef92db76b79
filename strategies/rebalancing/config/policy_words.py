"""The policy in one line, as people say it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rebalancing.config.seat import Seat
from rebalancing.config.settings import Settings
from rebalancing.numbers import minute, weight

_SCOPES = {"drifted": "only what has drifted is traded", "fewest": "with the fewest trades"}


def describe(settings: Settings) -> str:
    """Say when a round starts, and how far it goes where that is not all the way.

    Examples
    --------
    >>> describe(Settings(targets="equal", period="24h", threshold=0.02))
    'every 24h, if the drift is then 2 points or more'
    >>> describe(Settings(targets="equal", period="24h", threshold=0.02, combine="or"))
    'every 24h, and whenever the drift is 2 points or more'
    >>> describe(Settings(targets="equal", threshold={"BTC": 0.03}, destination="edge"))
    "whenever an asset's drift is at its own threshold or more (BTC 3 points); back to just inside \
the band"
    """
    start = _start(settings)
    return "; ".join([start, *_extent(settings)])


def in_short(settings: Settings) -> str:
    """Name a policy in a table, with the numbers as they are configured.

    Examples
    --------
    >>> in_short(Settings(targets="equal", period="24h", threshold=0.02, combine="or"))
    '24h or 0.02'
    >>> in_short(Settings(targets="equal", threshold=0.1, destination="edge", scope="drifted"))
    'drift 0.1 to edge, drifted'
    """
    band = _band_in_short(settings)
    start = settings.period or (f"drift {band}" if band else "no trigger of its own")
    if settings.period and band:
        start += f" {settings.combine} {band}"
    if settings.destination != "target":
        start += f" to {settings.destination}"
    parts = [start, *([settings.scope] if settings.scope != "all" else [])]
    if settings.cooldown != Settings().cooldown:
        parts.append(f"cool-down {settings.cooldown}")
    return ", ".join(parts)


def _band_in_short(settings: Settings) -> str:
    if settings.threshold is None:
        return ""
    size = "a map" if isinstance(settings.threshold, Mapping) else f"{settings.threshold:g}"
    return f"{size} of target" if settings.threshold_kind == "relative" else size


def next_round(
    settings: Settings, boundary: datetime | None, target: float, band: float | None
) -> str:
    """Say when the next round starts, as far as that is known, for one asset.

    Parameters
    ----------
    boundary : datetime or None
        The next one of the period, UTC; None if there is none yet, or no period.
    target, band : float
        Target weight of the asset and half-width of its band; the band is None without a threshold.

    Examples
    --------
    >>> from datetime import UTC
    >>> policy = Settings(targets="equal", period="24h", threshold=0.02)
    >>> next_round(policy, datetime(2026, 1, 2, 15, 30, tzinfo=UTC), 0.4, 0.02)
    '2026-01-02 15:30 UTC, if a weight is out of its band then; \
that of this one is 38.0 % to 42.0 %'
    """
    when = None if boundary is None else f"{minute(boundary)} UTC"
    if band is None:
        return when or "after the initial one"
    low, high = (weight(edge) for edge in (max(0.0, target - band), target + band))
    limits = f"that of this one is {low} to {high}"
    if settings.period is None:
        return f"when a weight leaves its band; {limits}"
    when = when or "a boundary"
    if settings.combine == "and":
        return f"{when}, if a weight is out of its band then; {limits}"
    return f"{when}, or when a weight leaves its band; {limits}"


def _start(settings: Settings) -> str:
    if settings.threshold is None:
        return f"every {settings.period}" if settings.period else "whenever a trigger asks for it"
    if settings.period is None:
        return f"whenever {_reached(settings, 'is')}"
    if settings.combine == "or":
        return f"every {settings.period}, and whenever {_reached(settings, 'is')}"
    return f"every {settings.period}, if {_reached(settings, 'is then')}"


def _reached(settings: Settings, verb: str) -> str:
    threshold, relative = settings.threshold, settings.threshold_kind == "relative"
    if isinstance(threshold, Mapping):
        each = ", ".join(f"{asset} {_size(value, relative)}" for asset, value in threshold.items())
        unit = " of its target" if relative else ""
        return f"an asset's drift {verb} at its own threshold or more ({each}{unit})"
    assert threshold is not None
    if relative:
        return f"an asset's drift {verb} {_size(threshold, relative)} of its target or more"
    return f"the drift {verb} {_size(threshold, relative)} or more"


def _size(fraction: float, relative: bool) -> str:
    number = f"{fraction * 100:g}"
    if relative:
        return f"{number} %"
    return f"{number} point" if number == "1" else f"{number} points"


def _extent(settings: Settings) -> list[str]:
    parts = []
    if settings.destination == "edge":
        parts.append("back to just inside the band")
    elif settings.destination != "target":
        parts.append(f"{settings.destination * 100:g} % of the way back")
    if settings.scope in _SCOPES:
        parts.append(_SCOPES[settings.scope])
    chosen = (key for seat in Seat for key in settings.chosen(seat))
    return [*parts, *(f"{key} {getattr(settings, key)}" for key in chosen)]
