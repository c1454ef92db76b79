"""The status of a bot, from what it has written down: its state, its trades, its orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rebalancing.account.members import Member, members_of
from rebalancing.freqtrade_side.records.pulse import Pulse
from rebalancing.policy.period import next_boundary
from rebalancing.rounds.round import Fill
from rebalancing.rounds.tag import round_tag
from rebalancing.state import State

Condition = Literal[
    "not started",
    "running",
    "paused",
    "stopped",
    "paused by freqtrade",
    "stopped by freqtrade",
    "not running",
    "silent",
]

SILENT_AFTER = timedelta(minutes=3)
"""Time without a loop after which a bot is no longer said to be running: freqtrade rests for half
a minute after an error."""


@dataclass(frozen=True)
class SignsOfLife:
    """What shows that a bot is alive, or is not.

    Parameters
    ----------
    now : datetime
        UTC.
    holder : str or None
        Which process trades with the database; empty if none does, None if that is not known.
    pulse : Pulse or None
        The newest one.
    """

    now: datetime
    holder: str | None
    pulse: Pulse | None


@dataclass(frozen=True)
class OpenRound:
    """The round under way, and the stake currency left to trade of each asset, buys positive."""

    tag: str
    started: datetime
    tries: int
    left: Mapping[str, float]


@dataclass(frozen=True)
class BotStatus:
    """What is known of a bot.

    Parameters
    ----------
    stake : str
        Code of the stake currency.
    condition : str
        "paused" and "stopped" are the bot's own, by command and by a limit; a bot that is "silent"
        has a process, and its loops have ended or hang.
    why : str or None
        Of a pause or a stop of the bot's own.
    written, checked : datetime or None
        When it wrote its state last, and when it made the check that the figures are of.
    nav, cash : float or None
        Stake currency, at that check.
    members : tuple of Member
        The assets, cash last.
    round : OpenRound or None
        The round under way.
    boundary : datetime or None
        The next boundary of the period; in the past if it has not been served yet.
    gave_up : str or None
        The newest round and which of its trades were not made and why; None if it made them all.
    process : str or None
        Which one trades with the database; empty if none does, None if that is not known.
    freqtrade : str or None
        Its state at the newest sign of life, "running", "paused" or "stopped"; None if unknown.
    heard : datetime or None
        When that sign came: each loop gives one.
    kept : str or None
        Why a newer configuration was refused at a reload; None if the newest is in force.
    """

    stake: str
    condition: Condition
    why: str | None = None
    written: datetime | None = None
    checked: datetime | None = None
    nav: float | None = None
    cash: float | None = None
    members: tuple[Member, ...] = ()
    round: OpenRound | None = None
    boundary: datetime | None = None
    gave_up: str | None = None
    process: str | None = None
    freqtrade: str | None = None
    heard: datetime | None = None
    kept: str | None = None


def bot_status(
    state: State | None,
    stake: str,
    held: Mapping[str, float],
    done: Mapping[str, Fill],
    signs: SignsOfLife,
) -> BotStatus:
    """Say what a bot is doing.

    Parameters
    ----------
    state : State or None
        As the bot keeps it; None before it has kept any.
    stake : str
        Code of the stake currency.
    held : mapping of str to float
        Coins in its open trades, by asset.
    done : mapping of str to Fill
        What the orders of the open round have executed, by asset.
    signs : SignsOfLife
        Whether it is alive.
    """
    if state is None:
        return BotStatus(stake, "not started", process=signs.holder)
    condition, why = _condition(state, signs)
    return BotStatus(
        stake,
        condition,
        why,
        state.at,
        state.checked_at,
        state.nav,
        state.cash,
        members_of(state, stake, held),
        _open_round(state, done),
        next_boundary(state),
        state.gave_up,
        signs.holder,
        None if signs.pulse is None else signs.pulse.freqtrade,
        _heard(state, signs),
        state.kept,
    )


def _condition(state: State, signs: SignsOfLife) -> tuple[Condition, str | None]:
    """Return what holds the bot back most, and what else does."""
    held: Condition = "stopped" if state.stopped else "paused"
    reason = state.stopped or state.paused
    also = f"{held}: {reason}" if reason else None
    freqtrade = None if signs.pulse is None else signs.pulse.freqtrade
    if signs.holder == "":
        return "not running", also
    if freqtrade == "stopped":
        return "stopped by freqtrade", also
    heard = _heard(state, signs)
    if heard is None or signs.now - heard > SILENT_AFTER:
        return "silent", also
    if reason:
        return held, reason
    return ("paused by freqtrade" if freqtrade == "paused" else "running"), None


def _heard(state: State, signs: SignsOfLife) -> datetime | None:
    """Return when the bot was last heard of, by its pulse or its database; None if never."""
    pulse = None if signs.pulse is None else signs.pulse.at
    return max(filter(None, (pulse, state.at)), default=None)


def open_round_tag(state: State | None) -> str | None:
    """Return the tag of the open round's orders; None if no round is open."""
    if state is None or state.round is None:
        return None
    return round_tag(state.round.number, state.round.reason)


def _open_round(state: State, done: Mapping[str, Fill]) -> OpenRound | None:
    current, tag = state.round, open_round_tag(state)
    if current is None or tag is None:
        return None
    left = {}
    for asset, (sold, bought) in current.goals.items():
        fill = done.get(asset, Fill())
        coins = max(0.0, sold - fill.sold)
        left[asset] = max(0.0, bought - fill.bought) - coins * state.prices.get(asset, 0.0)
    wanted = {asset: size for asset, size in left.items() if size}
    return OpenRound(tag, current.started, current.tries, wanted)
