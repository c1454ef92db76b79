"""Sells that the exchange has, that no trade knows, and that no bot has made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from freqtrade.enums import ExitType

from rebalancing.account.account_view import UnknownSell
from rebalancing.freqtrade_side.live.lost_orders import LostOrders

TAG = str(ExitType.SOLD_ON_EXCHANGE.value)
"""What freqtrade, too, calls a sale that it has found on the exchange."""


class UnknownSells:
    """Finds and enters sales by hand whose coins are missing.

    freqtrade looks for them as well, but not while it does not know the fee of a trade, nor again
    where the exchange did not answer.

    Parameters
    ----------
    lost_orders : LostOrders
        Asks the exchange.
    """

    def __init__(self, lost_orders: LostOrders) -> None:
        self._lost_orders = lost_orders
        self._found: dict[str, dict[str, Any]] = {}

    def since(self, checked_at: datetime | None) -> Callable[[str], list[UnknownSell]]:
        """Return what gives the sells of an asset, newest first.

        Parameters
        ----------
        checked_at : datetime or None
            When no coins were missing yet, UTC; None: they always were, and nothing is given.
        """

        def of(asset: str) -> list[UnknownSell]:
            if checked_at is None:
                return []
            orders = self._lost_orders.sold_by_hand(asset, checked_at)
            self._found |= {str(order["id"]): order for order in orders}
            return [UnknownSell(str(order["id"]), float(order["filled"])) for order in orders]

        return of

    def enter(self, asset: str, order: str, now: datetime) -> None:
        """Enter one of these orders, so that freqtrade books its fills and fees."""
        self._lost_orders.enter(asset, self._found.pop(order), TAG, now)
