"""Events of rounds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rebalancing.market.portfolio import Portfolio, Vector
from rebalancing.policy.reason import Reason
from rebalancing.rounds.plan import Plan
from rebalancing.rounds.round import Round


class Outcome(StrEnum):
    """How a round ended."""

    DONE = "done"
    GAVE_UP = "gave up"
    STOPPED = "stopped"


@dataclass(frozen=True, eq=False)
class RoundOpened:
    """A round begins.

    Parameters
    ----------
    round : Round
        With its first plan.
    portfolio : Portfolio
        At its start.
    targets : array, shape (assets + 1,)
        In force.
    """

    round: Round
    portfolio: Portfolio
    targets: Vector


@dataclass(frozen=True, eq=False)
class RoundPlanned:
    """An open round has planned what is left.

    The fields are those of `RoundOpened`, at that moment.
    """

    round: Round
    portfolio: Portfolio
    targets: Vector


@dataclass(frozen=True)
class RoundDeclined:
    """A round was due and did not open: its plan holds no trade."""

    reason: Reason
    plan: Plan


@dataclass(frozen=True, eq=False)
class RoundClosed:
    """A round has ended.

    Parameters
    ----------
    round : Round
        As it was at its end.
    missing : tuple of str
        Assets of which it had not traded what it wanted when it gave up.
    opening : dict
        What was known at its start.
    portfolio : Portfolio
        At its end.
    """

    round: Round
    outcome: Outcome
    missing: tuple[str, ...]
    opening: dict[str, Any]
    portfolio: Portfolio


@dataclass(frozen=True)
class Stopped:
    """A limit was reached: nothing is ordered until a person goes on.

    Parameters
    ----------
    why : str
        Limit, value and rule.
    round : Round
        The one that would have exceeded it.
    """

    why: str
    round: Round


RoundEvent = RoundOpened | RoundPlanned | RoundDeclined | RoundClosed | Stopped
