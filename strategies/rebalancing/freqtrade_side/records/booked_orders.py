"""The orders that are known at a moment, told from those that come later."""

from __future__ import annotations

from datetime import UTC, timedelta

from freqtrade.persistence import Order
from sqlalchemy import ColumnElement, and_, func, or_, select

from rebalancing.account.cash_book import Booked
from rebalancing.freqtrade_side.records.standing import standing

OVERLAP = timedelta(hours=1)
"""Before the newest order, the time whose orders are known by name: clocks may be set back."""


def all_orders(*conditions: ColumnElement[bool]) -> Booked:
    """Return what tells the orders of now that meet SQL conditions from those to come."""
    number, _ = standing().newest
    newest = Order.session.scalar(select(func.max(Order.order_date)).where(*conditions))
    if newest is None:
        return Booked(number)
    since = newest - OVERLAP
    names = Order.session.scalars(
        select(Order.order_id).where(Order.order_date >= since, *conditions)
    )
    return Booked(number, since.replace(tzinfo=UTC), tuple(sorted(map(str, names))))


def beyond(booked: Booked) -> ColumnElement[bool]:
    """Return the SQL condition of the orders that are not among these."""
    later: ColumnElement[bool] = Order.id > booked.last_order
    if booked.since is None:
        return later
    since = booked.since.astimezone(UTC).replace(tzinfo=None)
    made: ColumnElement[bool] = or_(later, Order.order_date >= since)
    return and_(made, Order.order_id.not_in(booked.names))
