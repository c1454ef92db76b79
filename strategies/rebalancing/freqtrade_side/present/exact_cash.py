"""What orders brought in cash by the exchange's own list of their fills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import Exchange

from rebalancing.freqtrade_side.records.own_orders import Executed

COMPLETE = 1e-9
"""Fraction of an order's coins that its fills may lack and still be all of them."""


class ExactCash:
    """Asks the exchange for the fills of orders, as freqtrade may be wrong about their fees.

    Parameters
    ----------
    stake : str
        Code of the stake currency.

    Notes
    -----
    freqtrade reads the fee of the first sell of a trade and takes its rate for all others. That is
    wrong where they were taker and maker, where BNB for fees has run out, or where a pair that was
    free of fees is so no longer.
    """

    def __init__(self, exchange: Exchange, stake: str) -> None:
        self._exchange = exchange
        self._stake = stake
        self._known: dict[str, float] = {}

    def of(self, orders: Iterable[Executed]) -> float | None:
        """Return what the orders brought together, stake currency with all fees.

        None if the exchange does not tell it of one of them.
        """
        total = 0.0
        for order in orders:
            cash = self._known.get(order.name)
            if cash is None:
                cash = self._asked(order)
            if cash is None:
                return None
            self._known[order.name] = cash
            total += cash
        return total

    def _asked(self, order: Executed) -> float | None:
        pair = f"{order.asset}/{self._stake}"
        if order.ordered_at is None:
            return None
        try:
            fills = self._exchange.get_trades_for_order(order.name, pair, order.ordered_at)
        except FreqtradeException:
            return None
        return _cash(fills, order, self._stake)


def _cash(fills: Sequence[Mapping[str, Any]], order: Executed, stake: str) -> float | None:
    coins = cash = 0.0
    for fill in fills:
        fee = fill.get("fee") or {}
        if fee.get("cost") is None or not fill.get("cost"):
            return None
        coins += float(fill["amount"])
        cash += float(fill["cost"]) * (-1 if order.amount > 0 else 1)
        cash -= float(fee["cost"]) if fee.get("currency") == stake else 0.0
    whole = abs(coins - abs(order.amount)) <= COMPLETE * abs(order.amount)
    return cash if whole else None
