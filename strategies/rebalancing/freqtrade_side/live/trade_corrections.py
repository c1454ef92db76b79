"""Corrections of freqtrade's trades: names of rounds, empty trades, missing coins."""

from __future__ import annotations

from datetime import UTC, datetime

from freqtrade.enums import ExitType
from freqtrade.persistence import Order, Trade
from sqlalchemy import select

from rebalancing.rounds.tag import ENTRY_TAG


def name_entries(tag: str, since: datetime) -> None:
    """Give trades opened since then the tag of the round that opened them.

    freqtrade names them after their signal.
    """
    opened = Trade.session.scalars(
        select(Trade).where(
            Trade.enter_tag == ENTRY_TAG,
            Trade.open_date >= since.astimezone(UTC).replace(tzinfo=None),
        )
    ).all()
    for trade in opened:
        trade.enter_tag = tag
        for order in trade.orders:
            if order.ft_order_tag == ENTRY_TAG:
                order.ft_order_tag = tag
    if opened:
        Trade.commit()


def name_emergency_exits(tag: str, since: datetime) -> None:
    """Give emergency exits the tag of the round whose sells they were.

    freqtrade replaces sells that did not fill in time (`exit_timeout_count`) with these market
    orders.
    """
    emergency = str(ExitType.EMERGENCY_EXIT.value)
    orders = Order.session.scalars(
        select(Order).where(
            Order.ft_order_tag == emergency,
            Order.order_date >= since.astimezone(UTC).replace(tzinfo=None),
        )
    ).all()
    for order in orders:
        order.ft_order_tag = tag
        trade = Trade.session.get(Trade, order.ft_trade_id)
        if trade is not None and trade.exit_reason == emergency:
            trade.exit_reason = tag
    if orders:
        Trade.commit()


def drop_empty() -> None:
    """Remove open trades whose orders all ended without a fill while the bot was away.

    Notes
    -----
    freqtrade removes only those that it sees ending. For one that is left it neither adjusts a
    position, as there is none, nor opens another: the asset could never be bought again.
    """
    empty = Trade.session.scalars(
        select(Trade).where(
            Trade.is_open.is_(True), Trade.amount == 0, ~Trade.orders.any(Order.ft_is_open)
        )
    ).all()
    for trade in empty:
        trade.delete()


def end_orders(pair: str) -> None:
    """Take the open orders of a pair that is listed no longer for cancelled.

    Notes
    -----
    freqtrade asks for them without an answer, for ever. What they filled last nobody knows; the
    balances show it.
    """
    orders = Order.session.scalars(
        select(Order).where(Order.ft_pair == pair, Order.ft_is_open.is_(True))
    ).all()
    for order in orders:
        order.ft_is_open, order.status = False, "canceled"
    if orders:
        Trade.commit()


def assume_fees(pair: str, rate: float, stake: str) -> None:
    """Let the fees of a pair that is listed no longer be known.

    Parameters
    ----------
    rate : float
        Fraction of the notional that counts where no order of a trade has a fee that is known.
    stake : str
        Code of the stake currency.

    Notes
    -----
    freqtrade asks for a fee that it does not know at the begin of each loop, before anything else.
    Nobody answers, the loop fails, and no other pair is traded any more. It forgets a fee that it
    knew with each further buy, and keeps the rate.
    """
    trades = Trade.session.scalars(select(Trade).where(Trade.pair == pair)).all()
    for trade in trades:
        known = trade.fee_open if trade.fee_open_cost is not None else rate
        for side in (trade.entry_side, trade.exit_side):
            if not trade.fee_updated(side):
                trade.update_fee(known * trade.stake_amount, stake, known, side)
    if trades:
        Trade.commit()


def let_hold(number: int, amount: float) -> None:
    """Let a trade hold so many coins, all of which are about to be sold.

    Parameters
    ----------
    number : int
        Of the trade.
    amount : float
        Coins, in whole lots.

    Notes
    -----
    With coins missing, or less than a lot beyond those, freqtrade would not sell the rest: a sell
    of less than the trade leaves too little behind, and for a sell of all of it there are too few.
    """
    trade = Trade.session.get(Trade, number)
    if trade is not None:
        trade.amount = round(amount, 12)
