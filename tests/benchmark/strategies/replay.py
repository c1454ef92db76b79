"""The orders of another run, and no thought: freqtrade's own floor for these orders."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from freqtrade.persistence import Trade

from tests.benchmark.bare import Bare

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Replay(Bare):
    """Sends the given orders in their candles, sells first, as SmartRebalance did."""

    def __init__(self, config: dict) -> None:
        super().__init__(config)
        self._rounds: dict[datetime, dict[str, dict[str, Any]]] = defaultdict(dict)
        for order in self.given_orders():
            moment = EPOCH + timedelta(milliseconds=order["time"])
            if order["pair"] in self._rounds[moment]:
                raise ValueError(f"two orders of {order['pair']} in one candle: {moment}")
            self._rounds[moment][order["pair"]] = order
        self._waiting: dict[str, dict[str, Any]] = {}

    def bot_loop_start(self, current_time: datetime, **kwargs) -> None:
        """Take up the orders of this candle, sellers first, then buyers, then the rest."""
        self._waiting = self._rounds.get(current_time, {})
        if self._waiting:
            self.position_adjustment_enable = True
            turn = {p: int(order["side"] == "buy") for p, order in self._waiting.items()}
            trades = Trade.get_trades_proxy(is_open=True)
            trades.sort(key=lambda trade: turn.get(trade.pair, 2))
            for trade in trades:
                trade.price_precision = None  # exits at the open, as SmartRebalance has them

    def custom_stake_amount(self, pair: str, **kwargs) -> float:
        """Open a trade if it was opened then."""
        order = self._take(pair)
        return 0.0 if order is None else order["amount"] * order["price"] * self.UP

    def adjust_trade_position(self, trade: Trade, **kwargs) -> tuple[float, str] | None:
        """Buy or sell what was bought or sold then."""
        order = self._take(trade.pair)
        if order is None:
            return None
        if order["side"] == "buy":
            return order["amount"] * order["price"] * self.UP, order["tag"]
        share = min(1.0, order["amount"] * self.UP / trade.amount)
        return -share * trade.stake_amount, order["tag"]

    def _take(self, pair: str) -> dict[str, Any] | None:
        order = self._waiting.pop(pair, None)
        self.position_adjustment_enable = bool(self._waiting)
        return order
