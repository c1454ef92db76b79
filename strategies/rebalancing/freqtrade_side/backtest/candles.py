"""freqtrade's candles, read as prices."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rebalancing.market.prices import SAME_COIN, PairCandles, PriceMatrix

if TYPE_CHECKING:
    from pandas import DataFrame

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
    for line in strangers(prices):
        logger.warning(line)
    return prices


def strangers(prices: PriceMatrix) -> list[str]:
    """Say which symbols came back as another coin, one line each."""
    return [
        f"{asset}: its price on {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} is more than "
        f"{SAME_COIN:g} times away from the one before the gap: taken for another coin and left "
        "out from then on"
        for asset, seconds in prices.strangers.items()
    ]
