"""A rebalancer driven by freqtrade's backtest."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from freqtrade.persistence import LocalTrade
from freqtrade.wallets import Wallets

from rebalancing.config.settings import Settings
from rebalancing.decide import decide, take
from rebalancing.events.backtest import BacktestRoundEnded
from rebalancing.freqtrade_side.backtest.candles import price_matrix
from rebalancing.freqtrade_side.backtest.holdings import (
    held_amounts,
    open_trades,
    real_cash,
)
from rebalancing.freqtrade_side.orders import (
    exit_at_the_open,
    name_entries,
    partial_sell_stake,
    round_fills,
)
from rebalancing.freqtrade_side.records.journal_file import Journal
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Portfolio, Vector
from rebalancing.market.prices import PairCandles
from rebalancing.policy.policy import Policy
from rebalancing.policy.schedule import sleeps
from rebalancing.resume import begun
from rebalancing.rounds.events import (
    Outcome,
    RoundClosed,
    RoundDeclined,
    RoundEvent,
    RoundOpened,
)
from rebalancing.rounds.round import Fill
from rebalancing.view import View

logger = logging.getLogger(__name__)


class BacktestRun:
    """One run over the candles: an epoch of a hyperopt is one too.

    Parameters
    ----------
    settings : Settings
        The policy of this run.
    markets : Markets
        Lots, minimums and fee.
    wallets : Wallets
        freqtrade's, which it keeps up to date.
    candles : mapping of str to PairCandles
        By pair.
    timeframe : timedelta
        The main timeframe.
    quiet : bool
        Log nothing but warnings: an epoch of a hyperopt is one of many.
    journal : Journal or None
        Told how each round ended and what it left out; None keeps none.

    Attributes
    ----------
    marks : list of (datetime, str)
        Start and tag of the closed rounds, oldest first.
    """

    def __init__(
        self,
        setup: Setup,
        settings: Settings,
        markets: Markets,
        wallets: Wallets,
        candles: Mapping[str, PairCandles],
        timeframe: timedelta,
        quiet: bool,
        journal: Journal | None = None,
    ) -> None:
        self._setup = setup
        self._markets = markets
        self._wallets = wallets
        by_asset = {pair.split("/")[0]: found for pair, found in candles.items()}
        self._prices = price_matrix(setup.assets, by_asset, timeframe)
        self._policy = Policy(settings, setup.assets, setup.stake)
        self._state = begun(self._policy)
        self.marks: list[tuple[datetime, str]] = []
        self._held: tuple[Vector, float] | None = None
        self._quiet, self._told, self._journal = quiet, "", journal
        # What the account has beyond the investment is not the portfolio's, now or later.
        account = wallets.get_total(setup.stake)
        self._beyond: float = max(0.0, account - (setup.settings.investment or account))

    @property
    def is_ordering(self) -> bool:
        """The open round has trades that freqtrade has not been told of yet."""
        current = self._state.round
        return current is not None and current.is_waiting

    def loop(self, now: datetime) -> None:
        """Think once for the candle that starts at `now`."""
        prices = None if sleeps(self._policy, self._state, now) else self._prices.at(now)
        if prices is None:
            return
        decision = decide(self._policy, self._state, self._view(now, prices))
        self._state = decision.state
        for event in decision.events:
            self._tell(now, event)
        if self.is_ordering:
            self._sellers_first()

    def entry_stake(self, pair: str, now: datetime, _rate: float) -> float:
        """Return the stake with which to open a trade, 0 for none."""
        return self._buy(pair, now)

    def adjustment(
        self, trade: LocalTrade, now: datetime, _rate: float
    ) -> tuple[float, str] | None:
        """Return the stake by which to change a trade and the tag of the order.

        Returns
        -------
        tuple of float and str, or None
            Positive to buy, negative (relative to the cost basis) to sell; None for nothing.
        """
        current = self._state.round
        asset = trade.safe_base_currency
        if current is None or trade.has_open_orders:
            return None
        if asset in current.sellers:
            self._state, sell = take(self._state, asset, now)
            assert sell is not None
            lot = float(self._markets.lots[self._setup.assets.index(asset)])
            return partial_sell_stake(trade, -sell.amount, lot), current.tag
        stake = self._buy(trade.pair, now)
        return (stake, current.tag) if stake > 0 else None

    def _buy(self, pair: str, now: datetime) -> float:
        self._state, buy = take(self._state, pair.split("/")[0], now)
        if self._state.round is None or buy is None:
            return 0.0
        return self._state.round.share(buy, self._cash(), self._markets.fee)

    def _view(self, now: datetime, prices: Vector) -> View:
        current = self._state.round
        executed: dict[str, Fill] = {}
        has_open_orders = False
        if current is not None:
            trades = open_trades()
            name_entries(trades, current)
            exit_at_the_open(trades)
            self._held = None
            executed = round_fills(trades, current)
            has_open_orders = any(trade.has_open_orders for trade in trades)
        snapshot = self._snapshot(prices)
        return View(
            now,
            snapshot,
            lambda: self._rules(prices),
            executed,
            has_open_orders,
            past=lambda: self._prices.past(now),
        )

    def _snapshot(self, prices: Vector) -> Portfolio:
        if self._held is None:
            self._held = (held_amounts(open_trades(), self._setup.pairs), self._cash())
        amounts, cash = self._held
        return Portfolio(self._setup.assets, amounts, prices, cash)

    def _cash(self) -> float:
        return real_cash(self._wallets, self._setup.stake, open_trades()) - self._beyond

    def _rules(self, prices: Vector) -> MarketRules:
        return self._markets.rules(prices, self._setup.settings.min_trade)

    def _sellers_first(self) -> None:
        """Put the pairs of sellers in front, and those of buyers behind them.

        freqtrade walks the pairs in the order of this very list: so a whole round fills at one open
        (where the list is another one, buys wait a candle), and the callback is off again before
        freqtrade comes to the rest.
        """
        current = self._state.round
        assert current is not None
        turn = dict.fromkeys(current.buyers, 1) | dict.fromkeys(current.sellers, 0)
        open_trades().sort(key=lambda trade: turn.get(trade.safe_base_currency, 2))

    def _tell(self, now: datetime, event: RoundEvent) -> None:
        """Log what a round leaves out, or why a due one does not start, once.

        Write down how each ended.
        """
        if isinstance(event, RoundClosed):
            self._report(now, event)
        elif self._quiet:
            return
        elif isinstance(event, RoundOpened) and event.round.plan.omitted:
            left = event.round.plan.shortfall
            logger.info(f"{now:%Y-%m-%d %H:%M} {event.round.tag} leaves out {left}")
        elif isinstance(event, RoundDeclined) and event.plan.shortfall != self._told:
            self._told = event.plan.shortfall
            logger.info(f"{now:%Y-%m-%d %H:%M} no round ({event.reason}): {self._told}")

    def _report(self, now: datetime, event: RoundClosed) -> None:
        ended = event.round
        self.marks.append((ended.started, ended.tag))
        if self._journal is not None:
            self._journal.record(now, BacktestRoundEnded(event))
        if event.outcome is Outcome.GAVE_UP:
            logger.warning(f"round {ended.tag} gave up: its orders did not fill")
