"""Market data: last price, best orders, order book, the day's numbers."""

from typing import Any

from sandbox.binance.protocol import as_text
from sandbox.binance.symbols import symbol_of
from sandbox.exchange.day import DAY_MS, Day
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.markets import Market
from sandbox.exchange.orders import Side

_NOTHING = Day(0.0, 0.0, 0.0, 0.0)


def book(exchange: LocalExchange, market: Market, levels: int) -> dict[str, list[list[str]]]:
    """Return the order book, the best prices first; empty while the market has no price.

    Parameters
    ----------
    levels
        Prices on each side.
    """
    shown = exchange.shown_book(market.pair)
    if shown is None:
        return {"bids": [], "asks": []}
    return {
        "bids": [[as_text(part) for part in level] for level in shown.levels(Side.SELL, levels)],
        "asks": [[as_text(part) for part in level] for level in shown.levels(Side.BUY, levels)],
    }


def best_orders(exchange: LocalExchange, market: Market) -> dict[str, Any]:
    """Return the best bid and ask, zero while the market has no price."""
    orders = book(exchange, market, 1)
    bid, bid_amount = next(iter(orders["bids"]), [as_text(0), as_text(0)])
    ask, ask_amount = next(iter(orders["asks"]), [as_text(0), as_text(0)])
    return {
        "symbol": symbol_of(market.pair),
        "bidPrice": bid,
        "bidQty": bid_amount,
        "askPrice": ask,
        "askQty": ask_amount,
    }


def last_price(exchange: LocalExchange, market: Market) -> dict[str, Any]:
    """Return the last price, zero while there is none."""
    return {"symbol": symbol_of(market.pair), "price": as_text(exchange.price(market.pair) or 0.0)}


def ticker(exchange: LocalExchange, market: Market) -> dict[str, Any]:
    """Return the statistics of the last 24 hours, zero while the market has no price."""
    day = exchange.day(market.pair) or _NOTHING
    change = day.last - day.open
    average = day.quote_volume / day.volume if day.volume else day.last
    now = exchange.shown_ms(market.pair) + exchange.offset_ms
    return {
        **best_orders(exchange, market),
        "priceChange": as_text(change),
        "priceChangePercent": f"{100 * change / day.open if day.open else 0.0:.3f}",
        "weightedAvgPrice": as_text(average),
        "prevClosePrice": as_text(day.open),
        "lastPrice": as_text(day.last),
        "lastQty": as_text(market.step),
        "openPrice": as_text(day.open),
        "highPrice": as_text(day.high),
        "lowPrice": as_text(day.low),
        "volume": as_text(day.volume),
        "quoteVolume": as_text(day.quote_volume),
        "openTime": now - DAY_MS,
        "closeTime": now,
        "firstId": -1,
        "lastId": -1,
        "count": 0,
    }
