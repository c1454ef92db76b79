"""The rules of a market that an order must keep, refused as Binance refuses."""

from decimal import Decimal

from sandbox.exchange.markets import LARGEST, Market
from sandbox.exchange.orders import OrderRequest, OrderType
from sandbox.exchange.refusals import RefusalError, filter_failure

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
        With the code and message of the first rule that is broken.
    """
    numbers = {
        "quantity": request.amount,
        "price": request.price,
        "stopPrice": request.stop_price,
        "quoteOrderQty": request.quote_amount,
    }
    for name, value in numbers.items():
        if value is not None:
            _check_number(name, value)
    for price in (request.price, request.stop_price):
        if price is not None:
            _check_steps("PRICE_FILTER", price, market.tick, (market.tick, LARGEST))
    if request.amount is not None:
        allowed = market.smallest_amount, market.max_qty
        _check_steps("LOT_SIZE", request.amount, market.step, allowed)
    if request.type is OrderType.MARKET and _amount(request, last_price) > market.max_market_qty:
        raise filter_failure("MARKET_LOT_SIZE")
    if _value(request, last_price) < market.min_notional:
        raise filter_failure("NOTIONAL")


def _check_number(name: str, value: Decimal) -> None:
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _DECIMALS:
        raise RefusalError(-1111, f"Parameter '{name}' has too much precision.")
    if value <= 0:
        raise RefusalError(-1013, "Invalid price." if "rice" in name else "Invalid quantity.")


def _check_steps(
    name: str, value: Decimal, step: Decimal, allowed: tuple[Decimal, Decimal]
) -> None:
    if not allowed[0] <= value <= allowed[1] or value % step:
        raise filter_failure(name)


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
