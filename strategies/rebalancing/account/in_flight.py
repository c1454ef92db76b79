"""Orders handed to freqtrade whose fate is not known yet."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rebalancing.account.cash_book import Booked

AMOUNT_TOLERANCE = 0.03
"""By how much, as a fraction, an order may differ from what was wanted and still be the one: a
buy is planned in stake currency and sent in coins, at a price of its own."""


class InFlightOrder(BaseModel):
    """Something the bot is about to do, written down before it is done.

    Parameters
    ----------
    side : {"buy", "sell"}
        What is ordered.
    size : float
        Stake currency of a buy, coins of a sell.
    at : datetime
        When freqtrade was told.
    tag : str
        Of the round.
    after : int
        Number of the newest order in the database at that time.
    since : datetime or None
        Orders of the pair made since then were there already if their names are known. None if
        there were none, or if an older version wrote this.
    names : tuple of str
        What the exchange calls these orders.
    mark : str
        What the identifier of the order begins with, and that of no other; empty where the
        exchange's orders bear no mark, or if an older version wrote this.
    """

    model_config = ConfigDict(frozen=True)

    asset: str
    side: Literal["buy", "sell"]
    size: float
    at: datetime
    tag: str
    after: int
    since: datetime | None = None
    names: tuple[str, ...] = ()
    mark: str = ""

    @property
    def booked(self) -> Booked:
        """Which orders were there before."""
        return Booked(self.after, self.since, self.names)

    def fits(self, side: str, amount: float, cost: float) -> bool:
        """Tell whether an order of the exchange may be this one.

        Parameters
        ----------
        side : str
            "buy" or "sell".
        amount : float
            Coins it asked for.
        cost : float
            Stake currency they are worth.
        """
        found = cost if self.side == "buy" else amount
        return side == self.side and abs(found - self.size) <= AMOUNT_TOLERANCE * self.size
