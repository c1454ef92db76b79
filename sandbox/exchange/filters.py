"""The rules of a market that an order must keep."""

from decimal import Decimal

from sandbox.exchange.markets import LARGEST, Market
from sandbox.exchange.orders import OrderRequest, OrderType
from sandbox.exchange.refusals import Reason, RefusalError

_DECIMALS = 8


def check_request(request: OrderRequest, market: Market, last_price: Decimal) -> None:
    """Check the shape of an order and the market's rules.

    Parameters
    ----------
    last_price
        Values a market order, quote currency.

    Raises
    ------
    RefusalError
        With the first rule that is broken.
    """
    numbers = {
        "amount": request.amount,
        "price": request.price,
        "stop_price": request.stop_price,
        "quote_amount": request.quote_amount,
    }
    for name, value in numbers.items():
        if value is not None:
            _check_number(name, value)
    for price in (request.price, request.stop_price):
        if price is not None:
            _check_steps(Reason.PRICE_STEP, price, market.tick, (market.tick, LARGEST))
    if request.amount is not None:
        allowed = market.smallest_amount, market.max_qty
        _check_steps(Reason.LOT, request.amount, market.step, allowed)
    if request.type is OrderType.MARKET and _amount(request, last_price) > market.max_market_qty:
        raise RefusalError(Reason.MARKET_LOT)
    if _value(request, last_price) < market.min_notional:
        raise RefusalError(Reason.TOO_SMALL)


def _check_number(name: str, value: Decimal) -> None:
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _DECIMALS:
        raise RefusalError(Reason.TOO_PRECISE, name)
    if value <= 0:
        raise RefusalError(Reason.NOT_POSITIVE, name)


def _check_steps(
    broken: Reason, value: Decimal, step: Decimal, allowed: tuple[Decimal, Decimal]
) -> None:
    if not allowed[0] <= value <= allowed[1] or value % step:
        raise RefusalError(broken)


def _amount(request: OrderRequest, last_price: Decimal) -> Decimal:
    if request.amount is None:
        return (request.quote_amount or Decimal(0)) / last_price
    return request.amount


def _value(request: OrderRequest, last_price: Decimal) -> Decimal:
    if request.amount is None:
        return request.quote_amount or Decimal(0)
    if request.type is OrderType.MARKET or request.price is None:
        return request.amount * last_price
    return request.amount * request.price
