"""How a round ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rebalancing.policy.triggers import Reason
from rebalancing.rounds.plan import Plan
from rebalancing.rounds.round import Round
from rebalancing.rounds.tag import round_tag


class Outcome(StrEnum):
    """How a round ended."""

    DONE = "done"
    GAVE_UP = "gave up"
    STOPPED = "stopped"


@dataclass(frozen=True)
class RoundRecord:
    """A closed round with its plans, the first one first: for the log, the chart, the journal.

    `missing` are the assets of which it had not traded what it wanted when it gave up.
    """

    number: int
    reason: Reason
    started: datetime
    plans: tuple[Plan, ...]
    outcome: Outcome
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, ended: Round, outcome: Outcome, assets: Sequence[str]) -> RoundRecord:
        """Keep what is known of a round at its end; `assets` are those that its masks are of."""
        short = zip(assets, ended.members, strict=True)
        gave_up = outcome is Outcome.GAVE_UP
        missing = tuple(asset for asset, is_short in short if gave_up and is_short)
        facts = ended.number, ended.reason, ended.started, tuple(ended.plans)
        return cls(*facts, outcome, missing)

    @property
    def tag(self) -> str:
        """The round as it stands in order tags."""
        return round_tag(self.number, self.reason)
