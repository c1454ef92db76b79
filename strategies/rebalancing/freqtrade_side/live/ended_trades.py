"""Trades that somebody else ended: closed or reduced by hand, deleted, or closed by mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from freqtrade.persistence import Order, Trade
from sqlalchemy import ColumnElement, func, select

from rebalancing.account.cash_book import CashBook
from rebalancing.account.coin_flows import ENOUGH
from rebalancing.account.known_trade import KnownTrade
from rebalancing.freqtrade_side.present.account import SLIVER
from rebalancing.freqtrade_side.records import booked_orders, own_orders
from rebalancing.rounds.tag import ENTRY_TAG, IN_KIND, WITHDRAWN_TAG, parse_tag


def known_trades(
    own: ColumnElement[bool], unbooked: Collection[own_orders.Executed] = ()
) -> tuple[KnownTrade, ...]:
    """Return the trades that meet an SQL condition and have filled orders.

    Parameters
    ----------
    own : SQL condition
        Of the trades.
    unbooked : collection of Executed
        Their orders that the cash book lacks.
    """
    is_open = set(Trade.session.scalars(select(Trade.id).where(Trade.is_open.is_(True))))
    first: dict[int, own_orders.Executed] = {}
    cost, lacking = defaultdict[int, float](float), defaultdict[int, float](float)
    for order in own_orders.executed(own):
        first.setdefault(order.trade, order)
        cost[order.trade] -= order.cash
    for order in unbooked:
        lacking[order.trade] -= order.cash
    return tuple(
        KnownTrade(
            asset=order.asset,
            order=order.name,
            cost=cost[number],
            is_open=number in is_open,
            unbooked=lacking[number],
        )
        for number, order in first.items()
    )


def known_before_stock(
    own: ColumnElement[bool], book: CashBook | None, known: Collection[KnownTrade]
) -> tuple[KnownTrade, ...]:
    """Return the trades as they are before the newest orders are booked.

    Those of the known ones that are there no longer are among them.
    """
    beyond = [] if book is None else [booked_orders.beyond(book.booked)]
    now = known_trades(own, own_orders.executed(own, *beyond))
    there = {trade.order for trade in now}
    return (*(trade for trade in known if trade.order not in there), *now)


def deleted(known: Collection[KnownTrade]) -> list[KnownTrade]:
    """Return those of the trades that are in the database no longer."""
    names = [trade.order for trade in known]
    there = set(Order.session.scalars(select(Order.order_id).where(Order.order_id.in_(names))))
    return [trade for trade in known if trade.order not in there]


def reopened(
    own: ColumnElement[bool],
    known: Collection[KnownTrade],
    held: Collection[str],
    lots: Mapping[str, float],
    since: datetime | None = None,
) -> list[tuple[str, float]]:
    """Open again the trades that freqtrade has closed with coins left.

    Parameters
    ----------
    own : SQL condition
        Which trades are the portfolio's.
    known : collection of KnownTrade
        As they were seen last.
    held : collection of str
        Assets of the open trades of now.
    lots : mapping of str to float
        By asset, coins; the trade knows only that of its first day.
    since : datetime or None
        Trades opened since then may not be known yet; None: all are.

    Returns
    -------
    list of (str, float)
        The asset of each, and how many coins are left.

    Notes
    -----
    Where coins are missing freqtrade goes through all orders of the trade again, and takes a sell
    of exactly as many coins as are left now for the end of it. So it does where its API and its
    loop both count one sell. The coins would be in no trade, and bought again.
    """
    names = [trade.order for trade in known if trade.is_open and trade.asset not in held]
    if not names and since is None:
        return []
    wanted: ColumnElement[bool] = Trade.orders.any(Order.order_id.in_(names))
    if since is not None:
        wanted = wanted | (Trade.open_date >= since.astimezone(UTC).replace(tzinfo=None))
    ended, found = {trade.order for trade in known if not trade.is_open}, []
    for trade in Trade.session.scalars(
        select(Trade).where(own, Trade.is_open.is_(False), wanted)
    ).all():
        is_known = not ended.isdisjoint(order.order_id for order in trade.orders)
        asset = trade.safe_base_currency
        if is_known or asset in held or not _has_coins_left(trade, lots.get(asset, 0.0)):
            continue
        trade.is_open, trade.close_date, trade.close_rate = True, None, None
        trade.recalc_trade_from_orders()
        Trade.commit()
        found.append((asset, trade.amount))
    return found


def _has_coins_left(trade: Trade, lot: float) -> bool:
    """Tell whether the orders of a trade leave a lot, and more than the fee of its last sell."""
    filled = [order for order in trade.orders if order.safe_filled]
    sold = [o.safe_amount_after_fee for o in filled if o.ft_order_side == trade.exit_side]
    bought = [o.safe_amount_after_fee for o in filled if o.ft_order_side == trade.entry_side]
    left = sum(bought) - sum(sold)
    is_lot = left > 0 and left >= lot * (1 - SLIVER)
    return bool(sold) and is_lot and left * ENOUGH > sold[-1] * (1 - ENOUGH)


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
