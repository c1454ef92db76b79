"""The objective of a search for a policy: the rebalancing premium, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

WORST = 50.0
"""Loss of a run that has no result; freqtrade takes no loss of 100 or more for an improvement."""

_Weight = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Weights(BaseModel):
    """How much of the premium turnover and drawdown are worth.

    Parameters
    ----------
    turnover_weight : float
        Premium, as a fraction of HODL, that a turnover of one NAV a year has to earn.
    drawdown_weight : float
        Premium, likewise, that a drawdown of the whole portfolio (1.0) has to earn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    turnover_weight: _Weight = 0.0
    drawdown_weight: _Weight = 0.0


@dataclass(frozen=True)
class Score:
    """The figures of one run that count.

    Parameters
    ----------
    rounds : int
        Without the initial allocation.
    nav, hodl_nav : float
        Stake currency, at the end, everything sold, after fees.
    turnover : float
        Of the rounds, a year: half the notionals / NAV.
    drawdown : float
        Largest fall from a peak, a fraction, positive.
    """

    rounds: int
    nav: float
    hodl_nav: float
    turnover: float
    drawdown: float

    @property
    def premium(self) -> float:
        """Rebalancing premium as a fraction of HODL."""
        return self.nav / self.hodl_nav - 1


def read_weights(block: object) -> Weights:
    """Read the weights from the configuration's ``rebalance_loss``.

    Parameters
    ----------
    block : object
        None for the defaults.

    Raises
    ------
    ValueError
        If a key is unknown or a weight is no number from 0 to 100: one line.
    """
    if block is not None and not isinstance(block, Mapping):
        raise ValueError(f"rebalance_loss: must be a map of weights, is {block!r}")
    given: Mapping[Any, Any] = block or {}
    try:
        return Weights.model_validate(dict(given))
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        if key not in Weights.model_fields:
            known = " and ".join(Weights.model_fields)
            raise ValueError(f"rebalance_loss.{key}: unknown key; {known} are known") from None
        rule = "must be a number from 0 to 100"
        raise ValueError(f"rebalance_loss.{key}: {rule}, is {given[key]!r}") from None


def loss_of(score: Score, weights: Weights) -> float:
    """Return what a search minimises, between -50 and 50.

    Notes
    -----
    The logarithm of NAV / HODL NAV is the same in any currency and in any market: it says what
    rebalancing added to holding, not what the market did.

    Examples
    --------
    >>> score = Score(rounds=9, nav=110.0, hodl_nav=100.0, turnover=2.0, drawdown=0.5)
    >>> round(loss_of(score, Weights()), 4)
    -0.0953
    >>> round(loss_of(score, Weights(turnover_weight=0.01, drawdown_weight=0.1)), 4)
    -0.0253
    """
    if not (score.nav > 0 and score.hodl_nav > 0):
        return WORST
    gained = np.log(score.nav / score.hodl_nav)
    cost = weights.turnover_weight * score.turnover + weights.drawdown_weight * score.drawdown
    return float(np.clip(cost - gained, -WORST, WORST))
