"""Find out what became of the orders handed to freqtrade, before anything new is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from freqtrade.exchange import Exchange
from freqtrade.persistence import Order, Trade
from sqlalchemy import select

from rebalancing.account.in_flight import InFlightOrder
from rebalancing.freqtrade_side.internals import ccxt_options
from rebalancing.freqtrade_side.live.order_marks import OrderMarks
from rebalancing.freqtrade_side.live.trade_writer import TradeWriter
from rebalancing.freqtrade_side.records import booked_orders
from rebalancing.rounds.tag import ENTRY_TAG, parse_tag

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far back the exchange is asked for orders: its clock need not be ours."""


class LostOrders:
    """Settles intents against freqtrade's database and the exchange.

    Parameters
    ----------
    trade_writer : TradeWriter
        Enters what freqtrade does not know.
    stake : str
        Code of the stake currency.
    is_live : bool
        A simulated order cannot be lost, only never made.
    marks : OrderMarks
        Of the orders.
    """

    def __init__(
        self,
        exchange: Exchange,
        trade_writer: TradeWriter,
        stake: str,
        is_live: bool,
        marks: OrderMarks,
    ) -> None:
        self.marks = marks
        self._exchange = exchange
        self._trade_writer = trade_writer
        self._stake = stake
        self._is_live = is_live

    @property
    def doubt(self) -> timedelta:
        """How long an order that was sent may still be accepted."""
        window = float(ccxt_options(self._exchange).get("recvWindow") or 10_000)
        return timedelta(milliseconds=window + 1_000)

    def settle(
        self, now: datetime, intents: Iterable[InFlightOrder]
    ) -> tuple[tuple[InFlightOrder, ...], list[tuple[InFlightOrder, dict[str, Any]]]]:
        """Find the orders that were made of intents.

        Parameters
        ----------
        now : datetime
            UTC.
        intents : iterable of InFlightOrder
            Handed to freqtrade in earlier loops, or before a kill.

        Returns
        -------
        tuple of InFlightOrder
            Those still in doubt: the exchange has no such order, but it might yet.
        list of (InFlightOrder, dict)
            Orders freqtrade had lost, entered now.

        Raises
        ------
        FreqtradeException
            If the exchange does not answer; all of them are still in doubt then.
        """
        self.marks.end()
        doubtful, found = [], []
        for intent in intents:
            if self._is_known(intent) or not self._is_live:
                continue
            order = self._lost(intent)
            if order is not None:
                found.append((intent, order))
                self.enter(intent.asset, order, intent.tag, now)
            elif now - intent.at < self.doubt:
                doubtful.append(intent)
        return tuple(doubtful), found

    def sold_by_hand(self, asset: str, since: datetime) -> list[dict[str, Any]]:
        """Return the sells of an asset since then that freqtrade does not know and no bot has made.

        Returns
        -------
        list of dict
            ccxt's orders that have sold something, newest first. None of a pair that is listed no
            longer: nobody answers for it.

        Raises
        ------
        FreqtradeException
            If the exchange does not answer.
        """
        pair = f"{asset}/{self._stake}"
        if not self._is_live or pair not in self._exchange.markets:
            return []
        orders = [
            order
            for order in self._unknown(pair, since)
            if order["side"] == "sell"
            and order.get("filled")
            and self.marks.is_by_hand(str(order.get("clientOrderId") or ""))
        ]
        return sorted(orders, key=lambda order: order["timestamp"] or 0, reverse=True)

    def enter(self, asset: str, order: dict[str, Any], tag: str, now: datetime) -> None:
        """Enter an order under a tag, so that freqtrade books its fills and fees."""
        self._trade_writer.enter_lost(f"{asset}/{self._stake}", order, tag, now)

    def _unknown(self, pair: str, since: datetime) -> list[dict[str, Any]]:
        """Return the exchange's orders of a pair since then that are in no trade."""
        orders: list[dict[str, Any]] = self._exchange.fetch_orders(pair, since - CLOCKS_DIFFER)
        known = set(Order.session.scalars(select(Order.order_id).where(Order.ft_pair == pair)))
        return [order for order in orders if str(order["id"]) not in known]

    def _pair(self, intent: InFlightOrder) -> str:
        return f"{intent.asset}/{self._stake}"

    def _is_known(self, intent: InFlightOrder) -> bool:
        """Tell whether freqtrade made the order; one that it found by itself gets its tag."""
        rows = Order.session.scalars(
            select(Order).where(
                booked_orders.beyond(intent.booked),
                Order.ft_pair == self._pair(intent),
                Order.ft_order_side == intent.side,
            )
        ).all()
        for order in rows:
            if order.ft_order_tag is None:
                order.ft_order_tag = intent.tag
                if isinstance(order.trade, Trade) and intent.side == "sell":
                    order.trade.exit_reason = intent.tag
                Trade.commit()
        # A user's forced exit of the same coin is no answer.
        return any(
            order.ft_order_tag == ENTRY_TAG or parse_tag(order.ft_order_tag) is not None
            for order in rows
        )

    def _lost(self, intent: InFlightOrder) -> dict[str, Any] | None:
        fitting = [
            order
            for order in self._unknown(self._pair(intent), intent.at)
            # One that ended without a fill may be older, its trade removed: ours may still come.
            if (order.get("filled") or order.get("status") == "open")
            and self._is_meant(intent, order)
        ]
        return max(fitting, key=lambda order: order["timestamp"] or 0, default=None)

    def _is_meant(self, intent: InFlightOrder, order: dict[str, Any]) -> bool:
        """Tell whether an order may be what became of an intent.

        Notes
        -----
        With a mark its size says nothing more: freqtrade made coins of the stake at a price of
        its own, which may be far from the one the exchange filled at. An intent that an older
        version wrote has no mark but the bot's.
        """
        if mark := intent.mark or self.marks.mark:
            is_marked = str(order.get("clientOrderId") or "").startswith(mark)
            return is_marked and order["side"] == intent.side
        return intent.fits(order["side"], float(order["amount"] or 0.0), _worth(order))


def _worth(order: dict[str, Any]) -> float:
    """Stake currency an order asked for, as far as its answer tells."""
    price = order.get("average") or order.get("price") or 0.0
    return float(order.get("amount") or 0.0) * float(price)
