"""Orders over the REST API: placed, tried, found, cancelled and replaced."""

from collections.abc import Mapping
from typing import Any

from sandbox.binance.account_answers import (
    cancelled_answer,
    new_order_answer,
    order_answer,
    order_commission_answer,
)
from sandbox.binance.order_parameters import order_request
from sandbox.binance.protocol import required, whole_number
from sandbox.binance.refusals import AnswerError, answer_to, not_required
from sandbox.binance.symbols import named_market
from sandbox.exchange.orders import Order, OrderType
from sandbox.exchange.refusals import Reason, RefusalError
from sandbox.exchange.trading import Trading

Sent = Mapping[str, str]
_DETAILS = ("ACK", "RESULT", "FULL")
_STOP = "STOP_ON_FAILURE"
_MODES = (_STOP, "ALLOW_FAILURE")
_SUCCESS, _FAILURE = "SUCCESS", "FAILURE"


def new_order(trading: Trading, sent: Sent) -> dict[str, Any]:
    """Place an order."""
    request = order_request(sent, named_market(trading.exchange, sent))
    usual = "FULL" if request.type in (OrderType.MARKET, OrderType.LIMIT) else "ACK"
    detail = sent.get("newOrderRespType", usual)
    if detail not in _DETAILS:
        raise AnswerError(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
    order = trading.place(request)
    fills = [fill for fill in trading.account.fills if fill.order_id == order.id]
    return new_order_answer(order, fills, detail)


def tried_order(trading: Trading, sent: Sent) -> dict[str, Any]:
    """Check an order and place none."""
    market = named_market(trading.exchange, sent)
    trading.check(order_request(sent, market))
    asked = sent.get("computeCommissionRates", "").lower() == "true"
    return order_commission_answer(trading.account, market) if asked else {}


def order(trading: Trading, sent: Sent) -> dict[str, Any]:
    """Find an order."""
    found = _named_order(trading, sent)
    if found is None:
        raise AnswerError(-2013, "Order does not exist.")
    return order_answer(found)


def cancel(trading: Trading, sent: Sent) -> dict[str, Any]:
    """Cancel an order."""
    found = _named_order(trading, sent)
    if found is None:
        raise RefusalError(Reason.NOT_OPEN)
    return cancelled_answer(trading.cancel(found.id), sent.get("newClientOrderId"))


def cancel_all(trading: Trading, sent: Sent) -> list[dict[str, Any]]:
    """Cancel every open order of a market."""
    pair = named_market(trading.exchange, sent).pair
    numbers = [order.id for order in trading.account.open_orders if order.pair == pair]
    if not numbers:
        raise RefusalError(Reason.NOT_OPEN)
    return [cancelled_answer(trading.cancel(number), None) for number in numbers]


def cancel_replace(trading: Trading, sent: Sent) -> dict[str, Any]:
    """Cancel an order and place another.

    Raises
    ------
    AnswerError
        If the new order breaks a rule of the market, and nothing was done; or if one or both of
        the two failed, with what was done as its data.
    """
    mode = required(sent, "cancelReplaceMode")
    if mode not in _MODES:
        raise AnswerError(-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")
    if "orderRateLimitExceededMode" in sent:
        raise not_required("orderRateLimitExceededMode")
    trading.check(order_request(sent, named_market(trading.exchange, sent)))
    cancelled, removed = _attempt(cancel, trading, _cancelling(sent))
    if cancelled == _FAILURE and mode == _STOP:
        raise _failed(400, _results(cancelled, "NOT_ATTEMPTED", removed, None))
    placed, added = _attempt(new_order, trading, sent)
    results = _results(cancelled, placed, removed, added)
    if cancelled == placed == _SUCCESS:
        return results
    raise _failed(400 if cancelled == placed else 409, results)


def _cancelling(sent: Sent) -> Sent:
    names = {
        "symbol": "symbol",
        "cancelOrderId": "orderId",
        "cancelOrigClientOrderId": "origClientOrderId",
        "cancelNewClientOrderId": "newClientOrderId",
    }
    return {name: sent[theirs] for theirs, name in names.items() if theirs in sent}


def _attempt(action: Any, trading: Trading, sent: Sent) -> tuple[str, dict[str, Any]]:
    try:
        return _SUCCESS, action(trading, sent)
    except AnswerError as answer:
        return _FAILURE, answer.body
    except RefusalError as refusal:
        return _FAILURE, answer_to(refusal).body


def _results(cancelled: str, placed: str, removed: Any, added: Any) -> dict[str, Any]:
    return {
        "cancelResult": cancelled,
        "newOrderResult": placed,
        "cancelResponse": removed,
        "newOrderResponse": added,
    }


def _failed(status: int, results: dict[str, Any]) -> AnswerError:
    if status == 400:
        return AnswerError(-2022, "Order cancel-replace failed.", data=results)
    return AnswerError(-2021, "Order cancel-replace partially failed.", status, data=results)


def _named_order(trading: Trading, sent: Sent) -> Order | None:
    pair = named_market(trading.exchange, sent).pair
    number = whole_number(sent, "orderId")
    name = sent.get("origClientOrderId")
    if number is None and not name:
        raise AnswerError(
            -1102,
            "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
        )
    for known in reversed(trading.account.orders):
        wanted = known.id == number if number is not None else known.client_id == name
        if wanted and known.pair == pair:
            return known
    return None
