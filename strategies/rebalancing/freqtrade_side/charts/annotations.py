"""Marks of the rounds on freqtrade's charts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from freqtrade.data.btanalysis import load_backtest_data
from pandas import DataFrame, Series, to_datetime

from rebalancing.rounds.tag import parse_tag

logger = logging.getLogger(__name__)

PLOT_CONFIG: dict[str, Any] = {
    "main_plot": {
        "round": {
            "type": "scatter",
            "plotly": {"mode": "markers", "marker": {"symbol": "diamond", "size": 9}},
            "color": "#8957e5",
        }
    },
    "subplots": {
        "Weight": {"target_weight": {"color": "#8957e5"}, "weight": {"color": "#0072b2"}},
    },
}

SHADE = "rgba(137, 87, 229, 0.3)"
"""Of a round on FreqUI's chart: its candle shows through."""

Marks = list[tuple[datetime, str]]


def recorded_marks(config: Mapping[str, Any]) -> dict[str, Marks]:
    """Read the rounds of the newest backtest result from its order tags.

    Parameters
    ----------
    config : mapping
        freqtrade's configuration, which names the result's place.

    Returns
    -------
    dict of str to list of (datetime, str)
        By pair, the times and tags of its orders, oldest first; empty if there is no result.
    """
    try:
        place = config.get("exportfilename") or config["exportdirectory"]
        trades = load_backtest_data(place, config.get("strategy"))
    except Exception as error:
        logger.info(f"No rounds to mark, the backtest result cannot be read: {error}")
        return {}
    marks: dict[str, Marks] = {}
    for pair, orders in zip(trades.get("pair", []), trades.get("orders", []), strict=False):
        for order in orders:
            if parse_tag(order.get("ft_order_tag")):
                when = datetime.fromtimestamp(order["order_filled_timestamp"] / 1000, UTC)
                marks.setdefault(pair, []).append((when, order["ft_order_tag"]))
    return marks


def reasons(tags: Iterable[object]) -> dict[int, str]:
    """Return the reason of each round, by its number, from order tags."""
    return {tag.number: str(tag.reason) for tag in filter(None, map(parse_tag, tags))}


def mark_rounds(frame: DataFrame, marks: Marks, timeframe: timedelta) -> Series:
    """Return a column that holds the close where a round traded, NaN elsewhere."""
    candles = to_datetime([when for when, _ in marks], utc=True).floor(timeframe)
    return frame["close"].where(frame["date"].isin(candles), np.nan)


def round_annotations(
    marks: Marks, start: datetime, end: datetime, timeframe: timedelta
) -> list[dict[str, Any]]:
    """Return freqtrade's plot annotations for the rounds between two moments.

    Parameters
    ----------
    marks : list of (datetime, str)
        Start and label of each round.
    start, end : datetime
        Beginning of the first and of the last candle that the chart shows.
    timeframe : timedelta
        Length of a candle: a mark covers that in which its round began.
    """
    candles = to_datetime([when for when, _ in marks], utc=True).floor(timeframe)
    half = timeframe / 2  # FreqUI draws a candle around its beginning
    return [
        {"type": "area", "start": at - half, "end": at + half, "label": label, "color": SHADE}
        for at, (when, label) in zip(candles.to_pydatetime(), marks, strict=True)
        if start <= when < end + timeframe
    ]
