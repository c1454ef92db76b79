"""The start of a live bot: what the life before left, and the parts of the new one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from freqtrade.exceptions import FreqtradeException, OperationalException
from freqtrade.exchange import Exchange
from freqtrade.strategy import IStrategy

from rebalancing.config.durations import timeframe_length
from rebalancing.config.policy_words import describe
from rebalancing.events.start import (
    JournalAhead,
    RoundDropped,
    RoundGoesOn,
    RoundHadEnded,
    SettingsKept,
    Started,
)
from rebalancing.freqtrade_side.internals import exchange_of
from rebalancing.freqtrade_side.live import trade_corrections
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.lost_orders import LostOrders
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.order_guard import OrderGuard
from rebalancing.freqtrade_side.live.order_marks import OrderMarks
from rebalancing.freqtrade_side.live.refusals import Refusals
from rebalancing.freqtrade_side.live.run import LiveRun
from rebalancing.freqtrade_side.live.trade_writer import TradeWriter
from rebalancing.freqtrade_side.present.fee_rate import FeeRate
from rebalancing.freqtrade_side.present.life import Life, take_up
from rebalancing.freqtrade_side.present.quotes import QuoteBoard, middle
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders, store
from rebalancing.freqtrade_side.records.journal_file import Journal, journal_path, last_closed
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.freqtrade_side.setup.investment import check_investment
from rebalancing.market.prices import PairCandles
from rebalancing.version import __version__

logger = logging.getLogger(__name__)


def start_live(
    strategy: IStrategy, setup: Setup, candles: Mapping[str, PairCandles], kept: str
) -> LiveRun:
    """Take up what the life before left and put the parts together.

    Parameters
    ----------
    strategy : IStrategy
        With its data provider and wallets.
    candles : mapping of str to PairCandles
        By pair; the strategy keeps it up to date.
    kept : str
        Why an older configuration is still in force; empty if it is not.

    Raises
    ------
    ValueError
        If nothing is held yet and the investment is too small, or if the state in the database
        is damaged or another portfolio's. freqtrade makes one line of it.
    """
    now = datetime.now(UTC)
    store.wait_for_others()
    exchange = exchange_of(strategy.dp)
    life = take_up(exchange, strategy.wallets, strategy.config, setup, now)
    setup, state, account = life.setup, life.state, life.account
    if not life.is_resumed and not own_orders.holdings():
        _check(exchange, life)
    trade_writer = TradeWriter(exchange, strategy.config, strategy.get_strategy_name())
    is_live = not strategy.config["dry_run"]
    marks = OrderMarks(exchange, state.mark)
    lost_orders = LostOrders(exchange, trade_writer, setup.stake, is_live, marks)
    path = journal_path(strategy.config)
    diary = Diary(Journal(path), strategy.dp)
    told = last_closed(path) if life.is_resumed or is_live else -1
    words, resumed = describe(setup.settings), life.is_resumed
    diary.write(now, Started(words, __version__, not is_live, state.targets, resumed))
    state = state.changed(kept=kept or None)
    if state.round is None:
        state = state.changed(announced=None)
    if kept:
        diary.write(now, SettingsKept(kept))
    _tell_of_the_round(diary, now, life)
    if told >= (state.number if life.is_resumed else 0):
        ahead = JournalAhead(told)
        state = state.changed(paused=ahead.why)
        diary.write(now, ahead)
    memory, snapshots = (
        Memory(state),
        Snapshots(setup, life.markets, account, FeeRate(life.markets.fee)),
    )
    memory.save(now)
    for pair in setup.pairs:
        if pair not in exchange.markets:
            trade_corrections.assume_fees(pair, life.markets.fee, setup.stake)
    return LiveRun(
        life.policy,
        snapshots,
        memory,
        QuoteBoard(exchange, setup, now, timeframe_length(strategy.timeframe)),
        trade_writer,
        lost_orders,
        diary,
        strategy.dp,
        candles,
        Refusals(exchange),
        OrderGuard(exchange, strategy, setup, memory),
    )


def _tell_of_the_round(diary: Diary, now: datetime, life: Life) -> None:
    """Tell what becomes of a round that a life before began.

    Every start that was told gets an end, and every end a start.
    """
    before, current = life.round_before, life.state.round
    if current is not None:
        diary.write(now, RoundGoesOn(current.tag))
    elif before is not None:
        diary.write(now, RoundDropped(before.number, before.tag))
    elif life.state.announced is not None:
        diary.write(now, RoundHadEnded(life.state.announced))


def _check(exchange: Exchange, life: Life) -> None:
    """Refuse an investment that is too small, as far as prices can be had already."""
    setup, account = life.setup, life.account
    try:
        tickers: Mapping[str, Any] = exchange.get_tickers(list(setup.pairs))
    except FreqtradeException:
        tickers = {}
    prices = np.array([middle(tickers.get(pair, {})) for pair in setup.pairs])
    available = account.balance({})
    if setup.settings.adopt_holdings:
        coins = np.array([account.coins(asset) for asset in setup.assets])
        available += float(np.nansum(coins * prices))
    try:
        check_investment(setup, life.markets, prices, available, setup.settings.reserve)
    except OperationalException as error:
        raise ValueError(str(error)) from None
