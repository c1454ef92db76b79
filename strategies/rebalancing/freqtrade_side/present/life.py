"""What the life before left in the database, for the bot that goes on and for a preview of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from freqtrade.exchange import Exchange
from freqtrade.wallets import Wallets

from rebalancing.account.setbacks import left_out
from rebalancing.freqtrade_side.markets import Markets
from rebalancing.freqtrade_side.present.account import Account
from rebalancing.freqtrade_side.records import own_orders, store
from rebalancing.freqtrade_side.records.live_state import LiveState
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.rebalancer import Rebalancer


@dataclass(frozen=True)
class Life:
    """What is known at the start of a life, before anything is done with it."""

    setup: Setup
    state: LiveState
    is_resumed: bool
    markets: Markets
    rebalancer: Rebalancer
    account: Account


def take_up(
    exchange: Exchange, wallets: Wallets, config: Mapping[str, Any], setup: Setup, now: datetime
) -> Life:
    """Read what the life before left in the database.

    Parameters
    ----------
    exchange : Exchange
        freqtrade's, with its markets.
    wallets : Wallets
        freqtrade's.
    config : mapping
        freqtrade's, complete.
    setup : Setup
        The checked configuration.
    now : datetime
        UTC.

    Raises
    ------
    ValueError
        If the state in the database is damaged, or another portfolio's.
    """
    found = store.load_state()
    state = LiveState.model_validate(found or {"targets": {}, "mark": _new_mark()})
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
    state = state.model_copy(update={"leaving": setup.leaving, "dry_run": dry_run})
    settings = setup.settings
    rebalancer = Rebalancer(settings, setup.assets, setup.stake, settings.reserve)
    if found is None:
        rebalancer.begin(own_orders.last_round() + 1)
    else:
        rebalancer.resume(state, now)
        rebalancer.hands_off = setup.mask(state.hands_off)
        rebalancer.kept = rebalancer.untradable = setup.mask(left_out(state.setbacks, now))
        rebalancer.wait_for(state.awaited)
    account = Account(
        wallets,
        exchange,
        dry_run,
        setup.stake,
        own,
        settings.investment,
        state.book,
        state.flows,
    )
    account.balance_adopted_before()
    markets = Markets.of(exchange, config, setup.pairs)
    return Life(setup, state, found is not None, markets, rebalancer, account)


def _new_mark() -> str:
    return f"rb-{secrets.token_hex(4)}-"


def _leaving(setup: Setup, state: LiveState) -> list[str]:
    """Assets that were among the targets once and are still held."""
    held = {pair.split("/")[0] for pair in own_orders.holdings()}
    known = {*state.targets, *state.leaving} - {setup.stake, *setup.assets}
    return sorted(known & held)
