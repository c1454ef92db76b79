"""The status of a bot, from what it has written down: its state, its trades, its orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rebalancing.config.durations import parse_duration
from rebalancing.freqtrade_side.records.pulse import Pulse
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
class Member:
    """The stake currency or an asset of the portfolio, at the newest check.

    Parameters
    ----------
    amount : float
        Coins, or stake currency, at the check.
    price : float or None
        Stake currency for one; None if it had none.
    weight, target : float or None
        Fractions; the weight is None if it had no price, the target if it has none.
    drift : float or None
        As the bot measures it; None where it measures none.
    note : str
        "hands off", "left out: " or "no price yet, held in cash until it has one: " and why,
        "leaving", or empty.
    """

    asset: str
    amount: float
    price: float | None
    weight: float | None
    target: float | None
    drift: float | None
    note: str = ""

    @property
    def value(self) -> float | None:
        """Stake currency."""
        return None if self.price is None else self.amount * self.price


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


def members_of(state: State, stake: str, held: Mapping[str, float]) -> tuple[Member, ...]:
    """Return the assets at the newest check, cash last; the parameters are those of
    `bot_status`."""
    prices = {**state.prices, stake: 1.0}
    # What the check counted: coins below a lot too, and none that have left the account.
    amounts = {**held, **state.amounts, stake: state.cash or 0.0}
    named = dict.fromkeys([*state.targets, *state.leaving, *held])
    assets = [*(asset for asset in named if asset != stake), stake]

    def note(asset: str) -> str:
        if asset in state.hands_off:
            return "hands off"
        if asset in state.awaited:
            return f"no price yet, held in cash until it has one: {state.left_out[asset]}"
        if asset in state.left_out:
            return f"left out: {state.left_out[asset]}"
        return "leaving" if asset in state.leaving else ""

    def member(asset: str) -> Member:
        weight, target = state.weights.get(asset), state.targets.get(asset)
        amount, price = amounts.get(asset, 0.0), prices.get(asset)
        drift = state.drifts.get(asset)
        return Member(asset, amount, price, weight, target, drift, note(asset))

    return tuple(map(member, assets))


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


def next_boundary(state: State) -> datetime | None:
    """Return the next boundary of the period; None without one, and before the initial round."""
    if state.period is None or state.origin is None:
        return None
    return state.origin + (state.served + 1) * parse_duration(state.period)
