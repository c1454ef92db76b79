"""Read from a bot's database what it is doing and what it has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from rebalancing.freqtrade_side.outside.bot_status import (
    BotStatus,
    SignsOfLife,
    bot_status,
    open_round_tag,
)
from rebalancing.freqtrade_side.records import commands, own_orders, store
from rebalancing.freqtrade_side.records.commands import Command
from rebalancing.freqtrade_side.records.database import database
from rebalancing.freqtrade_side.records.lease import lease_holder
from rebalancing.freqtrade_side.records.own_orders import Executed
from rebalancing.freqtrade_side.records.pulse import pulse_path, read_pulse
from rebalancing.rounds.tag import IN_KIND, parse_tag
from rebalancing.state import State

LAST_ROUNDS = 5


@dataclass(frozen=True)
class PastRound:
    """What the orders of a round have executed so far.

    Parameters
    ----------
    tag : str
        The round as it stands in the tags.
    last : datetime or None
        When the newest of them was filled.
    orders : int
        How many there are.
    bought, sold : float
        Stake currency.
    """

    tag: str
    last: datetime | None
    orders: int
    bought: float
    sold: float


@dataclass(frozen=True)
class BotReport:
    """A bot's status and its history.

    Parameters
    ----------
    dry_run : bool
        Its orders are simulated.
    since : datetime or None
        When it was first started, or opened its first trade.
    started : datetime or None
        When it was started last.
    status : BotStatus
        What it is doing.
    waiting : Command or None
        What it has been asked for and has not answered.
    rounds : tuple of PastRound
        The newest rounds, newest first.
    flows : tuple of (datetime, float)
        Cash flows of the portfolio, stake currency, deposits positive; oldest first, what it
        began with. Coins that were adopted or that left count with what they were worth.
    """

    dry_run: bool
    since: datetime | None
    started: datetime | None
    status: BotStatus
    waiting: Command | None
    rounds: tuple[PastRound, ...]
    flows: tuple[tuple[datetime, float], ...]


def read_report(config: Mapping[str, Any]) -> BotReport:
    """Read what a bot is doing; its database is open.

    Parameters
    ----------
    config : mapping
        freqtrade's, of the bot.
    """
    saved = store.load_state()
    state = None if saved is None else State.model_validate(saved)
    tag = open_round_tag(state)
    done = own_orders.fills(own_orders.of_round(tag)) if tag else {}
    held = {pair.split("/")[0]: trade.amount for pair, trade in own_orders.holdings().items()}
    stake = str(config["stake_currency"])
    holder, pulse = lease_holder(str(config["db_url"])), read_pulse(pulse_path(config))
    signs = SignsOfLife(datetime.now(UTC), holder, pulse)
    return BotReport(
        dry_run=bool(config["dry_run"]),
        since=store.moment("bot_start_time"),
        started=store.moment("startup_time"),
        status=bot_status(state, stake, held, done, signs),
        waiting=commands.waiting(),
        rounds=_rounds(),
        flows=tuple(_flows()),
    )


def _flows() -> list[tuple[datetime, float]]:
    flows = store.flows()
    in_kind = [
        (order.filled_at, order.amount * order.price)
        for order in own_orders.executed(database().orders.c.ft_order_tag.in_(IN_KIND))
        if order.filled_at is not None
    ]
    return [*flows[:1], *sorted([*flows[1:], *in_kind])]


def _rounds() -> tuple[PastRound, ...]:
    known = database()
    tag_of, newest = known.orders.c.ft_order_tag, func.max(known.orders.c.id)
    tags = known.session.scalars(select(tag_of).group_by(tag_of).order_by(newest.desc()))
    rounds = [tag for tag in tags if parse_tag(tag) is not None][:LAST_ROUNDS]
    orders = own_orders.executed(tag_of.in_(rounds))
    own = {tag: [order for order in orders if order.tag == tag] for tag in rounds}
    return tuple(_past_round(tag, executed) for tag, executed in own.items() if executed)


def _past_round(tag: str, orders: list[Executed]) -> PastRound:
    moments = [order.filled_at for order in orders if order.filled_at is not None]
    bought = sum(order.notional for order in orders if order.amount > 0)
    sold = sum(order.notional for order in orders if order.amount < 0)
    return PastRound(tag, max(moments, default=None), len(orders), bought, sold)
