"""The test functions that ccxt's own wheel carries, run against the local exchange."""

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ccxt
import ccxt.test.exchange.sync
import pytest

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.synthetic import write_candles
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running

FOLDER = "ccxt.test.exchange.sync"
PAIR = "BTC/USDT"
JUDGES: dict[str, dict[str, Any]] = {
    "create_order": {},
    "fetch_balance": {},
    "fetch_closed_orders": {},
    # Binance's order book tells no time.
    "fetch_l2_order_book": {"timestamp": True, "datetime": True},
    "fetch_last_prices": {},
    "fetch_markets": {},
    "fetch_my_trades": {},
    "fetch_ohlcv": {},
    "fetch_open_orders": {},
    "fetch_order_book": {"timestamp": True, "datetime": True},
    "fetch_orders": {},
    "fetch_status": {},
    "fetch_ticker": {},
    "fetch_tickers": {},
    "fetch_trades": {},
    "fetch_trading_fee": {},
    "fetch_trading_fees": {},
    "load_markets": {},
}
"""Each function and the properties it is told to pass over."""

ASKS_NOTHING = "nothing is asked of an exchange"
DERIVATIVES = "for derivatives; the local exchange lists spot markets"
WALLET = "transfers between wallets, deposits and withdrawals are not served"
UNKNOWN_TO_CCXT = "ccxt has no such call for Binance"
NO_JUDGES = {
    "after_construct": ASKS_NOTHING,
    "features": ASKS_NOTHING,
    "fetch_accounts": UNKNOWN_TO_CCXT,
    "fetch_borrow_interest": "margin trading is not served",
    "fetch_currencies": "networks of coins are not served; freqtrade's settings here ask for none",
    "fetch_deposit_withdrawals": UNKNOWN_TO_CCXT,
    "fetch_deposits": WALLET,
    "fetch_funding_rate_history": DERIVATIVES,
    "fetch_ledger": DERIVATIVES,
    "fetch_ledger_entry": DERIVATIVES,
    "fetch_leverage_tiers": DERIVATIVES,
    "fetch_liquidations": DERIVATIVES,
    "fetch_margin_mode": DERIVATIVES,
    "fetch_margin_modes": DERIVATIVES,
    "fetch_market_leverage_tiers": DERIVATIVES,
    "fetch_my_liquidations": DERIVATIVES,
    "fetch_open_interest_history": DERIVATIVES,
    "fetch_order_books": UNKNOWN_TO_CCXT,
    "fetch_positions": DERIVATIVES,
    "fetch_transaction_fees": WALLET,
    "fetch_transfers": WALLET,
    "fetch_withdrawals": WALLET,
    "proxies": "calls addresses on the internet",
    "sign_in": ASKS_NOTHING,
}


class SpotOnly(ccxt.binance):  # type: ignore[misc]
    """ccxt's client, claiming no markets but those that freqtrade's settings load."""

    def describe(self) -> Any:
        """Say what it can do."""
        spot = {"swap": False, "future": False, "option": False}
        return self.deep_extend(super().describe(), {"has": spot})

    def __getitem__(self, name: str) -> Any:
        """Return an attribute: some functions take the client for a dict."""
        return getattr(self, name)


class Shown(float):
    """A number that a text takes as its own."""

    def __radd__(self, other: Any) -> Any:
        """Append to a text, or add."""
        return other + str(float(self)) if isinstance(other, str) else super().__radd__(other)


def mend(name: str, module: Any, client: Any, patch: pytest.MonkeyPatch) -> None:
    """Let a function run that cannot run in Python as the wheel carries it."""
    if name == "create_order":  # adds numbers to texts and rounds up
        had = client.fetch_balance()
        texts = {asset: {"free": Shown(had[asset]["free"])} for asset in ("BTC", "USDT")}
        patch.setattr(client, "fetch_balance", lambda: texts)
        patch.setattr(module, "tco_create_order_safe", place_order)
        patch.setattr(module, "tco_get_minimum_amount_for_limit_price", lambda *_: 0.001)
    if name == "fetch_markets":  # wants a dict, and then its values by their number
        listed = dict(enumerate(client.fetch_markets()))
        patch.setattr(client, "fetch_markets", lambda: listed)
    if name == "load_markets":  # loads nothing that is loaded
        patch.setattr(client, "markets", None)


def place_order(
    exchange: Any,
    symbol: str,
    kind: str,
    side: str,
    amount: float,
    price: float | None,
    params: dict[str, Any],
    skipped: dict[str, Any],
) -> Any:
    """Place an order and check it."""
    order = exchange.create_order(symbol, kind, side, amount, price, params)
    check = importlib.import_module("ccxt.test.exchange.base").test_order
    check(exchange, skipped, "createOrder", order, symbol, exchange.milliseconds())
    return order


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counter[str], Any]]:
    folder: Path = tmp_path_factory.mktemp("candles")
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=200)
    closes = [40_000.0 + 10 * (minute % 7) for minute in range(200)]
    write_candles(folder, PAIR, "1m", closes, start)
    exchange = LocalExchange([PAIR, "ETH/USDT"], CandleFolder.open(folder))
    exchange.set_price("ETH/USDT", 2_000.0)
    trading = Trading(exchange, balances={"USDT": 10_000})
    asked: Counter[str] = Counter()
    with running(exchange, Binance(), trading=trading, asked=asked) as url:
        settings = overlay(url, {}, trading.keys)["exchange"]
        keys = {"apiKey": settings["key"], "secret": settings["secret"]}
        client = SpotOnly({**keys, **settings["ccxt_config"]})
        client.load_markets()
        client.create_order(PAIR, "market", "buy", 0.01)
        client.create_order(PAIR, "limit", "buy", 0.01, 30_000.0)
        yield asked, client


def test_every_function_of_the_wheel_is_accounted_for() -> None:
    found = pkgutil.iter_modules(ccxt.test.exchange.sync.__path__)
    names = {module.name.removeprefix("test_") for module in found}
    assert names == JUDGES.keys() | NO_JUDGES.keys()


@pytest.mark.parametrize("name", JUDGES)
def test_ccxts_own_test_passes(
    served: tuple[Counter[str], Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, client = served
    module = importlib.import_module(f"{FOLDER}.test_{name}")
    test = getattr(module, f"test_{name}")
    of_pair = "symbol" in inspect.signature(test).parameters
    before = asked.total()
    mend(name, module, client, monkeypatch)
    test(client, JUDGES[name], *([PAIR] if of_pair else []))
    assert asked.total() > before
