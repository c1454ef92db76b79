"""All that a rebalancer must know again after a restart."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from rebalancing.account.cash_book import CashBook
from rebalancing.account.in_flight import InFlightOrder
from rebalancing.account.known_trade import KnownTrade
from rebalancing.account.setbacks import Setback
from rebalancing.policy.reason import Reason
from rebalancing.rounds.round import Round


class State(BaseModel):
    """What has happened, frozen and flat: it is written down as it is.

    A backtest uses the part of it that rounds need. None, or an empty collection, stands for what
    has not happened.

    Parameters
    ----------
    targets : dict of str to float
        Target weights as configured, by member.
    number : int
        Of the next round.
    round : Round or None
        The open one.
    period : str or None
        Text of the setting under which boundaries were counted.
    origin, served : datetime or None, int
        The boundaries of the period begin at `origin`, the end of the initial allocation; so many
        of them have been served.
    last_start : datetime or None
        Of the newest round.
    seen : tuple of str
        Assets that have been available when a round began.
    failures : int
        Rounds in a row that gave up.
    asked, again : Reason or None
        A round that an event asks for at once; one that gave up and is due again.
    hands_off : tuple of str
        Assets that a person has taken into their own hands: neither bought nor sold.
    left_out : dict of str to str
        Assets without a price, or whose orders fail, and why. Of these `awaited` have never had a
        price, and `without` are those that somebody agreed to go on without.
    setbacks : dict of str to Setback
        Refusals of the newest orders by asset.
    paused, stopped : str or None
        Why nothing is ordered: a person's wish, or a limit.
    limits_from : datetime or None
        What was done before it counts for no limit of a day.
    opening : dict or None
        Facts of the open round at its start, which its end is compared with.
    announced : str or None
        Tag of the round of which a message has told the start and maybe not the end yet.
    gave_up : str or None
        The newest round and why it did not trade all it wanted.
    version, bot, at
        Of the form of the state, of the package, and of the moment when it was written.
    mark : str
        The identifiers of the bot's orders begin with it.
    dry_run : bool or None
        Of which kind the trades are; None if version 0.1.0 did not say.
    intents : tuple of InFlightOrder
        Orders about to be sent, or whose answer has not come.
    kept : str or None
        What is wrong with a configuration that was refused at a reload.
    fee : float or None
        A rate above the configured one that has been told.
    known_trades : tuple of KnownTrade
        The trades as they were seen last; `vanished` are assets whose trade was deleted.
    leaving : tuple of str
        Assets that are no longer among the targets and still held.
    resumed_at : datetime or None
        Of the newest resume.
    spare : dict of str to float
        Coins of the account that were seen and not adopted while `adopts` was configured.
    book, flows
        The cash, and how many cash flows have been recorded.
    missing : dict of str to float
        Coins that one answer of the exchange has shown to be gone, by asset.
    suspect : float
        A cash flow that one answer has shown, stake currency; 0 for none.
    prices_before : dict of str to float
        The last price of each asset that has none now; its coins may leave yet.
    cash, nav, weights, drifts, amounts, prices, checked_at
        Of the newest check that was written. A member without a drift is out, or has no price.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    targets: dict[str, float]
    number: int = 0
    round: Round | None = None
    period: str | None = None
    origin: datetime | None = None
    served: int = 0
    last_start: datetime | None = None
    seen: tuple[str, ...] = ()
    failures: int = 0
    asked: Reason | None = None
    again: Reason | None = None
    hands_off: tuple[str, ...] = ()
    left_out: dict[str, str] = Field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    setbacks: dict[str, Setback] = Field(default_factory=dict)
    paused: str | None = None
    stopped: str | None = None
    limits_from: datetime | None = None
    opening: dict[str, Any] | None = None
    announced: str | None = None
    gave_up: str | None = None
    version: int = 1
    bot: str = ""
    mark: str = ""
    dry_run: bool | None = None
    at: datetime | None = None
    intents: tuple[InFlightOrder, ...] = ()
    kept: str | None = None
    fee: float | None = None
    known_trades: tuple[KnownTrade, ...] = ()
    vanished: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    resumed_at: datetime | None = None
    spare: dict[str, float] = Field(default_factory=dict)
    adopts: bool | Literal["all"] | None = None
    book: CashBook | None = None
    flows: int = 0
    missing: dict[str, float] = Field(default_factory=dict)
    suspect: float = 0.0
    cash: float | None = None
    nav: float | None = None
    weights: dict[str, float] = Field(default_factory=dict)
    drifts: dict[str, float] = Field(default_factory=dict)
    amounts: dict[str, float] = Field(default_factory=dict)
    prices: dict[str, float] = Field(default_factory=dict)
    prices_before: dict[str, float] = Field(default_factory=dict)
    checked_at: datetime | None = None

    @property
    def last_prices(self) -> dict[str, float]:
        """Of the newest check, and of what had no price then the last one before it."""
        return {**self.prices_before, **self.prices}

    @property
    def is_held(self) -> str | None:
        """Why nothing is ordered: paused, or stopped by a limit; None if it is neither."""
        return self.paused or self.stopped

    def changed(self, **facts: Any) -> Self:
        """Return the state with other facts."""
        return self.model_copy(update=facts)
