"""How the bot's orders stand: how many there are, which is the newest, which are open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Select, func, or_, select

from rebalancing.freqtrade_side.records.database import database


@dataclass(frozen=True)
class Standing:
    """How many orders there are, which is the newest, and which are open.

    Parameters
    ----------
    count : int
        Of all orders: with the newest one it tells whether any was made or deleted.
    newest : tuple of int and str
        Number of the newest order and what the exchange calls it, as a database gives the number
        of a deleted order again; 0 and empty if there is none.
    open_sides : dict of str to str
        By pair, the side of the orders that are neither filled nor cancelled.
    """

    count: int
    newest: tuple[int, str]
    open_sides: dict[str, str]


def standing() -> Standing:
    """Return how the orders stand now."""
    known = database()
    found = known.session.execute(_standing(known.orders)).all()
    if not found:
        return Standing(0, (0, ""), {})
    count, number, name, *_ = found[-1]
    sides = {str(pair): str(side) for *_, pair, side, is_open in found if is_open}
    return Standing(count, (number, str(name)), sides)


@cache
def _standing(orders: FromClause) -> Select[Any]:
    order = orders.c
    newest = select(func.max(order.id)).scalar_subquery()
    count = select(func.count(order.id)).scalar_subquery()
    columns = (
        count,
        order.id,
        order.order_id,
        order.ft_pair,
        order.ft_order_side,
        order.ft_is_open,
    )
    wanted = or_(order.ft_is_open.is_(True), order.id == newest)
    return select(*columns).where(wanted).order_by(order.id)
