"""Trades that somebody else ended: closed by hand, or deleted from the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from freqtrade.persistence import Trade
from sqlalchemy import func, select

from rebalancing.rounds import parse_tag


def closed_by_others(stake: str, since: datetime | None) -> set[str]:
    """Return the assets whose newest closed trade no round has closed.

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
        if parse_tag(reason or "") is None
        and (since is None or closed is None or closed.replace(tzinfo=UTC) > since)
    }


def open_trades() -> dict[str, int]:
    """Return the numbers of the open trades that hold coins, by asset."""
    rows = Trade.session.execute(
        select(Trade.base_currency, Trade.id).where(Trade.is_open.is_(True), Trade.amount > 0)
    )
    return {str(asset): int(number) for asset, number in rows}


def deleted(trades: Mapping[str, int]) -> set[str]:
    """Return the assets whose trades, given by their numbers, are in the database no longer.

    Notes
    -----
    The number alone does not tell: the next trade, of any asset, may get it again.
    """
    rows = Trade.session.execute(
        select(Trade.base_currency, Trade.id).where(Trade.id.in_(trades.values()))
    )
    known = {(str(asset), int(number)) for asset, number in rows}
    return {asset for asset, number in trades.items() if (asset, number) not in known}
