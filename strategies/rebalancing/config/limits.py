"""The last line of defence: limits that a normal month never meets."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Beyond any of these the rebalancer stops itself and keeps the coins.

    Turnover is half the sum of the notionals as a fraction of the NAV. Only rounds that period
    or threshold started count; what the user asked for, or caused by new targets, does not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    round_turnover: float = Field(
        default=0.6, gt=0, description="Largest turnover of one round, as a fraction of NAV."
    )
    day_turnover: float = Field(
        default=2.0, gt=0, description="Largest turnover within 24 hours, as a fraction of NAV."
    )
    day_rounds: int = Field(default=100, gt=0, description="Most rounds within 24 hours.")
    round_loss: float = Field(
        default=0.02,
        gt=0,
        description="Largest loss of a round against its plan, as a fraction of NAV.",
    )
