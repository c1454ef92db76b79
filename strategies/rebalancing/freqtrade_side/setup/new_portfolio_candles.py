"""The candles of a new portfolio: which are recorded, and which a backtest should use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from freqtrade.data.history import get_datahandler
from freqtrade.enums import TradingMode
from freqtrade.exchange import timeframe_to_seconds, validate_exchange

from rebalancing.config.durations import parse_duration
from rebalancing.config.new_portfolio import NewPortfolio


def recorded_timeframes(datadir: Path, pairs: Sequence[str]) -> set[str]:
    """Return the timeframes of which a folder holds candles of every pair."""
    handler = get_datahandler(datadir, "feather")
    listed = handler.ohlcv_get_available_data(datadir, TradingMode.SPOT)
    # A download that found nothing leaves a file without candles.
    held = {
        (pair, timeframe)
        for pair, timeframe, kind in listed
        if pair in pairs and handler.ohlcv_data_min_max(pair, timeframe, kind)[2] > 0
    }
    return {timeframe for _, timeframe in held if all((pair, timeframe) in held for pair in pairs)}


def choose_timeframe(portfolio: NewPortfolio, wanted: str | None, data: Path) -> str:
    """Return the candles of backtests: what is wanted, else what fits the policy.

    Where some that fit are recorded for all pairs, those.

    Parameters
    ----------
    wanted : str or None
        The user's choice.
    data : Path
        freqtrade's folder with a folder of candles for each exchange.

    Raises
    ------
    ValueError
        If the exchange has no such candles, or they are longer than the period.
    """
    exchange, period = portfolio.exchange, portfolio.period
    offered = tuple(getattr(validate_exchange(exchange)[3], "timeframes", None) or ())
    listed = ", ".join(offered)
    if wanted is not None:
        if wanted not in offered:
            raise ValueError(f"{exchange} has no candles of {wanted}; it has {listed}")
        length = timeframe_to_seconds(wanted)
        if period is not None and length > parse_duration(period).total_seconds():
            raise ValueError(f"{wanted} is longer than the period; use at most {period}")
        return wanted
    fitting = [timeframe for timeframe in portfolio.timeframes if timeframe in offered]
    if not fitting:
        raise ValueError(f"no candles of {exchange} divide the period {period}; it has {listed}")
    recorded = recorded_timeframes(data / exchange, portfolio.pairs)
    return next((timeframe for timeframe in fitting if timeframe in recorded), fitting[0])
