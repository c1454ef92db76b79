"""What was seen to happen to a bot while it lived, as the checks have to know it."""

from decimal import Decimal
from typing import NamedTuple

DELETED, SOLD, PART_SOLD, LOCKED, WITHDRAWN = "deleted", "sold", "part sold", "locked", "withdrawn"

FORCED_TAG = "force_exit"
"""What freqtrade calls the orders of /forceexit."""

BY_HAND_TAGS = ("", FORCED_TAG, "sold_on_exchange")
"""Tags of sales by hand. They have none where freqtrade has found them on the exchange, the last
one where the bot has."""


class Move(NamedTuple):
    """A price that was set: when, of what, stake currency."""

    time_ms: int
    asset: str
    price: float


class Frozen(NamedTuple):
    """A price that a pair went on showing while it traded at others: of what, stake currency, from
    when to when."""

    asset: str
    price: float
    begun_ms: int
    ended_ms: int

    def was_shown(self, asset: str, begun_ms: int, ended_ms: int) -> bool:
        """Tell whether it was the asset's at any time between two moments."""
        return asset == self.asset and begun_ms <= self.ended_ms and self.begun_ms <= ended_ms


class Payment(NamedTuple):
    """A deposit, or a withdrawal where negative; stake currency."""

    time_ms: int
    amount: float


class Death(NamedTuple):
    """A bot that ended by itself, or not as it should; whether anything had gone wrong before."""

    status: int
    disturbed: bool


class Happened(NamedTuple):
    """An action of the script: its kind, its coin if it has one, from when to when it lasted."""

    kind: str
    asset: str | None
    begun_ms: int
    ended_ms: int


class Touched(NamedTuple):
    """Something that was done to a coin by hand: what, when it was asked for, when it was done.

    Attributes
    ----------
    ended_ms
        The end of a lock, or when the answer was there.
    left
        What the account then had of the coin.
    """

    kind: str
    asset: str
    begun_ms: int
    ended_ms: int
    left: float = 0.0


class Renamed(NamedTuple):
    """A coin that goes on under another name: when, and what the account had and has of it."""

    time_ms: int
    old: str
    new: str
    amount_before: Decimal
    amount_after: Decimal


class Intruder(NamedTuple):
    """A second process that was started on the bot's database.

    Attributes
    ----------
    status
        Its exit status; None if it had not ended when it was killed.
    lines
        What it said of the database, and any traceback.
    loops
        How many it completed.
    """

    status: int | None
    lines: tuple[str, ...]
    loops: int
