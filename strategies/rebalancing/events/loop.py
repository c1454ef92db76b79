"""What happens to the loop of a bot: what it waits for, is asked for, and does without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rebalancing.events.event import Event, Standing


@dataclass(frozen=True)
class Answered(Event):
    """A request was answered: `do` is what was asked, `answer` what came of it."""

    kind: ClassVar[str] = "command"

    do: str
    answer: str

    @property
    def text(self) -> str:
        """Say both."""
        return f"{self.do}: {self.answer}"


@dataclass(frozen=True)
class LeaseLost(Event):
    """Another process, `holder`, has got the database: this bot orders nothing any more."""

    kind: ClassVar[str] = "lease lost"
    is_told: ClassVar[bool] = True

    holder: str

    @property
    def text(self) -> str:
        """Say who, and what to do."""
        return (
            f"{self.holder} trades with the same database: this bot orders nothing any more; end "
            "one of the two, and start this one again"
        )


@dataclass(frozen=True)
class FreqtradePaused(Standing):
    """freqtrade is paused: no round starts."""

    kind: ClassVar[str] = "waiting"

    @property
    def fact(self) -> str:
        """Return what is so."""
        return self.text

    @property
    def text(self) -> str:
        """Say so."""
        return "freqtrade is paused: no round starts"


@dataclass(frozen=True)
class WaitingForPrices(Standing):
    """Prices that cannot be trusted: `trouble` has a line for each, "pair: what is wrong"."""

    kind: ClassVar[str] = "waiting"

    trouble: tuple[str, ...]

    @property
    def fact(self) -> str:
        """Name the pairs."""
        return ", ".join(line.split(":")[0] for line in self.trouble)

    @property
    def text(self) -> str:
        """Say what is wrong with each price."""
        return "; ".join(self.trouble) or "over"


@dataclass(frozen=True)
class LeftOut(Standing):
    """Rounds do without assets for now.

    Parameters
    ----------
    out : mapping of str to str
        The assets, and why.
    awaited : tuple of str
        Those of them that have never had a price: their weight is held in cash.
    """

    kind: ClassVar[str] = "left out"
    is_told: ClassVar[bool] = True

    out: Mapping[str, str]
    awaited: tuple[str, ...]

    @property
    def fact(self) -> str:
        """Name the assets."""
        return ", ".join([*self.out, *(f"{asset} awaited" for asset in self.awaited)])

    @property
    def text(self) -> str:
        """Say why, and what becomes of their weights."""
        told = [
            f"{asset} has had no price yet: {self.out[asset]}. Its weight is held in cash until it "
            "has one; rebalance resume divides it over the others"
            for asset in self.awaited
        ]
        out = {asset: why for asset, why in self.out.items() if asset not in self.awaited}
        if named := "; ".join(f"{asset} is left out: {why}" for asset, why in out.items()):
            told.append(f"{named}. Rounds leave it as it is, the others share the rest")
        return ". ".join(told) or "over"


@dataclass(frozen=True)
class LoopFailed(Standing):
    """A loop has failed; `error` is the class of the error, `why` what it says."""

    kind: ClassVar[str] = "error"

    error: str
    why: str

    @property
    def fact(self) -> str:
        """Return the class of the error."""
        return self.error

    @property
    def text(self) -> str:
        """Return what it says."""
        return self.why


@dataclass(frozen=True)
class LoopsFailed(Event):
    """So many loops in a row have failed that a person should know."""

    kind: ClassVar[str] = "error"
    is_told: ClassVar[bool] = True

    loops: int
    why: str

    @property
    def text(self) -> str:
        """Say how many, and what the newest error says."""
        return f"{self.loops} loops in a row failed: {self.why}"


@dataclass(frozen=True)
class LoopWorks(Standing):
    """A loop has worked after `loops` that failed."""

    kind: ClassVar[str] = "error"

    loops: int

    @property
    def fact(self) -> str:
        """Return that it is over."""
        return ""

    @property
    def text(self) -> str:
        """Say how many had failed."""
        return f"over after {self.loops} loops"
