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
    """

    model_config = ConfigDict(frozen=True)

    asset: str
    order: str
    cost: float
    is_open: bool
