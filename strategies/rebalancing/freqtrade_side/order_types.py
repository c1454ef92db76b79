"""How freqtrade sends the orders of this loop: how many, limit or market, as maker or not."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy

from rebalancing.freqtrade_side import own_orders
from rebalancing.freqtrade_side.live import LiveRun


class OrderTypes:
    """Sets what freqtrade reads of the strategy before it sends an order.

    Parameters
    ----------
    strategy : IStrategy
        As configured.

    Notes
    -----
    freqtrade asks for an entry of every pair that is not held, in every loop, with requests of
    its own. While no round opens a trade there is no free place for one.
    """

    def __init__(self, strategy: IStrategy) -> None:
        self._strategy = strategy
        self._types: dict[str, Any] = dict(strategy.order_types)
        self._in_force: dict[str, Any] = dict(strategy.order_time_in_force)
        self._places = strategy.config["max_open_trades"]
        exchange = strategy.dp._exchange
        assert exchange is not None
        offered = exchange.get_option("order_time_in_force", [])
        self._post_only = "PO" in offered

    def set(self, run: LiveRun) -> None:
        """Make the strategy fit what the open round wants."""
        self._strategy.config["max_open_trades"] = (
            self._places if run.is_entering else len(own_orders.holdings())
        )
        at_market = run.trades_at_market
        self._strategy.order_types = self._types | (
            {"entry": "market", "exit": "market"} if at_market else {}
        )
        if self._post_only and run.is_maker:
            kind = {} if at_market else {"entry": "PO", "exit": "PO"}
            self._strategy.order_time_in_force = self._in_force | kind
