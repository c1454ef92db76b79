"""The weights of the newest backtest, for freqtrade's charts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pandas import DataFrame, Series, to_datetime

from rebalancing.freqtrade_side.history.result import newest_result, read_records

logger = logging.getLogger(__name__)


def recorded_weights(config: Mapping[str, Any]) -> dict[str, Series]:
    """Read the weights from the newest backtest result.

    Parameters
    ----------
    config : mapping
        freqtrade's configuration, which names the result's place.

    Returns
    -------
    dict of str to Series
        By pair, the weights by time (UTC); empty if there is no result that can be read.
    """
    try:
        place = Path(str(config.get("exportfilename") or config["exportdirectory"]))
        records = read_records(newest_result(place))
    except (ValueError, KeyError) as error:
        logger.info(f"No weights to show, the backtest result cannot be read: {error}")
        return {}
    record = records.get(str(config.get("strategy"))) or next(iter(records.values()))
    history, weights = record.history, record.history.weights()
    times = to_datetime(history.time, unit="s", utc=True)
    return {
        f"{asset}/{history.stake}": Series(weights[:, column], index=times)
        for column, asset in enumerate(history.assets[:-1])
    }


def weight_column(frame: DataFrame, weights: Series | None) -> Series:
    """Return a column with the weight before the orders of each candle, NaN where none is known."""
    if weights is None:
        return Series(float("nan"), index=frame.index)
    return frame["date"].map(weights)
