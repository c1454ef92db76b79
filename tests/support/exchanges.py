"""Builders for tests of the local exchange's trading half."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from freqtrade.resolvers import ExchangeResolver

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.account import Account
from sandbox.exchange.book import Book, Depth
from sandbox.exchange.fees import Fees
from sandbox.exchange.keys import Keys
from sandbox.exchange.ledger_file import LedgerFile
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.markets import Market
from sandbox.exchange.orders import OrderRequest, OrderType, Side, TimeInForce
from sandbox.exchange.trading import Trading
from sandbox.serving.faults import Faults
from sandbox.serving.server import running
from tests.support.patience import PATIENCE

BTC = Market("BTC/USDT", tick=Decimal("0.01"), step=Decimal("0.001"))
ORDER = "/api/v3/order"
GOOD_ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "90",
}
"""What to send for an order that `make_trading` takes and does not fill at once."""


def make_account(
    fees: Fees | None = None, file: LedgerFile | None = None, bnb: str | None = None, **free: Any
) -> Account:
    """Build an account with these balances; `bnb` is the price of BNB."""
    price = None if bnb is None else Decimal(bnb)
    account = Account(lambda: 1_700_000_000_000, fees, file, lambda _asset, _quote: price)
    for asset, amount in free.items():
        account.deposit(asset, Decimal(str(amount)))
    return account


def make_book(
    price: Any = 100, level_value: Any = None, market: Market = BTC, **depth: Any
) -> Book:
    """Build a book of BTC/USDT; `level_value` is what each level holds in USDT."""
    value = None if level_value is None else Decimal(str(level_value))
    return Book(market, Decimal(str(price)), Depth(level_value=value, **depth))


def market(side: str, amount: Any = None, **more: Any) -> OrderRequest:
    """Ask for a market order in BTC/USDT."""
    return _request(side, OrderType.MARKET, amount, None, **more)


def limit(side: str, amount: Any, price: Any, kind: str = "GTC", **more: Any) -> OrderRequest:
    """Ask for a limit order in BTC/USDT; `kind` is a time in force or ``maker``."""
    if kind == "maker":
        return _request(side, OrderType.LIMIT_MAKER, amount, price, **more)
    request = _request(side, OrderType.LIMIT, amount, price, **more)
    return replace(request, time_in_force=TimeInForce(kind))


def _request(side: str, kind: OrderType, amount: Any, price: Any, **more: Any) -> OrderRequest:
    numbers = [None if value is None else Decimal(str(value)) for value in (amount, price)]
    return OrderRequest("BTC/USDT", Side(side.upper()), kind, *numbers, **more)


def make_exchange(depth: Depth | None = None, **prices: float) -> LocalExchange:
    """Build an exchange of coins against USDT at these prices."""
    exchange = LocalExchange([f"{coin}/USDT" for coin in prices], depth=depth)
    for coin, price in prices.items():
        exchange.set_price(f"{coin}/USDT", price)
    return exchange


def make_trading() -> Trading:
    """Build an account with 10,000 USDT and 100 ETH, where BTC costs 100 and ETH 10."""
    return Trading(make_exchange(BTC=100.0, ETH=10.0), balances={"USDT": 10_000, "ETH": 100})


def live_config(url: str, keys: Keys, pairs: list[str]) -> dict[str, Any]:
    """Configure freqtrade to trade live on a local exchange."""
    config: dict[str, Any] = {
        "dry_run": False,
        "stake_currency": "USDT",
        "runmode": "live",
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
        "exchange": {"pair_whitelist": pairs, "pair_blacklist": []},
    }
    config["exchange"] |= overlay(url, config, keys)["exchange"]
    return config


@contextmanager
def freqtrade_on(url: str, trading: Trading) -> Iterator[Any]:
    """Make freqtrade's exchange as it does for live trading."""
    pairs = [market.pair for market in trading.exchange.markets]
    made = ExchangeResolver.load_exchange(live_config(url, trading.keys, pairs), validate=True)
    try:
        yield made
    finally:
        made.close()


def now_ms(seconds: float = 0.0) -> int:
    """Return the moment so many seconds from now, as requests are stamped."""
    return int((time.time() + seconds) * 1000)


class Caller:
    """Signed requests by hand, to send what ccxt never would."""

    def __init__(self, url: str, trading: Trading) -> None:
        self.url = url
        self.trading = trading
        self.keys = trading.keys

    def __call__(self, method: str, path: str, **sent: Any) -> Any:
        """Send a request signed as it should be and return the answer."""
        stamped: Mapping[str, Any] = {"timestamp": now_ms()} | sent
        query = urlencode(stamped)
        return self.raw(method, path, f"{query}&signature={self.keys.signature(query)}")

    def raw(self, method: str, path: str, query: str, key: str | None = "", body: str = "") -> Any:
        """Send a query as it is; `key` is ours where it is empty, missing where it is None."""
        request = urllib.request.Request(f"{self.url}{path}?{query}", method=method)
        if key is not None:
            request.add_header("X-MBX-APIKEY", key or self.keys.key)
        with urllib.request.urlopen(request, body.encode() or None, timeout=PATIENCE) as answer:
            return json.load(answer)

    def refusal(self, method: str, path: str, **sent: Any) -> tuple[int, int, str]:
        """Return status, code and message of a request that is refused."""
        return refused(lambda: self(method, path, **sent))


def refused(call: Any) -> tuple[int, int, str]:
    """Return status, code and message of a call that must be refused."""
    try:
        call()
    except urllib.error.HTTPError as error:
        with error:
            answer = json.load(error)
        return error.code, answer["code"], answer["msg"]
    raise AssertionError("it was not refused")


def control(url: str, name: str, method: str = "POST", **sent: Any) -> Any:
    """Use the control endpoint."""
    body = json.dumps(sent).encode() if method == "POST" else None
    request = urllib.request.Request(f"{url}/control/{name}", body, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


@contextmanager
def controlled(trading: Trading) -> Iterator[Caller]:
    """Serve an exchange with its control endpoint, and call it by hand."""
    with running(trading.exchange, Binance(), trading=trading, faults=Faults()) as url:
        yield Caller(url, trading)
