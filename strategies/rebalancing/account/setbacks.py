"""Assets whose orders are refused again and again: they are left out for a while."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

IN_A_ROW = 3
"""Orders of an asset refused for the same reason after which it is left out."""

LONGEST_PAUSE = timedelta(days=1)


class Setback(BaseModel):
    """What became of the newest orders of an asset, all of them refused.

    Parameters
    ----------
    reason : str
        Why the newest was refused.
    in_a_row : int
        How many were refused for this reason.
    """

    model_config = ConfigDict(frozen=True)

    reason: str
    at: datetime
    in_a_row: int = 1

    @property
    def pause(self) -> timedelta:
        """How long the asset is left out: a minute, then four, sixteen, ..., a day."""
        if self.in_a_row < IN_A_ROW:
            return timedelta(0)
        return min(LONGEST_PAUSE, timedelta(minutes=4.0 ** min(self.in_a_row - IN_A_ROW, 9)))

    def is_out(self, now: datetime) -> bool:
        """Tell whether the asset is left out; a clock that was wrong must not make it longer."""
        return abs(now - self.at) < self.pause


def after_orders(
    setbacks: Mapping[str, Setback],
    now: datetime,
    refused: Mapping[str, str],
    made: Collection[str],
) -> dict[str, Setback]:
    """Return the setbacks after orders.

    Parameters
    ----------
    setbacks : mapping of str to Setback
        Those before, by asset.
    now : datetime
        Of the orders.
    refused : mapping of str to str
        Assets whose order was refused, and why.
    made : collection of str
        Assets whose order was accepted: all is forgotten of them.
    """
    after = {asset: known for asset, known in setbacks.items() if asset not in made}
    for asset, reason in refused.items():
        known = after.get(asset)
        before = known.in_a_row if known is not None and known.reason == reason else 0
        after[asset] = Setback(reason=reason, at=now, in_a_row=before + 1)
    return after


def left_out(setbacks: Mapping[str, Setback], now: datetime) -> dict[str, str]:
    """Return the assets that are left out, and why."""
    return {
        asset: f"{known.in_a_row} orders in a row failed ({known.reason}); "
        f"the next try is after {known.at + known.pause:%Y-%m-%d %H:%M} UTC"
        for asset, known in setbacks.items()
        if known.is_out(now)
    }
