"""freqtrade's candles, read as prices."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from pandas import DataFrame

from rebalancing.market.prices import SAME_COIN, PairCandles, PriceMatrix

logger = logging.getLogger(__name__)


def read_candles(frame: DataFrame) -> PairCandles:
    """Read the candles of a pair: columns date, open, high, low, close, volume."""
    dates = frame["date"].dt.tz_convert(None).to_numpy().astype("datetime64[s]")
    columns = [
        frame[name].to_numpy(dtype=float) for name in ("open", "high", "low", "close", "volume")
    ]
    return PairCandles.of(dates.astype(np.int64), *columns)


def price_matrix(
    assets: Sequence[str], candles: Mapping[str, PairCandles], step: timedelta
) -> PriceMatrix:
    """Return the prices of the assets, and warn of symbols that came back as another coin.

    Raises
    ------
    ValueError
        If there are no candles at all.
    """
    prices = PriceMatrix(assets, candles, step)
    for asset, seconds in prices.strangers.items():
        when = datetime.fromtimestamp(seconds, UTC)
        logger.warning(
            f"{asset}: its price on {when:%Y-%m-%d %H:%M} is more than {SAME_COIN:g} times "
            "away from the one before the gap: taken for another coin and left out from then on"
        )
    return prices
