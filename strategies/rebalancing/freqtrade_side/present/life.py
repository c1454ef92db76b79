"""What the life before left in the database, for the bot that goes on and for a preview of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from freqtrade.exchange import Exchange
from freqtrade.wallets import Wallets

from rebalancing.freqtrade_side.markets import markets_of
from rebalancing.freqtrade_side.present.account import Account
from rebalancing.freqtrade_side.records import own_orders, store
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.markets import Markets
from rebalancing.policy.policy import Policy
from rebalancing.resume import begun, resumed
from rebalancing.rounds.round import Round
from rebalancing.state import State


@dataclass(frozen=True)
class Life:
    """What is known at the start of a life, before anything is done with it.

    Parameters
    ----------
    setup : Setup
        With the assets that leave the portfolio.
    state : State
        With which to go on.
    round_before : Round or None
        The one that was open when the life before ended.
    is_resumed : bool
        There has been a life before.
    markets : Markets
        Lots, minimums and fee.
    account : Account
        Cash and coins.
    """

    setup: Setup
    policy: Policy
    state: State
    round_before: Round | None
    is_resumed: bool
    markets: Markets
    account: Account


def take_up(
    exchange: Exchange, wallets: Wallets, config: Mapping[str, Any], setup: Setup, now: datetime
) -> Life:
    """Read what the life before left in the database.

    Parameters
    ----------
    exchange : Exchange
        freqtrade's, with its markets.
    config : mapping
        freqtrade's, complete.
    now : datetime
        UTC.

    Raises
    ------
    ValueError
        If the state in the database is damaged, or another portfolio's.
    """
    found = store.load_state()
    state = State.model_validate(found or {"targets": {}, "mark": _new_mark()})
    if state.targets and setup.stake not in state.targets:
        raise ValueError(
            f"stake_currency: is {setup.stake}, the portfolio in the database has none in its "
            "targets and is another one; give this one a db_url of its own"
        )
    dry_run = bool(config["dry_run"])
    if state.dry_run not in (None, dry_run):
        kind = "of a dry-run" if state.dry_run else "real"
        raise ValueError(
            f"dry_run: is {str(dry_run).lower()}, the trades in the database are {kind}; give "
            "this bot a db_url of its own"
        )
    own = {*setup.assets, *state.targets, *state.leaving}
    setup = setup.with_leaving(_leaving(setup, state))
    state = state.changed(leaving=setup.leaving, dry_run=dry_run)
    settings = setup.settings
    policy = Policy(settings, setup.assets, setup.stake, settings.reserve)
    before = state.round
    if found is None:
        fresh = begun(policy, own_orders.last_round() + 1)
        state = state.changed(targets=fresh.targets, period=fresh.period, number=fresh.number)
    else:
        state = resumed(policy, state, now)
    account = Account(
        wallets,
        exchange,
        dry_run,
        setup.stake,
        own,
        settings.investment,
    )
    account.balance_adopted_before()
    markets = markets_of(exchange, config, setup.pairs)
    return Life(setup, policy, state, before, found is not None, markets, account)


def _new_mark() -> str:
    return f"rb-{secrets.token_hex(4)}-"


def _leaving(setup: Setup, state: State) -> list[str]:
    """Assets that were among the targets once and are still held."""
    held = {pair.split("/")[0] for pair in own_orders.holdings()}
    known = {*state.targets, *state.leaving} - {setup.stake, *setup.assets}
    return sorted(known & held)
