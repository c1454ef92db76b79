"""What a live bot remembers: the rebalancer's state, and what happened around it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from rebalancing.cash_book import CashBook
from rebalancing.intents import Intent
from rebalancing.state import RebalancerState


class LiveState(RebalancerState):
    """Everything that survives a restart, flat, as the command-line tool reads it.

    `mark` begins the identifiers of the bot's orders, so that it knows them again. `paused` and
    `stopped` say why, None if the bot is not. `spare` are coins of the account that were seen and
    not adopted; `opening` are the facts of the open round at its start. Cash, NAV, weights and
    prices are those of the newest check that was written.
    """

    version: int = 1
    bot: str = ""
    mark: str = ""
    at: datetime | None = None
    intents: tuple[Intent, ...] = ()
    paused: str | None = None
    stopped: str | None = None
    hands_off: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    resumed_at: datetime | None = None
    spare: dict[str, float] = Field(default_factory=dict)
    book: CashBook | None = None
    flows: int = 0
    opening: dict[str, Any] | None = None
    cash: float | None = None
    nav: float | None = None
    weights: dict[str, float] = Field(default_factory=dict)
    prices: dict[str, float] = Field(default_factory=dict)
    checked_at: datetime | None = None
