"""What the baseline strategies have in common, the same settings as SmartRebalance above all."""

import json
from pathlib import Path
from typing import Any, ClassVar

from freqtrade.strategy import IStrategy
from pandas import DataFrame


class Bare(IStrategy):
    """Wants to hold every pair and decides nothing."""

    INTERFACE_VERSION = 3
    timeframe = "1h"
    stoploss = -1.0
    minimal_roi: ClassVar[dict] = {}
    use_exit_signal = False
    startup_candle_count = 0

    UP = 1 + 1e-12
    """Factor on stakes: freqtrade cuts amounts to whole lots, and a rounding error costs one."""

    def __init__(self, config: dict) -> None:
        super().__init__(config)
        self.max_open_trades = len(config["exchange"]["pair_whitelist"])

    def given_orders(self) -> list[dict[str, Any]]:
        """Return the orders that the benchmark took from a run of SmartRebalance."""
        orders = json.loads(Path(self.config["benchmark"]["orders"]).read_text(encoding="utf-8"))
        return list(orders)

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """No indicators."""
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """Let freqtrade ask for every pair that is not held, as SmartRebalance does."""
        dataframe["enter_long"] = 1
        dataframe["enter_tag"] = "rebalance"
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        """No exits by signal."""
        return dataframe
