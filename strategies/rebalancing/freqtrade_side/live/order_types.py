"""How freqtrade sends the orders of this loop: which entries, limit or market, as maker or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from freqtrade.strategy import IStrategy

from rebalancing.freqtrade_side.internals import exchange_of
from rebalancing.freqtrade_side.live.locks import AUTO_LOCK
from rebalancing.freqtrade_side.live.run import LiveRun


class OrderTypes:
    """Sets what freqtrade reads of the strategy before it sends an order.

    Parameters
    ----------
    strategy : IStrategy
        As configured.

    Attributes
    ----------
    entries : frozenset of str
        Pairs of which this loop is to open a trade.

    Notes
    -----
    freqtrade asks for an entry of every pair that is not held, in every loop, with requests of
    its own. While no round opens a trade there is no free place for one; while one does there are
    as many as it needs, whatever coins that nobody can sell hold the others.

    It takes the signal of an entry from candles that it analyses once: while one is wanted they
    are analysed in every loop, so that the newest one bears the signal.
    """

    def __init__(self, strategy: IStrategy) -> None:
        self._strategy = strategy
        self._analyses_once = bool(strategy.process_only_new_candles)
        self.entries: frozenset[str] = frozenset()
        self._types: dict[str, Any] = dict(strategy.order_types)
        self._in_force: dict[str, Any] = dict(strategy.order_time_in_force)
        exchange = exchange_of(strategy.dp)
        self._has_post_only = "PO" in exchange.get_option("order_time_in_force", [])

    def set(self, run: LiveRun, now: datetime) -> None:
        """Make the strategy fit what the open round wants."""
        held = run.open_pairs()
        self.entries = run.execution.entries(held)
        if self.entries:
            self._strategy.unlock_reason(AUTO_LOCK)
        self._strategy.config["max_open_trades"] = len(held) + len(self.entries)
        self._strategy.process_only_new_candles = self._analyses_once and not self.entries
        kinds = {"entry": "market", "exit": "market"} if run.falls_back(now) else {}
        self._strategy.order_types = self._types | kinds
        only = self._has_post_only and run.waits_as_maker(now)
        kinds = {"entry": "PO", "exit": "PO"} if only else {}
        self._strategy.order_time_in_force = self._in_force | kinds
