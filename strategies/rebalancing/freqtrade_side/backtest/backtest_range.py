"""Whether a backtest has every asset, and every candle of the range that was asked for."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from freqtrade.exceptions import OperationalException

from rebalancing.freqtrade_side.setup.checks.candles import Range, download_command, parse_range
from rebalancing.market.prices import PairCandles
from rebalancing.performance.coverage import incomplete, sentences

if TYPE_CHECKING:
    from freqtrade.strategy import IStrategy

logger = logging.getLogger(__name__)

DOWNLOAD = ("freqtrade", "download-data")


def check_range(
    strategy: IStrategy,
    pairs: Sequence[str],
    candles: Mapping[str, PairCandles],
    step: timedelta,
) -> None:
    """Refuse targets that cannot be traded in the run, and warn of those that can in a part of it.

    Parameters
    ----------
    strategy : IStrategy
        freqtrade's, with its data provider.
    pairs : sequence of str
        The portfolio's.
    candles : mapping of str to PairCandles
        By pair, as far as freqtrade has any.
    step : timedelta
        Length of a candle.

    Raises
    ------
    OperationalException
        If the exchange has no market for a pair, or the range has no candle of it: one line each.
    """
    traded = strategy.dp.current_whitelist()
    problems, remarks = range_findings(
        strategy.config, str(strategy.timeframe), pairs, traded, candles, step
    )
    if problems:
        raise OperationalException("\n".join(problems))
    for line in remarks:
        logger.warning(line)


def range_findings(
    config: Mapping[str, Any],
    timeframe: str,
    pairs: Sequence[str],
    traded: Collection[str],
    candles: Mapping[str, PairCandles],
    step: timedelta,
) -> tuple[list[str], list[str]]:
    """Find what cannot be traded in a run, and what can in a part of it.

    Parameters
    ----------
    config : mapping
        freqtrade's; ``timerange`` counts if it is there.
    traded : collection of str
        Pairs that the exchange has an open market for.

    Returns
    -------
    tuple of two lists of str
        Problems and remarks, one line each. The other parameters are those of `check_range`.
    """
    exchange = config["exchange"]["name"]
    problems = [
        f"exchange.pair_whitelist: {exchange} has no open market for {pair}; remove pair and "
        'target, or, if it is closed by now, set "allow_inactive": true beside "StaticPairList"'
        for pair in pairs
        if pair not in traded
    ]
    begin, end = _asked_for(config, step)
    spans = {pair: _span(candles.get(pair), begin) for pair in pairs}
    found = incomplete(spans, step, begin, end)
    missing = [each for each in found if each.is_missing and each.asset in traded]
    get = download_command(config, [each.asset for each in missing], timeframe, DOWNLOAD)
    problems += [f"{line}; get them: {get}" for line in sentences(missing)]
    return problems, sentences(found)


def _asked_for(config: Mapping[str, Any], step: timedelta) -> Range:
    """Return the starts of the first and the last candle of the range.

    A range up to midnight is complete with the candle before it.
    """
    begin, end = parse_range(config.get("timerange"))
    return begin, end and end - step


def _span(candles: PairCandles | None, begin: datetime | None) -> tuple[datetime, datetime] | None:
    """Return the starts of the first and the last candle of the run; None without any.

    freqtrade may have read some from before its begin, and none from after its end.
    """
    if candles is None:
        return None
    dates = candles.dates
    low = 0 if begin is None else int(np.searchsorted(dates, begin.timestamp()))
    if low >= len(dates):
        return None
    first, last = (datetime.fromtimestamp(int(dates[row]), UTC) for row in (low, -1))
    return first, last
