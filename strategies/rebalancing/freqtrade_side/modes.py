"""The strategy in each of freqtrade's run modes: backtest, trade, or draw a chart."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from freqtrade.enums import OPTIMIZE_MODES, TRADE_MODES, RunMode, State
from freqtrade.exceptions import OperationalException
from freqtrade.persistence import Order
from freqtrade.strategy import IStrategy
from pandas import Series, Timestamp

from rebalancing.config.cautions import cautions
from rebalancing.config.policy_words import describe
from rebalancing.freqtrade_side.backtest.backtest_range import check_range
from rebalancing.freqtrade_side.backtest.decimals import unusable_prices
from rebalancing.freqtrade_side.backtest.run import BacktestRun
from rebalancing.freqtrade_side.charts.annotations import Marks, recorded_marks
from rebalancing.freqtrade_side.history.backtest_journal import backtest_journal
from rebalancing.freqtrade_side.history.recorded_weights import recorded_weights
from rebalancing.freqtrade_side.history.running_weights import RunningWeights
from rebalancing.freqtrade_side.internals import exchange_of, freqtrade_state
from rebalancing.freqtrade_side.live.order_types import OrderTypes
from rebalancing.freqtrade_side.live.run import LiveRun
from rebalancing.freqtrade_side.live.start import start_live
from rebalancing.freqtrade_side.markets import markets_of
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.pulse import Pulse, PulseFile, pulse_path
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.freqtrade_side.setup.investment import check_investment
from rebalancing.freqtrade_side.setup.parameters import Parameters, loss_warning
from rebalancing.market.prices import PairCandles, first_closes

logger = logging.getLogger(__name__)

Signals = np.ndarray[tuple[int], np.dtype[np.int64]]
"""Of one candle each: 1 or 0."""


@dataclass(frozen=True)
class Terms:
    """What was configured.

    Parameters
    ----------
    setup : Setup
        Checked.
    kept : str
        Why it is an older configuration that is still in force; empty if it is not.
    parameters : Parameters
        Of hyperopt.
    step : timedelta
        Length of a candle.
    """

    setup: Setup
    kept: str
    parameters: Parameters
    step: timedelta


class Charting:
    """A chart decides nothing; it shows what the newest result recorded.

    Parameters
    ----------
    strategy : IStrategy
        freqtrade's, with its exchange and wallets from `start` on.
    terms : Terms
        What was configured.

    Attributes
    ----------
    run : BacktestRun or LiveRun or None
        What decides; None if nothing does now.
    """

    def __init__(self, strategy: IStrategy, terms: Terms) -> None:
        self._strategy = strategy
        self._terms = terms
        self.run: BacktestRun | LiveRun | None = None
        self._weights: dict[str, Series] = {}
        self._marks: dict[str, Marks] = {}

    def start(self) -> None:
        """freqtrade has its exchange, wallets and database."""
        self._marks = recorded_marks(self._strategy.config)
        self._weights = recorded_weights(self._strategy.config)

    def keep(self, pair: str, candles: PairCandles) -> None:
        """Take note of the candles of a pair."""

    def complete(self) -> None:
        """Check what a backtest has read, the candles of all pairs."""

    def begin(self) -> None:
        """Get ready: a backtest begins, or a loop is under way."""

    def entries(self, _pair: str, _candles: int) -> int | Signals:
        """Return the signal of an entry, one for all candles or one for each.

        On a chart they would hide the rounds.
        """
        return 0

    def loop(self, now: datetime) -> None:
        """Think once per candle or loop."""

    def heartbeat(self) -> None:
        """freqtrade is alive, whatever its state."""

    def is_overdue(self, _order: Order, _now: datetime) -> bool:
        """Tell whether a resting order has waited long enough for its price."""
        return False

    def marks(self, pair: str) -> Marks:
        """Return time and tag of the rounds that traded a pair, oldest first."""
        return self._marks.get(pair, [])

    def weights(self, pair: str, _newest: Timestamp) -> Series | None:
        """Return the weights of a pair by time (UTC), None if they are not known.

        `_newest` is the beginning of the newest candle.
        """
        return self._weights.get(pair)


class Testing(Charting):
    """Backtests and hyperopt."""

    def __init__(self, strategy: IStrategy, terms: Terms) -> None:
        super().__init__(strategy, terms)
        self._candles: dict[str, PairCandles] = {}

    def start(self) -> None:
        """Ask the exchange for the markets."""
        strategy = self._strategy
        exchange = exchange_of(strategy.dp)
        self._markets = markets_of(exchange, strategy.config, self._terms.setup.pairs)
        is_search = strategy.config["runmode"] == RunMode.HYPEROPT
        if is_search and (warning := loss_warning(strategy.config.get("hyperopt_loss"))):
            logger.warning(warning)

    def keep(self, pair: str, candles: PairCandles) -> None:
        """Keep the candles."""
        self._candles[pair] = candles

    def complete(self) -> None:
        """Refuse what cannot be run as configured, and say what is strange about the rest."""
        strategy, setup = self._strategy, self._terms.setup
        if problems := unusable_prices(self._candles):
            raise OperationalException("\n".join(problems))
        check_range(strategy, setup.pairs, self._candles, self._terms.step)
        prices = first_closes(setup.pairs, self._candles)
        balance = strategy.wallets.get_starting_balance()
        check_investment(setup, self._markets, prices, balance)
        tested = strategy.config["runmode"] == RunMode.BACKTEST
        # A hyperopt's parameters have no value yet: asked now they would stay at their first one.
        settings = self._terms.parameters.effective() if tested else setup.settings
        for sentence in cautions(settings, setup.assets, setup.stake, self._markets.fee, balance):
            logger.warning(sentence)
        if tested:
            logger.info(f"Policy: {describe(settings)} (from {self._terms.parameters.source})")

    def begin(self) -> None:
        """Forget the run before: an epoch of a hyperopt is one of many."""
        self.run = None

    def entries(self, _pair: str, _candles: int) -> int | Signals:
        """Let freqtrade ask for the stake of every asset that is not held, in every candle."""
        return 1

    def loop(self, now: datetime) -> None:
        """Decide once per candle."""
        strategy = self._strategy
        if self.run is None:
            self.run = BacktestRun(
                self._terms.setup,
                self._terms.parameters.effective(),
                self._markets,
                strategy.wallets,
                self._candles,
                self._terms.step,
                quiet=strategy.config["runmode"] == RunMode.HYPEROPT,
                journal=backtest_journal(strategy.config, strategy.get_strategy_name()),
            )
        self.run.loop(now)

    def marks(self, _pair: str) -> Marks:
        """Return the rounds of the run, whatever they traded."""
        return self.run.marks if isinstance(self.run, BacktestRun) else []


class Trading(Charting):
    """Dry-run and live."""

    def __init__(self, strategy: IStrategy, terms: Terms) -> None:
        super().__init__(strategy, terms)
        self._candles: dict[str, PairCandles] = {}

    def start(self) -> None:
        """Take up what the life before left."""
        strategy = self._strategy
        setup = self._terms.setup
        self._live = start_live(strategy, setup, self._candles, self._terms.kept)
        # What is held already was bought with a part of the cash.
        cash = math.inf if own_orders.holdings() else strategy.wallets.get_total(setup.stake)
        fee = float(strategy.config.get("fee") or 0.0)
        for sentence in cautions(setup.settings, setup.assets, setup.stake, fee, cash):
            logger.warning(sentence)
        self._order_types = OrderTypes(strategy)
        self._pulse = PulseFile(pulse_path(strategy.config))
        self._shown = RunningWeights(setup, strategy.dp, strategy.timeframe)
        self.run = self._live
        self.heartbeat()

    def keep(self, pair: str, candles: PairCandles) -> None:
        """Keep the candles: they tell whether a price is absurd."""
        self._candles[pair] = candles

    def loop(self, now: datetime) -> None:
        """Decide once per loop of the bot."""
        self._live.loop(now)
        self._order_types.set(self._live, now)
        self.heartbeat()

    def heartbeat(self) -> None:
        """Show it to whoever asks for the bot's status."""
        state = freqtrade_state(self._strategy.dp) if self.run is not None else None
        if state in (State.RUNNING, State.PAUSED, State.STOPPED):
            self._pulse.beat(Pulse(datetime.now(UTC), state.name.lower()))

    def entries(self, pair: str, candles: int) -> int | Signals:
        """Mark the newest candle if this loop is to open a trade of the pair."""
        signals = np.zeros(candles, dtype=np.int64)
        signals[-1:] = pair in self._order_types.entries
        return signals

    def is_overdue(self, order: Order, now: datetime) -> bool:
        """Tell whether a maker's order has waited long enough for its price."""
        return self._live.is_overdue(order.order_date_utc, now)

    def marks(self, pair: str) -> Marks:
        """Return the rounds that traded a pair, from freqtrade's database."""
        return own_orders.marks(pair)

    def weights(self, pair: str, newest: Timestamp) -> Series | None:
        """Return them as its orders made them."""
        return self._shown.of(pair, newest)


def mode_of(strategy: IStrategy, terms: Terms) -> Charting:
    """Return what a strategy does in the run mode of its configuration."""
    runmode = strategy.config.get("runmode")
    if runmode in TRADE_MODES:
        return Trading(strategy, terms)
    return (Testing if runmode in OPTIMIZE_MODES else Charting)(strategy, terms)
