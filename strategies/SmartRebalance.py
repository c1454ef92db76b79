"""SmartRebalance: keeps target weights across pairs. It translates; `rebalancing` decides."""

import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from freqtrade import __version__ as freqtrade_version
from freqtrade.enums import OPTIMIZE_MODES, TRADE_MODES, RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_seconds
from freqtrade.persistence import Order, Trade
from freqtrade.strategy import IStrategy
from pandas import DataFrame

_HERE = str(Path(__file__).resolve().parent)
if _HERE not in sys.path[1:]:
    # freqtrade has put the folder first and will take that away; hyperopt's workers need it too.
    sys.path.append(_HERE)

from rebalancing import SUPPORTED_FREQTRADE, __version__
from rebalancing.version import version_problem

if _problem := version_problem(freqtrade_version):
    # Now: what follows imports what older versions do not have, and freqtrade would hide why.
    raise OperationalException(_problem)

from rebalancing.freqtrade_side.backtest.candles import read_candles
from rebalancing.freqtrade_side.charts.annotations import (
    PLOT_CONFIG,
    mark_rounds,
    round_annotations,
)
from rebalancing.freqtrade_side.history.recorded_weights import weight_column
from rebalancing.freqtrade_side.internals import parameters_from_file
from rebalancing.freqtrade_side.modes import Terms, mode_of
from rebalancing.freqtrade_side.records.lease import take_lease
from rebalancing.freqtrade_side.records.redaction import redact_logs
from rebalancing.freqtrade_side.setup.last_valid import read_or_keep
from rebalancing.freqtrade_side.setup.parameter_file import file_problems
from rebalancing.freqtrade_side.setup.parameters import Parameters
from rebalancing.rounds.tag import ENTRY_TAG

logger = logging.getLogger(__name__)


class SmartRebalance(IStrategy):
    """Brings a portfolio back to its target weights, by period, by threshold, or both."""

    INTERFACE_VERSION = 3
    timeframe = "1h"
    stoploss = -1.0
    minimal_roi: ClassVar[dict] = {}
    use_exit_signal = False
    startup_candle_count = 0
    plot_config = PLOT_CONFIG

    def __init__(self, config: dict) -> None:
        super().__init__(config)
        runmode = config.get("runmode")
        trading = runmode in TRADE_MODES
        if trading:
            redact_logs()
        elif runmode not in OPTIMIZE_MODES:  # a chart, of some of the pairs
            config = {**config, **(config.get("original_config") or {})}
            if runmode == RunMode.UTIL_NO_EXCHANGE:
                self.startup_candle_count = 1  # recursive-analysis refuses the 0 that is true
        self._setup, kept = read_or_keep(config, self.timeframe)
        if problems := file_problems(parameters_from_file(self), self._setup, trading):
            raise OperationalException("\n".join(problems))
        if trading:
            take_lease(config["db_url"])
        self.max_open_trades = len(self._setup.assets)
        seconds = timeframe_to_seconds(config.get("timeframe") or self.timeframe)
        self._step = timedelta(seconds=seconds)
        parameters = Parameters.of(self._setup.settings, seconds)
        if parameters.period is not None:
            self.period = parameters.period
        if parameters.threshold is not None:
            self.threshold = parameters.threshold
        self._mode = mode_of(self, Terms(self._setup, kept, parameters, self._step))

    def version(self) -> str:
        """Return the version of the package.

        freqtrade asks with every heartbeat, also while it is stopped and calls nothing else.
        """
        self._mode.heartbeat()
        return __version__

    def bot_start(self, **kwargs: Any) -> None:
        """Log what runs; exchange, wallets and database are there now."""
        logger.info(f"SmartRebalance {__version__}, freqtrade {freqtrade_version}")
        if freqtrade_version not in SUPPORTED_FREQTRADE:
            tested = ", ".join(SUPPORTED_FREQTRADE)
            logger.warning(f"freqtrade {freqtrade_version} was not tested, {tested} was")
        self._mode.start()

    def advise_all_indicators(self, data: dict[str, DataFrame]) -> dict[str, DataFrame]:
        """Look at what a backtest has, once it has been read: here all pairs are together."""
        advised = super().advise_all_indicators(data)
        self._mode.complete()
        return advised

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Keep the candles, and show targets, weights and rounds on charts."""
        pair = metadata["pair"]
        self._mode.keep(pair, read_candles(dataframe))
        dataframe["target_weight"] = self._setup.target_of(pair)
        weights = self._mode.weights(pair, dataframe["date"].max())
        dataframe["weight"] = weight_column(dataframe, weights)
        dataframe["round"] = mark_rounds(dataframe, self._mode.marks(pair), self._step)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Let freqtrade ask for the stake of assets that are not held."""
        self._mode.begin()
        dataframe["enter_long"] = self._mode.entries(metadata["pair"], len(dataframe))
        dataframe["enter_tag"] = ENTRY_TAG
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """No exits by signal."""
        return dataframe

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Decide once per candle or loop."""
        self._mode.loop(current_time)
        self.position_adjustment_enable = self._mode.run is not None and self._mode.run.is_ordering

    def custom_stake_amount(
        self, pair: str, current_time: datetime, current_rate: float, **kwargs: Any
    ) -> float:
        """Open a trade if the round wants it."""
        run = self._mode.run
        return 0.0 if run is None else run.entry_stake(pair, current_time, current_rate)

    def adjust_trade_position(
        self, trade: Trade, current_time: datetime, current_rate: float, **kwargs: Any
    ) -> tuple[float, str] | None:
        """Buy or sell what the round wants of this pair."""
        run = self._mode.run
        if run is None:
            return None
        change = run.adjustment(trade, current_time, current_rate)
        self.position_adjustment_enable = run.is_ordering
        return change

    def check_entry_timeout(self, order: Order, current_time: datetime, **kwargs: Any) -> bool:
        """Cancel what has waited long enough for its price."""
        return self._mode.is_overdue(order, current_time)

    def check_exit_timeout(self, order: Order, current_time: datetime, **kwargs: Any) -> bool:
        """Cancel what has waited long enough for its price."""
        return self._mode.is_overdue(order, current_time)

    def plot_annotations(
        self,
        pair: str,
        start_date: datetime,
        end_date: datetime,
        dataframe: DataFrame,
        **kwargs: Any,
    ) -> list:
        """Mark the rounds on the chart."""
        return round_annotations(self._mode.marks(pair), start_date, end_date, self._step)
