"""Which levels of a book an order takes."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.exchange.book import Level
from sandbox.exchange.markets import Market
from sandbox.exchange.orders import OrderRequest, Side


def matches(
    levels: Iterable[Level], side: Side, amount: Decimal, limit: Decimal | None
) -> list[Level]:
    """Return what an amount takes from the levels, the best price first.

    Parameters
    ----------
    levels
        What a taker of this side finds.
    amount
        Base currency.
    limit
        The worst price allowed; None for any.

    >>> found = matches([Level(Decimal(10), Decimal(1)), Level(Decimal(11), Decimal(5))],
    ...                 Side.BUY, Decimal(3), None)
    >>> [(int(price), int(amount)) for price, amount in found]
    [(10, 1), (11, 2)]
    """
    found = []
    for level in levels:
        if amount <= 0 or (limit is not None and _worse(side, level.price, limit)):
            break
        part = min(amount, level.amount)
        found.append(Level(level.price, part))
        amount -= part
    return found


def matches_for_quote(
    levels: Iterable[Level], market: Market, quote_amount: Decimal
) -> list[Level]:
    """Return what a market order for an amount of quote currency takes, in whole lots."""
    found = []
    for level in levels:
        lots = quote_amount / level.price // market.step * market.step
        part = min(lots, level.amount)
        if part <= 0:
            break
        found.append(Level(level.price, part))
        quote_amount -= part * level.price
    return found


def matches_of(request: OrderRequest, levels: Iterable[Level], market: Market) -> list[Level]:
    """Return what an order takes when it arrives."""
    if request.amount is None:
        return matches_for_quote(levels, market, request.quote_amount or Decimal(0))
    return matches(levels, request.side, request.amount, request.price)


def _worse(side: Side, price: Decimal, limit: Decimal) -> bool:
    return price > limit if side is Side.BUY else price < limit
