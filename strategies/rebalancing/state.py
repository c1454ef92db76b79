"""What must survive a restart, as data that can be written down."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from rebalancing.policy.triggers import Reason

_FROZEN = ConfigDict(frozen=True, extra="ignore")


class RoundState(BaseModel):
    """An open round.

    Weights are fractions by member, the stake currency among them. Goals are, by asset, the
    coins it should have sold and the stake currency it should have bought for in the end.
    """

    model_config = _FROZEN

    number: int
    reason: Reason
    started: datetime
    ordered_at: datetime | None
    destination: dict[str, float]
    members: tuple[str, ...]
    goals: dict[str, tuple[float, float]]
    tries: int


class ScheduleState(BaseModel):
    """What decides when the next round is due.

    `period` is the text of the setting; `seen` names the assets that have been available;
    `failures` counts the rounds in a row that gave up.
    """

    model_config = _FROZEN

    period: str | None = None
    origin: datetime | None = None
    served: int = 0
    last_start: datetime | None = None
    seen: tuple[str, ...] = ()
    failures: int = 0
    asked: Reason | None = None
    again: Reason | None = None


class RebalancerState(ScheduleState):
    """A rebalancer between two runs: its schedule, the targets in force, the open round."""

    targets: dict[str, float]
    number: int = 0
    round: RoundState | None = None
