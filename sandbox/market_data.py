"""What the exchange says about a market: last price, best orders, order book, the day's numbers."""

from decimal import Decimal
from typing import Any

from sandbox.exchange import Day, LocalExchange
from sandbox.markets import Market
from sandbox.protocol import as_text

_DAY_MS = 86_400_000
_BOOK_ORDERS = 1_000_000  # smallest orders that each level of the book can take
_NOTHING = Day(0.0, 0.0, 0.0, 0.0)


def book(exchange: LocalExchange, market: Market, levels: int) -> dict[str, list[list[str]]]:
    """Return the order book: bids from the last price down, asks from one tick above it.

    Parameters
    ----------
    levels
        Prices on each side, one tick apart; none while the market has no price.
    """
    price = exchange.price(market.pair)
    if price is None:
        return {"bids": [], "asks": []}
    best = Decimal(repr(price)) // market.tick * market.tick
    wanted = market.min_notional * _BOOK_ORDERS / Decimal(repr(price))
    amount = as_text(max(market.step, wanted // market.step * market.step))
    bids = (best - market.tick * level for level in range(levels))
    asks = (best + market.tick * level for level in range(1, levels + 1))
    return {
        "bids": [[as_text(bid), amount] for bid in bids if bid > 0],
        "asks": [[as_text(ask), amount] for ask in asks],
    }


def best_orders(exchange: LocalExchange, market: Market) -> dict[str, Any]:
    """Return the best bid and ask, zero while the market has no price."""
    orders = book(exchange, market, 1)
    bid, bid_amount = next(iter(orders["bids"]), [as_text(0), as_text(0)])
    ask, ask_amount = next(iter(orders["asks"]), [as_text(0), as_text(0)])
    return {
        "symbol": market.symbol,
        "bidPrice": bid,
        "bidQty": bid_amount,
        "askPrice": ask,
        "askQty": ask_amount,
    }


def last_price(exchange: LocalExchange, market: Market) -> dict[str, Any]:
    """Return the last price, zero while there is none."""
    return {"symbol": market.symbol, "price": as_text(exchange.price(market.pair) or 0.0)}


def ticker(exchange: LocalExchange, market: Market) -> dict[str, Any]:
    """Return the statistics of the last 24 hours, zero while the market has no price."""
    day = exchange.day(market.pair) or _NOTHING
    change = day.last - day.open
    average = day.quote_volume / day.volume if day.volume else day.last
    now = exchange.now_ms
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
        "openTime": now - _DAY_MS,
        "closeTime": now,
        "firstId": -1,
        "lastId": -1,
        "count": 0,
    }
