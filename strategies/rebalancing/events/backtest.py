"""What a backtest leaves beside its result: freqtrade keeps orders only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rebalancing.events.event import Event
from rebalancing.rounds.events import RoundClosed


@dataclass(frozen=True)
class BacktestBegan(Event):
    """A backtest has begun, with these versions of the package and of freqtrade."""

    kind: ClassVar[str] = "began"

    version: str
    freqtrade: str

    @property
    def text(self) -> str:
        """Say which versions run."""
        return f"SmartRebalance {self.version}, freqtrade {self.freqtrade}"

    @property
    def line(self) -> dict[str, Any]:
        """Return the versions."""
        return {"version": self.version, "freqtrade": self.freqtrade}


@dataclass(frozen=True, eq=False)
class BacktestRoundEnded(Event):
    """A round of a backtest has ended; of its orders freqtrade's result tells."""

    kind: ClassVar[str] = "closed"

    closed: RoundClosed

    @property
    def text(self) -> str:
        """Say how."""
        return f"{self.closed.round.tag} {self.closed.outcome.value}"

    @property
    def line(self) -> dict[str, Any]:
        """Return how, and what its first plan left out."""
        return {
            "round": self.closed.round.number,
            "tag": self.closed.round.tag,
            "outcome": self.closed.outcome.value,
            "left_out": self.closed.opening["left_out"],
        }
