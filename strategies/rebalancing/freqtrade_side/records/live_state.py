"""What a live bot writes down: the rebalancer's state, and what happened around it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from rebalancing.account.cash_book import CashBook
from rebalancing.account.in_flight import InFlightOrder
from rebalancing.account.setbacks import Setback
from rebalancing.freqtrade_side.records.known_trade import KnownTrade
from rebalancing.state import RebalancerState


class LiveState(RebalancerState):
    """Everything that survives a restart, flat, as the command-line tool reads it.

    `dry_run` says of which kind the trades are, None if an older version did not. `mark` begins
    the identifiers of the bot's orders, so that it knows them again. `paused` and `stopped` say
    why, None if the bot is not. `gave_up` names the newest round and why it did not trade all it
    wanted, None if it did. `kept` says what is wrong with a configuration that was refused at a
    reload, None if the newest one is in force. What was done before `limits_from` counts for no
    limit of a day. `fee` is a rate above the configured one that has been told. `known_trades` are
    the trades as they were seen last, `vanished` the assets whose trade somebody has deleted.
    `left_out` are assets without a price, or whose orders fail, and why; of these `awaited` have
    never had a price, and `without` are those that somebody agreed to go on without. `setbacks` are
    the refusals of the newest orders by asset. `spare` are coins of the account that were seen and
    not adopted while `adopts` was configured, None if an older version did not say; `opening` are
    the facts of the open round at its start; `announced` is the round of which a message has told
    the start and maybe not the end yet. Cash, NAV, weights, amounts of coins and prices are those
    of the newest check that was written.
    """

    version: int = 1
    bot: str = ""
    mark: str = ""
    dry_run: bool | None = None
    at: datetime | None = None
    intents: tuple[InFlightOrder, ...] = ()
    paused: str | None = None
    stopped: str | None = None
    gave_up: str | None = None
    kept: str | None = None
    fee: float | None = None
    limits_from: datetime | None = None
    hands_off: tuple[str, ...] = ()
    known_trades: tuple[KnownTrade, ...] = ()
    vanished: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    left_out: dict[str, str] = Field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    setbacks: dict[str, Setback] = Field(default_factory=dict)
    resumed_at: datetime | None = None
    spare: dict[str, float] = Field(default_factory=dict)
    adopts: bool | Literal["all"] | None = None
    book: CashBook | None = None
    flows: int = 0
    opening: dict[str, Any] | None = None
    announced: str | None = None
    cash: float | None = None
    nav: float | None = None
    weights: dict[str, float] = Field(default_factory=dict)
    amounts: dict[str, float] = Field(default_factory=dict)
    prices: dict[str, float] = Field(default_factory=dict)
    checked_at: datetime | None = None
