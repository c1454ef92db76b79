"""What happens to single orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rebalancing.events.event import Event
from rebalancing.numbers import quantity

Side = Literal["buy", "sell"]


@dataclass(frozen=True)
class Ordered(Event):
    """freqtrade is about to be told of an order.

    Parameters
    ----------
    side : {"buy", "sell"}
        Which way.
    size : float
        Coins of a sell, stake currency of a buy.
    """

    kind: ClassVar[str] = "order"

    round: int
    asset: str
    side: Side
    size: float

    @property
    def text(self) -> str:
        """Say what is ordered."""
        return f"{self.side} {self.asset}"

    @property
    def line(self) -> dict[str, Any]:
        """Return the order, its size by its unit."""
        unit = "amount" if self.side == "sell" else "notional"
        known = {"round": self.round, "asset": self.asset, "side": self.side}
        return {**known, unit: self.size}

    @property
    def logged(self) -> None:
        """Return None: freqtrade logs its orders itself."""


@dataclass(frozen=True)
class NotSent(Event):
    """An order was kept back; `why` says why, in a few words."""

    kind: ClassVar[str] = "not sent"

    side: Side
    asset: str
    tag: str
    why: str

    @property
    def text(self) -> str:
        """Say which order, and why."""
        return f"{self.side} {self.asset}, {self.tag}: {self.why}"


@dataclass(frozen=True)
class FoundOrder(Event):
    """An order was found on the exchange that freqtrade did not know.

    Parameters
    ----------
    side : {"buy", "sell"}
        Which way.
    asset, tag : str
        Code of the coin, and tag of its round.
    id : str
        What the exchange calls it.
    filled : float or None
        Coins; None if the exchange does not say.
    """

    kind: ClassVar[str] = "found order"

    side: Side
    asset: str
    tag: str
    id: str
    filled: float | None

    @property
    def text(self) -> str:
        """Say which order."""
        return f"{self.side} {self.asset}, {self.tag}: the answer had been lost"

    @property
    def facts(self) -> dict[str, Any]:
        """Return how to find it on the exchange."""
        return {"id": self.id, "filled": self.filled}


@dataclass(frozen=True)
class FoundSale(Event):
    """A sale that neither a round nor freqtrade has made was found on the exchange.

    Parameters
    ----------
    asset : str
        Code of the coin.
    id : str
        What the exchange calls the order.
    filled : float
        Coins.
    """

    kind: ClassVar[str] = "found order"

    asset: str
    id: str
    filled: float

    @property
    def text(self) -> str:
        """Say what was sold."""
        return f"sell {self.asset}: {quantity(self.filled)} were sold by hand"

    @property
    def facts(self) -> dict[str, Any]:
        """Return how to find it on the exchange."""
        return {"id": self.id, "filled": self.filled}


@dataclass(frozen=True)
class OrdersEnded(Event):
    """The open orders of a pair that is listed no longer count as cancelled."""

    kind: ClassVar[str] = "orders ended"

    pair: str

    @property
    def text(self) -> str:
        """Say of which pair."""
        return f"{self.pair} is listed no longer: its open orders count as cancelled"
