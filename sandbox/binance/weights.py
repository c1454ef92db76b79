"""What a request weighs, as Binance's documentation of its spot API says."""

import json
from collections.abc import Callable, Mapping

Sent = Mapping[str, str]
API = "/api/v3/"
_DEPTHS = ((100, 5), (500, 25), (1000, 50))
_DEEPEST = 250
_TICKERS = ((20, 2), (100, 40))
_ALL_TICKERS = 80


def weight_of(method: str, path: str, sent: Sent) -> int | None:
    """Return what a request weighs; None for what is not part of the spot API.

    Parameters
    ----------
    sent
        Its parameters, right or wrong.

    >>> weight_of("GET", "/api/v3/depth", {"limit": "500"})
    25
    """
    if not path.startswith(API):
        return None
    weight = _WEIGHTS.get((method, path.removeprefix(API)), 1)
    return weight if isinstance(weight, int) else weight(sent)


def _depth(sent: Sent) -> int:
    levels = int(sent["limit"]) if sent.get("limit", "").isdecimal() else 100
    return next((weight for most, weight in _DEPTHS if levels <= most), _DEEPEST)


def _day_ticker(sent: Sent) -> int:
    if "symbol" in sent:
        return 2
    named = _named(sent)
    return next((weight for most, weight in _TICKERS if 0 < named <= most), _ALL_TICKERS)


def _named(sent: Sent) -> int:
    try:
        names = json.loads(sent.get("symbols", "[]"))
    except ValueError:
        return 0
    return len(names) if isinstance(names, list) else 0


def _either(name: str, with_it: int, without: int) -> Callable[[Sent], int]:
    return lambda sent: with_it if name in sent else without


def _order_test(sent: Sent) -> int:
    return 20 if sent.get("computeCommissionRates", "").lower() == "true" else 1


_WEIGHTS: Mapping[tuple[str, str], int | Callable[[Sent], int]] = {
    ("GET", "exchangeInfo"): 20,
    ("GET", "klines"): 2,
    ("GET", "depth"): _depth,
    ("GET", "trades"): 25,
    ("GET", "aggTrades"): 4,
    ("GET", "avgPrice"): 2,
    ("GET", "ticker/24hr"): _day_ticker,
    ("GET", "ticker/price"): _either("symbol", 2, 4),
    ("GET", "ticker/bookTicker"): _either("symbol", 2, 4),
    ("POST", "order/test"): _order_test,
    ("GET", "order"): 4,
    ("GET", "openOrders"): _either("symbol", 6, 80),
    ("GET", "allOrders"): 20,
    ("GET", "myTrades"): _either("orderId", 5, 20),
    ("GET", "account"): 20,
    ("GET", "account/commission"): 20,
    ("GET", "rateLimit/order"): 40,
}
"""By method and path; what is not named weighs one."""
