"""The last line of defence: limits that a normal month never meets."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rebalancing.config.allowed_values import Positive


class Limits(BaseModel):
    """Beyond any of these the rebalancer stops itself and keeps the coins.

    Turnover is half the sum of the notionals as a fraction of the NAV. Only rounds that period
    or threshold started count; what the user asked for, or caused by new targets, does not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    round_turnover: Annotated[
        Positive, Field(description="Largest turnover of one round, as a fraction of NAV.")
    ] = 0.6
    day_turnover: Annotated[
        Positive, Field(description="Largest turnover within 24 hours, as a fraction of NAV.")
    ] = 2.0
    day_rounds: Annotated[
        Positive, Field(multiple_of=1, description="Most rounds within 24 hours.")
    ] = 100
    round_loss: Annotated[
        Positive,
        Field(description="Largest loss of a round against its plan, as a fraction of NAV."),
    ] = 0.02
