"""The public half of Binance's spot REST API: what anybody may ask without a key."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.binance.limit_answers import limits_answer
from sandbox.binance.market_data import best_orders, book, last_price, ticker
from sandbox.binance.protocol import INTERVALS, as_text, limited, required, whole_number
from sandbox.binance.rate_limits import RequestWeight
from sandbox.binance.refusals import AnswerError
from sandbox.binance.symbols import chosen_markets, named_market, symbol_of
from sandbox.binance.trade_answers import aggregate_trades, average_price, trades
from sandbox.exchange.candles import Candles, timeframe_ms
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.markets import LARGEST, Market
from sandbox.exchange.orders import OrderType

Answer = Callable[[LocalExchange, Mapping[str, str]], Any]


def public_routes(exchange: LocalExchange, requests: RequestWeight) -> list[web.RouteDef]:
    """Return the routes of an exchange's public API; `requests` knows the limits it tells."""
    answers: dict[str, Answer] = {
        "ping": lambda *_: {},
        "time": lambda exchange, _: {"serverTime": exchange.now_ms},
        "exchangeInfo": lambda exchange, sent: {
            **_exchange_info(exchange, sent),
            "rateLimits": limits_answer(requests.limits),
        },
        "klines": _klines,
        "depth": _depth,
        "trades": trades,
        "aggTrades": aggregate_trades,
        "avgPrice": average_price,
        "ticker/24hr": _for_each(ticker),
        "ticker/price": _for_each(last_price),
        "ticker/bookTicker": _for_each(best_orders),
    }
    return [
        web.get(f"/api/v3/{path}", _handler(exchange, answer)) for path, answer in answers.items()
    ]


def _handler(
    exchange: LocalExchange, answer: Answer
) -> Callable[[web.Request], Any]:  # a coroutine function
    async def handle(request: web.Request) -> web.Response:
        with exchange.lock:
            return web.json_response(answer(exchange, request.query))

    return handle


def _for_each(describe: Callable[[LocalExchange, Market], dict[str, Any]]) -> Answer:
    def answer(exchange: LocalExchange, sent: Mapping[str, str]) -> Any:
        chosen = chosen_markets(exchange, sent)
        if isinstance(chosen, Market):
            return describe(exchange, chosen)
        return [describe(exchange, market) for market in chosen]

    return answer


def _exchange_info(exchange: LocalExchange, sent: Mapping[str, str]) -> dict[str, Any]:
    chosen = chosen_markets(exchange, sent)
    markets = (chosen,) if isinstance(chosen, Market) else chosen
    return {
        "timezone": "UTC",
        "serverTime": exchange.now_ms,
        "exchangeFilters": [],
        "symbols": [_symbol_info(exchange, market) for market in markets],
    }


def _symbol_info(exchange: LocalExchange, market: Market) -> dict[str, Any]:
    return {
        "symbol": symbol_of(market.pair),
        "status": exchange.listing.status(market.pair).value,
        "baseAsset": market.base,
        "baseAssetPrecision": 8,
        "quoteAsset": market.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": [kind.value for kind in OrderType],
        "icebergAllowed": False,
        "ocoAllowed": False,
        "otoAllowed": False,
        "opoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": True,
        "amendAllowed": False,
        "pegInstructionsAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": _filters(market),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    }


def _filters(market: Market) -> list[dict[str, Any]]:
    tick = as_text(market.tick)
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": tick,
            "maxPrice": as_text(LARGEST),
            "tickSize": tick,
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": as_text(market.smallest_amount),
            "maxQty": as_text(market.max_qty),
            "stepSize": as_text(market.step),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": as_text(0),
            "maxQty": as_text(market.max_market_qty),
            "stepSize": as_text(0),  # no step of its own: that of LOT_SIZE holds
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": as_text(market.min_notional),
            "applyMinToMarket": True,
            "maxNotional": as_text(LARGEST),
            "applyMaxToMarket": False,
            "avgPriceMins": 5,
        },
    ]


def _klines(exchange: LocalExchange, sent: Mapping[str, str]) -> list[list[Any]]:
    market = named_market(exchange, sent)
    interval = required(sent, "interval")
    if interval not in INTERVALS:
        raise AnswerError(-1120, "Invalid interval.")
    start, end = (whole_number(sent, name) for name in ("startTime", "endTime"))
    limit = limited(sent, default=500, largest=1000)
    candles = exchange.klines(market.pair, interval, start, end, limit)
    return [] if candles is None else _rows(candles, timeframe_ms(interval))


def _rows(candles: Candles, length_ms: int) -> list[list[Any]]:
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    return [
        [
            int(opened),
            *(as_text(float(value)) for value in values),
            int(opened) + length_ms - 1,
            as_text(float(values[3] * values[4])),
            0,
            "0.00000000",
            "0.00000000",
            "0",
        ]
        for opened, *values in zip(candles.opened, *columns, strict=True)
    ]


def _depth(exchange: LocalExchange, sent: Mapping[str, str]) -> dict[str, Any]:
    market = named_market(exchange, sent)
    levels = limited(sent, default=100, largest=5000)
    return {"lastUpdateId": exchange.now_ms, **book(exchange, market, levels)}
