"""The trades of everybody as the REST API writes them."""

from collections.abc import Mapping
from typing import Any

from sandbox.binance.protocol import as_text, limited, whole_number
from sandbox.binance.refusals import AnswerError
from sandbox.binance.symbols import named_market
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.tape import tape

_AVERAGE_MINUTES = 5
_MOST = 1000


def trades(exchange: LocalExchange, sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the newest trades of a market."""
    market = named_market(exchange, sent)
    newest = tape(exchange, market, None, None, limited(sent, default=500, largest=_MOST))
    return [
        {
            "id": trade.time_ms,
            "price": as_text(trade.price),
            "qty": as_text(trade.amount),
            "quoteQty": as_text(trade.price * trade.amount),
            "time": trade.time_ms,
            "isBuyerMaker": trade.buyer_maker,
            "isBestMatch": True,
        }
        for trade in newest
    ]


def aggregate_trades(exchange: LocalExchange, sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return trades of a market from a number or a time on, each by itself."""
    market = named_market(exchange, sent)
    first = whole_number(sent, "fromId")
    start, end = (whole_number(sent, name) for name in ("startTime", "endTime"))
    if first is not None and (start is not None or end is not None):
        raise AnswerError(-1128, "Combination of optional parameters invalid.")
    start = first if start is None else start
    found = tape(exchange, market, start, end, limited(sent, default=500, largest=_MOST))
    return [
        {
            "a": trade.time_ms,
            "p": as_text(trade.price),
            "q": as_text(trade.amount),
            "f": trade.time_ms,
            "l": trade.time_ms,
            "T": trade.time_ms,
            "m": trade.buyer_maker,
            "M": True,
        }
        for trade in found
    ]


def average_price(exchange: LocalExchange, sent: Mapping[str, str]) -> dict[str, Any]:
    """Return the mean price of the last minutes by volume, the last price where none traded."""
    market = named_market(exchange, sent)
    now = exchange.shown_ms(market.pair)
    recent = tape(exchange, market, now - _AVERAGE_MINUTES * 60_000, None, _MOST)
    volume = sum(trade.amount for trade in recent)
    price = exchange.price(market.pair) or 0.0
    if volume:
        price = sum(trade.price * trade.amount for trade in recent) / volume
    closed = recent[-1].time_ms if recent else now
    return {"mins": _AVERAGE_MINUTES, "price": as_text(price), "closeTime": closed}
