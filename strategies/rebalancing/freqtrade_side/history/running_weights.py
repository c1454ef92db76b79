"""The weights of a running bot, for FreqUI's charts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.persistence import Trade
from pandas import DataFrame, Series, Timestamp, to_datetime

from rebalancing.freqtrade_side.history.bot_history import history_of
from rebalancing.freqtrade_side.records import own_orders, store
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.portfolio import Vector

logger = logging.getLogger(__name__)


class RunningWeights:
    """Works out the weights from the bot's orders once for each new candle.

    Parameters
    ----------
    dataprovider : DataProvider
        freqtrade's, with the candles of all pairs.
    timeframe : str
        Theirs.
    """

    def __init__(self, setup: Setup, dataprovider: DataProvider, timeframe: str) -> None:
        self._setup = setup
        self._dataprovider = dataprovider
        self._timeframe = timeframe
        self._newest: Timestamp | None = None
        self._weights: dict[str, Series] = {}

    def of(self, pair: str, newest: Timestamp) -> Series | None:
        """Return the weights of a pair by time (UTC), None if there are none.

        `newest` is the beginning of the newest candle. Nothing depends on them, so that no error
        gets out.
        """
        if self._newest is None or newest > self._newest:
            self._newest = newest
            try:
                self._weights = self._work_out()
            except Exception as error:  # or freqtrade would have no signal for the pair
                logger.info(f"no weights to show: {error}")
                self._weights = {}
        return self._weights.get(pair)

    def _work_out(self) -> dict[str, Series]:
        orders = own_orders.executed(Trade.stake_currency == self._setup.stake)
        flows = [(when.timestamp(), amount) for when, amount in store.flows()]
        if not orders or not flows:
            return {}
        history = history_of(self._setup, orders, flows, self._prices)
        times, weights = to_datetime(history.time, unit="s", utc=True), history.weights()
        return {
            pair: Series(weights[:, column], index=times)
            for column, pair in enumerate(self._setup.pairs)
        }

    def _prices(self, pairs: Sequence[str], *_: Any) -> tuple[Vector, Vector, None]:
        """Return the opens of the candles; a pair that is no longer traded has none."""
        frames = {pair: self._dataprovider.ohlcv(pair, self._timeframe) for pair in pairs}
        opens = DataFrame(
            {pair: frame.set_index("date")["open"] for pair, frame in frames.items() if len(frame)},
            columns=list(pairs),
        ).ffill()  # a pair whose newest candle has not come yet
        times = to_datetime(opens.index).as_unit("s").asi8.astype(float)
        return times, opens.to_numpy(dtype=float), None
