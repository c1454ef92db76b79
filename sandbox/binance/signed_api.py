"""The signed half of Binance's spot REST API: what only the owner of an account may ask."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from aiohttp import web

from sandbox.binance import order_api
from sandbox.binance.account_answers import (
    account_answer,
    commission_answer,
    fee_answer,
    fill_answer,
    order_answer,
)
from sandbox.binance.limit_answers import order_count_headers, order_counts_answer
from sandbox.binance.protocol import limited, whole_number
from sandbox.binance.rate_limits import Limits, RequestWeight, check_orders
from sandbox.binance.refusals import AnswerError
from sandbox.binance.signatures import verified
from sandbox.binance.symbols import named_market
from sandbox.exchange.orders import Fill, Order
from sandbox.exchange.trading import Trading

_DAY_MS = 86_400_000
_HISTORY = {"default": 500, "largest": 1000}
_PLACING = {("POST", "/api/v3/order"), ("POST", "/api/v3/order/cancelReplace")}
Answer = Callable[[Trading, Mapping[str, str]], Any]
_Timed = TypeVar("_Timed", Order, Fill)


def signed_routes(trading: Trading, requests: RequestWeight) -> list[web.RouteDef]:
    """Return the routes of an account's API; `requests` knows the limits of its orders."""
    answers: dict[tuple[str, str], Answer] = {
        ("GET", "/api/v3/account"): _account,
        ("GET", "/api/v3/account/commission"): _commission,
        ("GET", "/api/v3/rateLimit/order"): lambda trading, _: order_counts_answer(
            requests.limits, trading.account.orders, trading.exchange.now_ms
        ),
        ("POST", "/api/v3/order"): order_api.new_order,
        ("POST", "/api/v3/order/test"): order_api.tried_order,
        ("POST", "/api/v3/order/cancelReplace"): order_api.cancel_replace,
        ("GET", "/api/v3/order"): order_api.order,
        ("DELETE", "/api/v3/order"): order_api.cancel,
        ("GET", "/api/v3/openOrders"): _open_orders,
        ("DELETE", "/api/v3/openOrders"): order_api.cancel_all,
        ("GET", "/api/v3/allOrders"): _all_orders,
        ("GET", "/api/v3/myTrades"): _my_trades,
        ("GET", "/sapi/v1/asset/tradeFee"): _trade_fees,
        ("GET", "/sapi/v1/spot/delist-schedule"): lambda *_: [],
    }
    routes = [
        web.route(*where, _handler(trading, answer, requests if where in _PLACING else None))
        for where, answer in answers.items()
    ]
    status = {"status": 0, "msg": "normal"}
    return [*routes, web.get("/sapi/v1/system/status", _public(status))]


def _public(answer: Any) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response(answer)

    return handle


def _handler(
    trading: Trading, answer: Answer, placing: RequestWeight | None
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        body = await request.text()
        key = request.headers.get("X-MBX-APIKEY")
        query = request.rel_url.raw_query_string
        with trading.exchange.lock:
            sent = verified(trading.keys, trading.exchange.now_ms, key, query, body)
            trading.advance()
            if placing is not None:
                return _placed(trading, answer, sent, placing.limits)
            return web.json_response(answer(trading, sent))

    return handle


def _placed(
    trading: Trading, answer: Answer, sent: Mapping[str, str], limits: Limits
) -> web.Response:
    now = trading.exchange.now_ms
    check_orders(limits, trading.account.orders, now)
    told = answer(trading, sent)
    headers = order_count_headers(limits, trading.account.orders, now)
    return web.json_response(told, headers=headers)


def _account(trading: Trading, sent: Mapping[str, str]) -> dict[str, Any]:
    omit_zero = sent.get("omitZeroBalances", "").lower() == "true"
    exchange = trading.exchange
    return account_answer(trading.account, exchange.markets, exchange.now_ms, omit_zero=omit_zero)


def _commission(trading: Trading, sent: Mapping[str, str]) -> dict[str, Any]:
    return commission_answer(trading.account, named_market(trading.exchange, sent))


def _open_orders(trading: Trading, sent: Mapping[str, str]) -> list[dict[str, Any]]:
    open_orders = trading.account.open_orders
    if "symbol" in sent:
        pair = named_market(trading.exchange, sent).pair
        open_orders = tuple(order for order in open_orders if order.pair == pair)
    return [order_answer(order) for order in open_orders]


def _all_orders(trading: Trading, sent: Mapping[str, str]) -> list[dict[str, Any]]:
    pair = named_market(trading.exchange, sent).pair
    mine = (order for order in trading.account.orders if order.pair == pair)
    timed = [(order.created_ms, order.id, order) for order in mine]
    return [order_answer(order) for order in _page(timed, sent, "orderId")]


def _my_trades(trading: Trading, sent: Mapping[str, str]) -> list[dict[str, Any]]:
    pair = named_market(trading.exchange, sent).pair
    number = whole_number(sent, "orderId")
    mine = (fill for fill in trading.account.fills if fill.pair == pair)
    timed = [(fill.time_ms, fill.id, fill) for fill in mine if number in (None, fill.order_id)]
    return [fill_answer(fill) for fill in _page(timed, sent, "fromId")]


def _page(
    timed: Iterable[tuple[int, int, _Timed]], sent: Mapping[str, str], first_name: str
) -> list[_Timed]:
    # From a number or a time on it is the oldest that come first, else the newest.
    start, end = (whole_number(sent, name) for name in ("startTime", "endTime"))
    first = whole_number(sent, first_name)
    if start is not None and end is not None and end - start > _DAY_MS:
        raise AnswerError(-1127, "More than 24 hours between startTime and endTime.")
    wanted = [
        value
        for time_ms, number, value in timed
        if (start is None or time_ms >= start)
        and (end is None or time_ms <= end)
        and (first is None or number >= first)
    ]
    limit = limited(sent, **_HISTORY)
    return wanted[-limit:] if start is None and first is None else wanted[:limit]


def _trade_fees(trading: Trading, sent: Mapping[str, str]) -> list[dict[str, str]]:
    chosen = trading.exchange.markets
    if "symbol" in sent:
        chosen = (named_market(trading.exchange, sent),)
    return [fee_answer(trading.account, market) for market in chosen]
