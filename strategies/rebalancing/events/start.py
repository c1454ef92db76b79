"""What happens at the start of a bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rebalancing.events.event import Event


@dataclass(frozen=True)
class Started(Event):
    """A bot has started.

    Parameters
    ----------
    policy : str
        In words.
    version : str
        Of the package.
    dry_run : bool
        Its orders are simulated.
    targets : mapping of str to float
        Weights by member, as the life before left them.
    resumed : bool
        There has been a life before.
    """

    kind: ClassVar[str] = "start"

    policy: str
    version: str
    dry_run: bool
    targets: Mapping[str, float]
    resumed: bool

    @property
    def text(self) -> str:
        """Return the policy."""
        return self.policy

    @property
    def facts(self) -> dict[str, Any]:
        """Return what it begins with."""
        return {
            "version": self.version,
            "dry_run": self.dry_run,
            "targets": dict(self.targets),
            "resumed": self.resumed,
        }


@dataclass(frozen=True)
class SettingsKept(Event):
    """A configuration was refused at a reload; `why` says what is wrong with it."""

    kind: ClassVar[str] = "settings kept"
    is_told: ClassVar[bool] = True

    why: str

    @property
    def text(self) -> str:
        """Say why."""
        return f"the configuration is invalid, the one before stays in force: {self.why}"


@dataclass(frozen=True)
class JournalAhead(Event):
    """The journal tells of a round that the database does not know: the bot pauses."""

    kind: ClassVar[str] = "paused"
    is_told: ClassVar[bool] = True

    round: int

    @property
    def why(self) -> str:
        """Say why the bot pauses."""
        return (
            f"the database does not know round {self.round} of the journal, it is older or new: "
            "paused"
        )

    @property
    def text(self) -> str:
        """Say why, and what to do."""
        return f"{self.why}; compare it with the exchange, then resume"


@dataclass(frozen=True)
class RoundGoesOn(Event):
    """A round goes on that a life before began."""

    kind: ClassVar[str] = "goes on"
    is_told: ClassVar[bool] = True

    tag: str

    @property
    def text(self) -> str:
        """Say which one."""
        return f"{self.tag} goes on after a restart"

    @property
    def facts(self) -> dict[str, Any]:
        """Return the round."""
        return {"tag": self.tag}


@dataclass(frozen=True)
class RoundDropped(Event):
    """A round has ended because the targets changed while the bot was away."""

    kind: ClassVar[str] = "dropped"
    is_told: ClassVar[bool] = True

    round: int
    tag: str

    @property
    def text(self) -> str:
        """Say which one, and why."""
        return f"{self.tag} has ended: the targets changed while it was open"

    @property
    def facts(self) -> dict[str, Any]:
        """Return the round."""
        return {"round": self.round, "tag": self.tag}


@dataclass(frozen=True)
class RoundHadEnded(Event):
    """A round of which only the start was told had ended before a restart."""

    kind: ClassVar[str] = "had ended"
    is_told: ClassVar[bool] = True

    tag: str

    @property
    def text(self) -> str:
        """Say which one."""
        return f"{self.tag} had ended before the restart, the journal says how"

    @property
    def facts(self) -> dict[str, Any]:
        """Return the round."""
        return {"tag": self.tag}
