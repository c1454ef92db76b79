"""The parameters of an order as the REST API sends them, read into a request."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from sandbox.binance.protocol import required
from sandbox.binance.refusals import AnswerError, missing, not_required
from sandbox.exchange.markets import Market
from sandbox.exchange.orders import OrderRequest, OrderType, Side, TimeInForce

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_CLIENT_ID = re.compile(r"[a-zA-Z0-9-_]{1,36}", re.ASCII)
_NEEDED = {
    OrderType.LIMIT: ("timeInForce", "quantity", "price"),
    OrderType.LIMIT_MAKER: ("quantity", "price"),
    OrderType.STOP_LOSS_LIMIT: ("timeInForce", "quantity", "price", "stopPrice"),
    OrderType.MARKET: (),
}
_UNWANTED = {
    OrderType.LIMIT: ("quoteOrderQty", "stopPrice"),
    OrderType.LIMIT_MAKER: ("quoteOrderQty", "timeInForce", "stopPrice"),
    OrderType.STOP_LOSS_LIMIT: ("quoteOrderQty",),
    OrderType.MARKET: ("price", "timeInForce", "stopPrice"),
}
# What exchangeInfo says it does not know; passed over in silence it would be another order.
_NOT_SUPPORTED = {
    "icebergQty": "Iceberg",
    "trailingDelta": "Trailing stop",
    "pegPriceType": "Pegged",
}
_Choice = TypeVar("_Choice", bound=StrEnum)


def order_request(sent: Mapping[str, str], market: Market) -> OrderRequest:
    """Read a new order.

    Raises
    ------
    AnswerError
        If a parameter is missing, not legal, or does not belong to this type of order.
    """
    side = _choice(Side, sent, "side", -1117, "Invalid side.")
    kind = _choice(OrderType, sent, "type", -1116, "Invalid orderType.")
    for name in _NEEDED[kind]:
        required(sent, name)
    for name in _UNWANTED[kind]:
        if name in sent:
            raise not_required(name)
    for name, orders in _NOT_SUPPORTED.items():
        if name in sent:
            raise AnswerError(-2010, f"{orders} orders are not supported for this symbol.")
    if kind is OrderType.MARKET and not sent.get("quantity") and not sent.get("quoteOrderQty"):
        raise missing("quantity")
    if sent.get("quantity") and sent.get("quoteOrderQty"):
        raise AnswerError(-1128, "Combination of optional parameters invalid.")
    time_in_force = TimeInForce.GTC
    if "timeInForce" in sent:
        time_in_force = _choice(TimeInForce, sent, "timeInForce", -1115, "Invalid timeInForce.")
    return OrderRequest(
        pair=market.pair,
        side=side,
        type=kind,
        amount=_number(sent, "quantity"),
        price=_number(sent, "price"),
        quote_amount=_number(sent, "quoteOrderQty"),
        stop_price=_number(sent, "stopPrice"),
        time_in_force=time_in_force,
        client_id=_client_id(sent),
    )


def _choice(
    kind: type[_Choice], sent: Mapping[str, str], name: str, code: int, message: str
) -> _Choice:
    try:
        return kind(required(sent, name))
    except ValueError:
        raise AnswerError(code, message) from None


def _number(sent: Mapping[str, str], name: str) -> Decimal | None:
    if not sent.get(name):
        return None
    if not _NUMBER.fullmatch(sent[name]):
        legal = "'^([0-9]{1,20})(\\.[0-9]{1,20})?$'"
        raise AnswerError(
            -1100, f"Illegal characters found in parameter '{name}'; legal range is {legal}."
        )
    return Decimal(sent[name])


def _client_id(sent: Mapping[str, str]) -> str | None:
    name = "newClientOrderId"
    if name in sent and not _CLIENT_ID.fullmatch(sent[name]):
        legal = "'^[a-zA-Z0-9-_]{1,36}$'"
        raise AnswerError(
            -1100, f"Illegal characters found in parameter '{name}'; legal range is {legal}."
        )
    return sent.get(name)
