"""A trade as a bot saw it last."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class KnownTrade(BaseModel):
    """A trade as it was seen last.

    Parameters
    ----------
    asset : str
        Code of the coin.
    order : str
        What the exchange calls its first filled order. A number would not do: the next trade, of
        any asset, may get that of a deleted one.
    cost : float
        What its orders have cost until now, stake currency with fees; negative if they brought
        more than that.
    is_open : bool
        It holds coins.
    unbooked : float
        What of `cost` the cash book of that time lacked.
    """

    model_config = ConfigDict(frozen=True)

    asset: str
    order: str
    cost: float
    is_open: bool
    unbooked: float = 0.0

    @property
    def booked(self) -> KnownTrade:
        """The trade once the cash book has all of its orders."""
        return self.model_copy(update={"unbooked": 0.0}) if self.unbooked else self
