"""The trades of everybody in a market, made of its candles."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.exchange.candles import Candles, timeframe_ms
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.markets import Market

_FINEST_FIRST = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d")
_CANDLE_TRADES = 4


@dataclass(frozen=True)
class MarketTrade:
    """A trade of others.

    Attributes
    ----------
    time_ms
        The exchange's clock; its number too.
    price, amount
        Quote and base currency.
    buyer_maker
        Whether the seller took what the buyer had on the book.
    """

    time_ms: int
    price: float
    amount: float
    buyer_maker: bool


def tape(
    exchange: LocalExchange, market: Market, from_ms: int | None, to_ms: int | None, limit: int
) -> list[MarketTrade]:
    """Return trades of a market, oldest first.

    Parameters
    ----------
    from_ms, to_ms
        Both included. Without a start it is the newest that are returned, else the oldest.
    limit
        How many at most.

    Notes
    -----
    Candles tell less than the trades they were made of: each becomes a trade at its open, its
    extremes and its close with a quarter of its volume. A price that no candle tells, because a
    test has set it, is a trade of this moment.
    """
    now = exchange.shown_ms(market.pair)
    end = now if to_ms is None else min(to_ms, now)
    found = [
        trade
        for trade in (*_recorded(exchange, market, from_ms, end, limit), *_set(exchange, market))
        if (from_ms is None or from_ms <= trade.time_ms) and trade.time_ms <= end
    ]
    return found[-limit:] if from_ms is None else found[:limit]


def _recorded(
    exchange: LocalExchange, market: Market, from_ms: int | None, to_ms: int, limit: int
) -> Iterator[MarketTrade]:
    timeframe = _finest(exchange, market)
    if timeframe is None:
        return
    length = timeframe_ms(timeframe)
    first = None if from_ms is None else from_ms - length
    candles = exchange.klines(market.pair, timeframe, first, to_ms, limit + 1)
    if candles is not None:
        yield from _trades(candles, length)


def _trades(candles: Candles, length_ms: int) -> Iterator[MarketTrade]:
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    previous = 0.0
    for opened, *values in zip(candles.opened, *columns, strict=True):
        first, high, low, last, volume = (float(value) for value in values)
        if not volume:
            continue
        extremes = (low, high) if last > first else (high, low)
        for number, price in enumerate((first, *extremes, last)):
            moment = int(opened) + (length_ms - 1) * number // (_CANDLE_TRADES - 1)
            yield MarketTrade(moment, price, volume / _CANDLE_TRADES, price < previous)
            previous = price


def _set(exchange: LocalExchange, market: Market) -> Iterator[MarketTrade]:
    price = exchange.price(market.pair)
    timeframe = _finest(exchange, market)
    newest = exchange.klines(market.pair, timeframe, None, None, 1) if timeframe else None
    told = float(newest.close[-1]) if newest is not None and len(newest) else None
    if price is not None and price != told:
        down = told is not None and price < told
        yield MarketTrade(exchange.shown_ms(market.pair), price, float(market.step), down)


def _finest(exchange: LocalExchange, market: Market) -> str | None:
    known = (name for name in _FINEST_FIRST if exchange.klines(market.pair, name, None, None, 1))
    return next(known, None)
