"""The limits of requests and orders as the REST API tells and enforces them."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.binance.protocol import refusal_answer
from sandbox.binance.rate_limits import Limits, RequestWeight, counts, order_limits
from sandbox.binance.refusals import AnswerError
from sandbox.binance.signatures import parameters
from sandbox.binance.weights import weight_of
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.orders import Order

_USED_WEIGHT = "X-MBX-USED-WEIGHT-1M"


def weighed(exchange: LocalExchange, requests: RequestWeight) -> Middleware:
    """Return a middleware that refuses requests beyond their limit and tells each its use."""

    @web.middleware
    async def weigh(request: web.Request, handler: Handler) -> web.StreamResponse:
        sent: Mapping[str, str] = request.query  # read once: aiohttp keeps it for the answer
        if request.method == "POST":
            sent = parameters(request.rel_url.raw_query_string, await request.text())
        weight = weight_of(request.method, request.path, sent)
        if weight is None:
            return await handler(request)
        try:
            requests.count(weight, exchange.true_ms)
        except AnswerError as refusal:
            response: web.StreamResponse = refusal_answer(refusal)
        else:
            response = await handler(request)
        response.headers[_USED_WEIGHT] = str(requests.used)
        return response

    return weigh


def limits_answer(limits: Limits) -> list[dict[str, Any]]:
    """Write every limit."""
    weight = _rule("REQUEST_WEIGHT", "MINUTE", 1, limits.weight)
    orders = order_limits(limits)
    return [weight, *(_rule("ORDERS", o.interval, o.number, o.limit) for o in orders)]


def order_counts_answer(
    limits: Limits, orders: tuple[Order, ...], now_ms: int
) -> list[dict[str, Any]]:
    """Write how many orders of an account are unfilled; `orders` are all, oldest first."""
    return [
        {**_rule("ORDERS", rule.interval, rule.number, rule.limit), "count": count}
        for rule, count in counts(limits, orders, now_ms)
    ]


def order_count_headers(limits: Limits, orders: tuple[Order, ...], now_ms: int) -> dict[str, str]:
    """Return what an answer to a new order tells of the unfilled ones."""
    return {
        f"X-MBX-ORDER-COUNT-{rule.number}{rule.letter}": str(count)
        for rule, count in counts(limits, orders, now_ms)
    }


def _rule(kind: str, interval: str, number: int, limit: int) -> dict[str, Any]:
    return {
        "rateLimitType": kind,
        "interval": interval,
        "intervalNum": number,
        "limit": limit,
    }
