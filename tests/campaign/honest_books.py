"""An honest history of a bot for the campaign's checks: exchange, freqtrade and journal agree."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.exchange.book import Depth
from sandbox.exchange.fees import Fees
from sandbox.exchange.orders import OrderRequest, OrderType, Side
from sandbox.exchange.trading import Trading
from tests.campaign.evidence import Evidence
from tests.campaign.scenario import Scenario
from tests.campaign.witnessed import Move, Payment
from tests.support.exchanges import make_exchange

PRICES = {"BTC": 100.0, "ETH": 10.0, "BNB": 50.0}
INITIAL, ROUND = "r0 initial", "r1 threshold BTC +3.0pp"


def now() -> str:
    return datetime.now(UTC).isoformat()


def make_scenario(**changes: Any) -> Scenario:
    """Build BTC and ETH at half each with a threshold of three points."""
    values: dict[str, Any] = {
        "seed": 0,
        "prices": PRICES,
        "rebalance": {"targets": {"BTC": 0.5, "ETH": 0.5}, "threshold": 0.03},
        "kind": "market",
        "cash": 1000.0,
        "fees": Fees(),
        "fee_coins": 0.0,
        "depth": Depth(),
        "dry_run": False,
        "script": (),
    }
    return Scenario(**values | changes)


class Books:
    """An account that trades as a bot would, and the books such a bot would keep."""

    def __init__(self) -> None:
        self.scenario = make_scenario()
        self.trading = Trading(make_exchange(**PRICES), balances={"USDT": 1000})
        self.journal: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []
        self.opened: dict[str, str] = {}

    def round(self, number: int, tag: str, trades: dict[str, float]) -> None:
        """Trade these amounts of coins at the prices of PRICES, sells first."""
        time.sleep(0.002)  # the ledger's times are milliseconds: no two rounds share one
        planned = [
            {"asset": asset, "amount": amount, "price": PRICES[asset]}
            for asset, amount in trades.items()
        ]
        self.journal.append(
            {
                "time": now(),
                "event": "round",
                "round": number,
                "tag": tag,
                "trades": planned,
                "nav": self.value(),
            }
        )
        achieved = {asset: self.order(asset, amount, tag) for asset, amount in trades.items()}
        self.journal.append(
            {
                "time": now(),
                "event": "closed",
                "round": number,
                "tag": tag,
                "achieved": achieved,
                "nav_after": self.value(),
                "weights_after": {"BTC": 0.5, "ETH": 0.5},
            }
        )

    def order(self, asset: str, amount: float, tag: str) -> float:
        """Trade at the market and return the signed value."""
        side = Side.BUY if amount > 0 else Side.SELL
        size = Decimal(str(abs(amount)))
        order = self.trading.place(OrderRequest(f"{asset}/USDT", side, OrderType.MARKET, size))
        self.opened.setdefault(asset, now())
        self.rows.append(
            {
                "order_id": str(order.id),
                "ft_order_side": side.value.lower(),
                "ft_pair": order.pair,
                "ft_order_tag": tag,
                "status": "closed",
                "filled": float(order.filled),
            }
        )
        return float(order.quote_filled) * (1 if amount > 0 else -1)

    def value(self) -> float:
        """Return what the account is worth."""
        balances = self.trading.account.balances
        return sum(float(b.total) * {**PRICES, "USDT": 1.0}[a] for a, b in balances.items())

    def evidence(self) -> Evidence:
        """Return everything as a life would leave it."""
        account = self.trading.account
        held = {asset: float(account.balance(asset).total) for asset in ("BTC", "ETH")}
        return Evidence(
            scenario=self.scenario,
            markets={market.base: market for market in self.trading.exchange.markets},
            orders=account.orders,
            fills=account.fills,
            ledger=account.ledger,
            balances=account.balances,
            refused=tuple(self.trading.refused),
            moves=tuple(Move(0, asset, price) for asset, price in PRICES.items()),
            kept_orders=tuple(self.rows),
            kept_trades=tuple(
                {
                    "pair": f"{asset}/USDT",
                    "base_currency": asset,
                    "is_open": 1,
                    "amount": amount,
                    "open_date": self.opened[asset],
                    "close_date": None,
                }
                for asset, amount in held.items()
            ),
            kept_flows=(Payment(0, self.scenario.cash),),
            journal=tuple(self.journal),
            log="2026-01-01 00:00:00,000 - freqtrade.worker - INFO - Bot heartbeat.\n",
            written={"log.txt": "Botheartbeat."},
            secrets=("sandboxKEY", "sandboxSECRET"),
            loops=11,
        )


def honest_history() -> Evidence:
    """Return the evidence of an initial allocation and of a round."""
    books = Books()
    books.round(0, INITIAL, {"BTC": 5.1, "ETH": 48.0})
    books.round(1, ROUND, {"BTC": -0.1, "ETH": 0.99})
    return books.evidence()
