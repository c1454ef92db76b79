"""The plan for this moment, worked out beside the bot: nothing is sent, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from freqtrade.enums import CandleType
from freqtrade.exchange import Exchange
from freqtrade.persistence import init_db
from freqtrade.resolvers import ExchangeResolver
from freqtrade.wallets import Wallets
from sqlalchemy.engine import make_url

from rebalancing.config.durations import timeframe_length
from rebalancing.decide import ask, awaited, decide
from rebalancing.freqtrade_side.backtest.candles import read_candles
from rebalancing.freqtrade_side.present.fee_rate import FeeRate
from rebalancing.freqtrade_side.present.life import Life, take_up
from rebalancing.freqtrade_side.present.quotes import QuoteBoard, Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.lease import lease_holder
from rebalancing.freqtrade_side.records.pulse import pulse_path, read_pulse
from rebalancing.freqtrade_side.setup.configuration import Setup, read_setup
from rebalancing.market.portfolio import Portfolio
from rebalancing.market.prices import PairCandles
from rebalancing.policy.guards import guards_of, targets_in_force
from rebalancing.policy.reason import Cause
from rebalancing.rounds.events import RoundDeclined, RoundOpened, RoundPlanned
from rebalancing.rounds.plan import Omission, Plan, Trade
from rebalancing.view import Decision, View


@dataclass(frozen=True)
class Preview:
    """What a round would do now. Money in the stake currency, weights as fractions.

    Parameters
    ----------
    stake : str
        Code of the stake currency.
    nav, cash : float
        Of the portfolio.
    assets : tuple of str
        Codes, the stake currency last.
    prices : tuple of float
        Stake currency for one coin, in their order, without the stake currency; NaN if unknown.
    weights, targets : tuple of float
        In the order of the assets.
    reason : str or None
        Why a round is due or open; None if none is, and this is what one would do if asked for.
    trades : tuple of Trade
        Sells first.
    left_out : tuple of Omission
        Wanted, and why it is not traded.
    note : str
        What forbids a round now; empty if nothing does.
    without : mapping of str to str
        Assets without a price that rounds do not wait for, and why.
    """

    stake: str
    nav: float
    cash: float
    assets: tuple[str, ...]
    prices: tuple[float, ...]
    weights: tuple[float, ...]
    targets: tuple[float, ...]
    reason: str | None
    trades: tuple[Trade, ...]
    left_out: tuple[Omission, ...]
    note: str
    without: Mapping[str, str]


def preview(config: dict[str, Any]) -> Preview:
    """Work out the plan for this moment.

    Parameters
    ----------
    config : dict
        freqtrade's, complete, with keys if it trades live.

    Raises
    ------
    OperationalException
        If the configuration is invalid.
    FreqtradeException
        If the exchange does not answer.
    """
    now = datetime.now(UTC)
    setup = read_setup(config, config.get("timeframe") or "1h")
    exchange = ExchangeResolver.load_exchange(config, validate=False)
    try:
        _open_database(config["db_url"])
        wallets = Wallets(config, exchange)
        life = take_up(exchange, wallets, config, setup, now)
        return _planned(exchange, life, config, now)
    finally:
        exchange.close()


def _open_database(url: str) -> None:
    """Open the bot's database, or an empty one in memory if the bot has never run."""
    file = make_url(url).database
    never_ran = make_url(url).get_backend_name() == "sqlite" and not Path(file or "").exists()
    init_db("sqlite://" if never_ran else url)


def _planned(exchange: Exchange, life: Life, config: dict[str, Any], now: datetime) -> Preview:
    timeframe = config.get("timeframe") or "1h"
    candles = _candles(exchange, life.setup, timeframe)
    worth = life.state.nav or life.account.balance({})
    board = QuoteBoard(exchange, life.setup, now, timeframe_length(timeframe))
    quotes = board.at(now, candles, worth)
    fees = FeeRate(life.markets.fee)
    snapshots = Snapshots(life.setup, life.markets, life.account, fees)
    held = own_orders.holdings()
    cash = life.account.cash(held, life.state.book)
    portfolio = snapshots.portfolio(quotes.prices, held, cash)
    without = _without(life, quotes)
    absent = without.keys() - set(life.state.without)
    state = life.state.changed(
        paused=None, stopped=None, awaited=awaited(life.policy, life.state, absent)
    )
    current = state.round
    orders = [] if current is None else own_orders.of_round(current.tag)
    fills = own_orders.fills(orders)
    rules = partial(snapshots.rules, portfolio, held)
    view = View(now, portfolio, rules, fills, past=quotes.past)
    targets = targets_in_force(life.policy, view, guards_of(life.policy, state, now))
    reason, plan = _due(decide(life.policy, state, view))
    if reason is None:
        _, plan = _due(decide(life.policy, ask(state.changed(round=None), Cause.ASKED), view))
    trouble = (line for line in quotes.trouble if line.split("/")[0] not in without)
    notes = (_freqtrade(config), life.state.paused, life.state.stopped, *trouble)
    note = "; ".join(filter(None, notes))
    return _result(life.setup, portfolio, targets.tolist(), reason, plan, note, without)


def _due(decision: Decision) -> tuple[str | None, Plan]:
    """Return why a round is due or open, and its plan; None if none is."""
    reason, plan = None, Plan()
    for event in decision.events:
        if isinstance(event, RoundOpened | RoundPlanned):
            plan = event.round.plan
        elif isinstance(event, RoundDeclined):
            reason, plan = str(event.reason), event.plan
    current = decision.state.round
    return (reason if current is None else str(current.reason)), plan


def _without(life: Life, quotes: Quotes) -> dict[str, str]:
    """Return the assets without a price that rounds do not wait for, and why.

    The bot may have waited for an hour already.
    """
    priced = zip(life.setup.assets, np.isfinite(quotes.prices).tolist(), strict=True)
    known = {**life.state.left_out, **quotes.left_out}
    return {asset: known[asset] for asset, has_one in priced if asset in known and not has_one}


def _result(
    setup: Setup,
    portfolio: Portfolio,
    targets: list[float],
    reason: str | None,
    plan: Plan,
    note: str,
    without: Mapping[str, str],
) -> Preview:
    return Preview(
        stake=setup.stake,
        nav=portfolio.nav,
        cash=portfolio.cash,
        assets=(*setup.assets, setup.stake),
        prices=tuple(portfolio.prices.tolist()),
        weights=tuple(portfolio.weights.tolist()),
        targets=tuple(targets),
        reason=reason,
        trades=plan.trades,
        left_out=plan.omitted,
        note=note,
        without=without,
    )


def _freqtrade(config: dict[str, Any]) -> str | None:
    """Say what freqtrade was told to do, if it runs and its user has paused or stopped it."""
    pulse = read_pulse(pulse_path(config))
    if pulse is None or pulse.freqtrade == "running" or not lease_holder(config["db_url"]):
        return None
    return f"freqtrade is {pulse.freqtrade}"


def _candles(exchange: Exchange, setup: Setup, timeframe: str) -> dict[str, PairCandles]:
    """Return the last candles: they tell whether a price is absurd."""
    listed = (pair for pair in setup.pairs if pair in exchange.markets)
    wanted = [(pair, timeframe, CandleType.SPOT) for pair in listed]
    found = exchange.refresh_latest_ohlcv(wanted, cache=False)
    return {pair: read_candles(frame) for (pair, _, _), frame in found.items() if len(frame)}
