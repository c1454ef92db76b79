"""Order books, asked of freqtrade's exchange."""

from __future__ import annotations

from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import Exchange

from rebalancing.market.order_book import Book, Level

LEVELS = 100
"""Of each side. Binance counts more for more."""


def order_book(exchange: Exchange, pair: str) -> Book | None:
    """Return the order book of a pair; None if the exchange does not tell it."""
    try:
        found = exchange.fetch_l2_order_book(pair, LEVELS)
    except FreqtradeException:
        return None
    return Book(
        *([Level(*map(float, row[:2])) for row in found[side]] for side in ("bids", "asks"))
    )
