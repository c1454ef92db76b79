"""Trades that somebody else ended: closed or reduced by hand, or deleted from the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from freqtrade.persistence import Order, Trade
from sqlalchemy import ColumnElement, func, select

from rebalancing.account.known_trade import KnownTrade
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.rounds.tag import ENTRY_TAG, IN_KIND, WITHDRAWN_TAG, parse_tag


def known_trades(own: ColumnElement[bool]) -> tuple[KnownTrade, ...]:
    """Return the trades that meet an SQL condition and have filled orders."""
    is_open = set(Trade.session.scalars(select(Trade.id).where(Trade.is_open.is_(True))))
    first: dict[int, own_orders.Executed] = {}
    cost: dict[int, float] = {}
    for order in own_orders.executed(own):
        first.setdefault(order.trade, order)
        cost[order.trade] = cost.get(order.trade, 0.0) - order.cash
    return tuple(
        KnownTrade(
            asset=order.asset, order=order.name, cost=cost[number], is_open=number in is_open
        )
        for number, order in first.items()
    )


def new_trades(own: ColumnElement[bool], known: Collection[KnownTrade]) -> list[KnownTrade]:
    """Return the trades that meet an SQL condition and are not known, before stock is taken.

    Notes
    -----
    The cash book does not have their orders yet: what they cost would be missing in it as a
    withdrawal, were they deleted now, so that they count as nothing here.
    """
    names = {trade.order for trade in known}
    return [
        trade.model_copy(update={"cost": 0.0})
        for trade in known_trades(own)
        if trade.order not in names
    ]


def deleted(known: Collection[KnownTrade]) -> list[KnownTrade]:
    """Return those of the trades that are in the database no longer."""
    names = [trade.order for trade in known]
    there = set(Order.session.scalars(select(Order.order_id).where(Order.order_id.in_(names))))
    return [trade for trade in known if trade.order not in there]


def closed_by_others(stake: str, since: datetime | None) -> set[str]:
    """Return the assets whose newest closed trade neither a round nor a withdrawal has closed.

    Parameters
    ----------
    stake : str
        Code of the stake currency.
    since : datetime or None
        Closings before it do not count.
    """
    newest = select(func.max(Trade.id)).where(Trade.is_open.is_(False)).group_by(Trade.pair)
    rows = Trade.session.execute(
        select(Trade.base_currency, Trade.exit_reason, Trade.close_date).where(
            Trade.id.in_(newest), Trade.stake_currency == stake
        )
    )
    return {
        str(asset)
        for asset, reason, closed in rows
        if parse_tag(reason) is None
        and reason != WITHDRAWN_TAG
        and (since is None or closed is None or closed.replace(tzinfo=UTC) > since)
    }


def reduced_by_others(own: ColumnElement[bool], since: datetime | None) -> set[str]:
    """Return the assets of open trades whose newest order is a sell that no round made.

    Parameters
    ----------
    own : SQL condition
        Of the trades to look at.
    since : datetime or None
        Sells before it do not count.
    """
    newest = {
        order.asset: order
        for order in own_orders.executed(own, Trade.is_open.is_(True))
        if order.tag not in IN_KIND
    }
    return {
        asset
        for asset, order in newest.items()
        if order.amount < 0
        and order.tag != ENTRY_TAG
        and parse_tag(order.tag) is None
        and (since is None or order.filled_at is None or order.filled_at > since)
    }
