"""SmartRebalance: keeps target weights across pairs. It translates; `rebalancing` decides."""

import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from freqtrade import __version__ as freqtrade_version
from freqtrade.enums import OPTIMIZE_MODES, TRADE_MODES, RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_seconds
from freqtrade.persistence import Order, Trade
from freqtrade.strategy import IStrategy
from pandas import DataFrame, Series

_HERE = str(Path(__file__).resolve().parent)
if _HERE not in sys.path[1:]:
    # freqtrade has put the folder first and will take that away; hyperopt's workers need it too.
    sys.path.append(_HERE)

from rebalancing import SUPPORTED_FREQTRADE, __version__, describe  # noqa: E402
from rebalancing.freqtrade_side.annotations import (  # noqa: E402
    PLOT_CONFIG,
    mark_rounds,
    recorded_marks,
    round_annotations,
)
from rebalancing.freqtrade_side.backtest import BacktestRun  # noqa: E402
from rebalancing.freqtrade_side.candles import PairCandles, first_closes  # noqa: E402
from rebalancing.freqtrade_side.history.backtest_journal import (  # noqa: E402
    backtest_journal,
)
from rebalancing.freqtrade_side.history.recorded_weights import (  # noqa: E402
    recorded_weights,
    weight_column,
)
from rebalancing.freqtrade_side.investment import check_investment  # noqa: E402
from rebalancing.freqtrade_side.last_valid import read_or_keep  # noqa: E402
from rebalancing.freqtrade_side.live.order_types import OrderTypes  # noqa: E402
from rebalancing.freqtrade_side.live.redaction import redact_logs  # noqa: E402
from rebalancing.freqtrade_side.live.run import LiveRun  # noqa: E402
from rebalancing.freqtrade_side.live.start import start_live  # noqa: E402
from rebalancing.freqtrade_side.markets import Markets  # noqa: E402
from rebalancing.freqtrade_side.orders import ENTRY_TAG  # noqa: E402
from rebalancing.freqtrade_side.parameter_file import file_problems  # noqa: E402
from rebalancing.freqtrade_side.parameters import Parameters  # noqa: E402

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
        self._testing, self._trading = runmode in OPTIMIZE_MODES, runmode in TRADE_MODES
        if self._trading:
            redact_logs()
        elif not self._testing:  # a chart, of some of the pairs
            config = {**config, **(config.get("original_config") or {})}
        self._setup, self._kept = read_or_keep(config, self.timeframe)
        if problems := file_problems(self._ft_params_from_file, self._setup, self._trading):
            raise OperationalException("\n".join(problems))
        self.max_open_trades = len(self._setup.assets)
        seconds = timeframe_to_seconds(config.get("timeframe") or self.timeframe)
        self._step = timedelta(seconds=seconds)
        self._parameters = Parameters.of(self._setup.settings, seconds)
        if self._parameters.period is not None:
            self.period = self._parameters.period
        if self._parameters.threshold is not None:
            self.threshold = self._parameters.threshold
        self._candles: dict[str, PairCandles] = {}
        self._run: BacktestRun | LiveRun | None = None
        self._marks: dict[str, list[tuple[datetime, str]]] = {}
        self._weights: dict[str, Series] = {}
        self._checked = False

    def version(self) -> str:
        """Return the version of the package."""
        return __version__

    def bot_start(self, **kwargs) -> None:
        """Log what runs, and ask the exchange for the markets."""
        logger.info(f"SmartRebalance {__version__}, freqtrade {freqtrade_version}")
        if freqtrade_version not in SUPPORTED_FREQTRADE:
            tested = ", ".join(SUPPORTED_FREQTRADE)
            logger.warning(f"freqtrade {freqtrade_version} was not tested, {tested} was")
        if self._testing:
            self._markets = Markets.of(self.dp._exchange, self.config, self._setup.pairs)
        elif self._trading:
            self._run = start_live(self, self._setup, self._candles, self._kept)
            self._order_types = OrderTypes(self)
        else:
            self._marks = recorded_marks(self.config)
            self._weights = recorded_weights(self.config)

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Keep the candles; once all are there, check the investment."""
        pair = metadata["pair"]
        self._candles[pair] = PairCandles.of(dataframe)
        if self._testing and len(self._candles) == len(self._setup.pairs):
            self._check()
        dataframe["target_weight"] = self._setup.target_of(pair)
        dataframe["weight"] = weight_column(dataframe, self._weights.get(pair))
        dataframe["round"] = mark_rounds(dataframe, self._marks.get(pair, []), self._step)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Let freqtrade ask for every asset that is not held; a new run begins here."""
        if not self._trading:
            self._run = None
        if self._testing and not self._checked:  # some pairs have no candles
            self._check()
        dataframe["enter_long"] = int(
            self._testing or self._trading
        )  # on a chart they would hide the rounds
        dataframe["enter_tag"] = ENTRY_TAG
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """No exits by signal."""
        return dataframe

    def bot_loop_start(self, current_time: datetime, **kwargs) -> None:
        """Decide once per candle or loop; a chart decides nothing."""
        if not self._testing and not self._trading:
            return
        if self._run is None:
            self._run = BacktestRun(
                self._setup,
                self._parameters.effective(),
                self._markets,
                self.wallets,
                self._candles,
                self._step,
                quiet=self.config["runmode"] == RunMode.HYPEROPT,
                journal=backtest_journal(self.config, self.get_strategy_name()),
            )
        self._run.loop(current_time)
        self.position_adjustment_enable = self._run.is_ordering
        if isinstance(self._run, LiveRun):
            self._order_types.set(self._run, current_time)

    def custom_stake_amount(self, pair: str, current_time: datetime, **kwargs) -> float:
        """Open a trade if the round wants it."""
        return 0.0 if self._run is None else self._run.entry_stake(pair, current_time)

    def adjust_trade_position(
        self, trade: Trade, current_time: datetime, **kwargs
    ) -> tuple[float, str] | None:
        """Buy or sell what the round wants of this pair."""
        if self._run is None:
            return None
        change = self._run.adjustment(trade, current_time)
        self.position_adjustment_enable = self._run.is_ordering
        return change

    def check_entry_timeout(self, order: Order, current_time: datetime, **kwargs) -> bool:
        """Cancel what has waited long enough for its price."""
        return self._is_overdue(order, current_time)

    def check_exit_timeout(self, order: Order, current_time: datetime, **kwargs) -> bool:
        """Cancel what has waited long enough for its price."""
        return self._is_overdue(order, current_time)

    def _is_overdue(self, order: Order, now: datetime) -> bool:
        live = self._run if isinstance(self._run, LiveRun) else None
        return live is not None and live.is_overdue(order.order_date_utc, now)

    def plot_annotations(
        self, pair: str, start_date: datetime, end_date: datetime, dataframe: DataFrame, **kwargs
    ) -> list:
        """Mark the rounds on the chart."""
        run = self._run if isinstance(self._run, BacktestRun) else None
        marks = self._marks.get(pair, []) if run is None else run.marks
        return round_annotations(marks, start_date, end_date, self._step)

    def _check(self) -> None:
        """Refuse an investment that is too small; log the policy of a backtest."""
        self._checked = True
        prices = first_closes(self._setup.pairs, self._candles)
        balance = self.wallets.get_starting_balance()
        check_investment(self._setup, self._markets, prices, balance)
        if self.config["runmode"] == RunMode.BACKTEST:
            for line in self._parameters.origins():
                logger.info(line)
            logger.info(f"Policy: {describe(self._parameters.effective())}")
