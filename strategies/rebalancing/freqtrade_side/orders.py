"""freqtrade's orders: how a trade is asked for, and what a round's orders have executed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile

from freqtrade.persistence import LocalTrade

from rebalancing.rounds.round import Fill, Round
from rebalancing.rounds.tag import ENTRY_TAG


def partial_sell_stake(trade: LocalTrade, amount: float, lot: float) -> float:
    """Return the stake that makes freqtrade sell an amount.

    Parameters
    ----------
    trade : LocalTrade
        The holding.
    amount : float
        Coins to sell.
    lot : float
        Amount step; 0 if there is none.

    Returns
    -------
    float
        Negative, relative to the cost basis: freqtrade sells abs(stake) * amount / cost. A
        thousandth of a lot is added so that its cut to whole lots does not lose one.
    """
    if amount >= trade.amount - lot / 2:
        return -float(trade.stake_amount)
    exact = min(amount + lot / 1000, trade.amount)
    return -float(exact * trade.stake_amount / trade.amount)


def name_entries(trades: Iterable[LocalTrade], current: Round) -> None:
    """Give trades that a round has opened the tag of the round.

    Notes
    -----
    freqtrade takes the tag of an entry from its signals, which know nothing of rounds; only a
    later buy or sell may bring its own.
    """
    for trade in trades:
        if trade.enter_tag == ENTRY_TAG and _opened_in(trade, current):
            trade.enter_tag = current.tag
            for order in trade.orders:
                if order.ft_order_tag == ENTRY_TAG:
                    order.ft_order_tag = current.tag


def exit_at_the_open(trades: Iterable[LocalTrade]) -> None:
    """Let the exits of a backtest fill at the open of their candle, as its entries do.

    Notes
    -----
    freqtrade rounds them to the price tick that the candles showed when the trade was opened. A
    coin that has lost four digits since would be sold at half its price, at twice it, or never;
    and candles with more digits than that do not fill where they open at their high or low.
    """
    for trade in trades:
        trade.price_precision = None


def round_fills(trades: Iterable[LocalTrade], current: Round) -> dict[str, Fill]:
    """Add up what the orders of a round have executed.

    Parameters
    ----------
    trades : iterable of LocalTrade
        Those that may hold such orders, their entries named.

    Returns
    -------
    dict of str to Fill
        By asset; an asset without an order of this round is absent.
    """
    fills: dict[str, Fill] = {}
    for trade in trades:
        recent = takewhile(lambda o: o.order_date_utc >= current.started, reversed(trade.orders))
        own = [order for order in recent if order.ft_order_tag == current.tag]
        if own:
            sold = sum(order.safe_filled for order in own if order.ft_order_side == "sell")
            bought = sum(
                order.safe_filled * order.safe_price
                for order in own
                if order.ft_order_side == "buy"
            )
            fills[trade.safe_base_currency] = Fill(sold, bought)
    return fills


def _opened_in(trade: LocalTrade, current: Round) -> bool:
    opened: datetime = trade.open_date_utc
    return opened >= current.started
