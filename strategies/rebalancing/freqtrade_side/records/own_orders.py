"""The bot's orders in freqtrade's database, asked for column by column.

Objects would cost milliseconds in every loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Select, func, select

from rebalancing.freqtrade_side.records.database import database
from rebalancing.policy.limits import Done
from rebalancing.rounds.round import Fill
from rebalancing.rounds.tag import IN_KIND, parse_tag


@dataclass(frozen=True)
class Holding:
    """An open trade: its number, the coins, what they cost and the fee paid for them."""

    pair: str
    amount: float
    cost: float
    fee: float


@dataclass(frozen=True)
class Executed:
    """What an order has executed.

    Parameters
    ----------
    asset : str
        Code of the coin.
    amount : float
        Coins, buys positive.
    price : float
        Stake currency for one coin.
    fee : float
        Stake currency, estimated from the rate of the trade; what was paid in coins or BNB
        counts too.
    cash : float
        What it brought in stake currency, fees paid in stake currency taken off; 0 for coins
        that were adopted or withdrawn.
    tag : str
        Of the round; empty if there is none.
    fee_coins : float
        Coins of `amount` that were kept as a fee.
    doubt : float
        By how much `cash` may be wrong, stake currency: by the fee, but for a buy whose fee was not
        paid in stake currency. freqtrade keeps one rate and one currency for the fees of all
        buys of a trade, and so for all its sells.
    trade : int
        Number of the trade in the database of now.
    name : str
        What the exchange calls the order.
    ordered_at : datetime or None
        When it was made.
    """

    asset: str
    amount: float
    price: float
    fee: float
    cash: float
    tag: str
    filled_at: datetime | None
    fee_coins: float = 0.0
    doubt: float = 0.0
    trade: int = 0
    name: str = ""
    ordered_at: datetime | None = None

    @property
    def notional(self) -> float:
        """Stake currency, always positive."""
        return abs(self.amount) * self.price


def holdings() -> dict[str, Holding]:
    """Return the open trades by pair."""
    known = database()
    rows = known.session.execute(_holdings(known.trades))
    return {
        pair: Holding(pair, amount or 0.0, cost or 0.0, fee or 0.0)
        for pair, amount, cost, fee in rows
    }


@cache
def _holdings(trades: FromClause) -> Select[Any]:
    trade = trades.c
    columns = (trade.pair, trade.amount, trade.stake_amount, trade.fee_open)
    return select(*columns).where(trade.is_open.is_(True))


def paid_fees(held: Mapping[str, Holding]) -> list[float]:
    """Return the rate of the fees paid for each open trade, a fraction; `held` are all by pair."""
    return [holding.fee for holding in held.values() if holding.amount > 0]


def executed(*conditions: Any) -> list[Executed]:
    """Return what the orders that meet SQL conditions have executed, oldest first."""
    known = database()
    filled = _filled(known.orders, known.trades)
    return [_executed(*row) for row in known.session.execute(filled.where(*conditions))]


@cache
def _filled(orders: FromClause, trades: FromClause) -> Select[Any]:
    order, trade = orders.c, trades.c
    return (
        select(
            trade.id,
            order.order_id,
            order.order_date,
            trade.base_currency,
            trade.stake_currency,
            order.ft_order_side,
            order.filled,
            func.coalesce(order.average, order.price, order.ft_price),
            order.ft_order_tag,
            order.order_filled_date,
            order.ft_fee_base,
            trade.fee_open,
            trade.fee_open_currency,
            trade.fee_close,
            trade.fee_close_currency,
        )
        .join_from(orders, trades, trade.id == order.ft_trade_id)
        .where(order.filled > 0)
        .order_by(order.id)
    )


def _executed(
    trade: int,
    name: str,
    ordered: datetime | None,
    asset: str,
    stake: str,
    side: str,
    filled: float,
    price: float,
    tag: str | None,
    when: datetime | None,
    fee_coins: float | None,
    *fees: Any,
) -> Executed:
    notional = filled * price
    rate, currency = fees[:2] if side == "buy" else fees[2:]
    in_kind = tag in IN_KIND
    fee = 0.0 if in_kind else notional * (rate or 0.0)
    in_stake = fee if currency in (stake, None, "") else 0.0
    cash = 0.0 if in_kind else (-notional if side == "buy" else notional) - in_stake
    ordered_at, filled_at = _utc(ordered), _utc(when)
    signed = filled if side == "buy" else -filled
    # What a buy costs besides is taken from what it brings, or from another coin: not from cash.
    doubt = in_stake if side == "buy" else fee
    coins = fee_coins or 0.0
    known = asset, signed, price, fee, cash, tag or "", filled_at
    return Executed(*known, coins, doubt, trade, str(name), ordered_at)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def coins_left() -> dict[str, float]:
    """Return what all orders have left of each coin, fees paid in it taken off.

    Notes
    -----
    freqtrade leaves out the fee of an order where the account has enough of the coin besides. It
    was paid all the same: at the rate of the trade's orders before it, or, if no order of the
    trade has a fee, at that of the trade. Orders before the first fee had paid theirs in other
    coins, which then ran out.
    """
    known = database()
    orders, trades = known.orders.c, known.trades.c
    columns = (trades.id, trades.base_currency, trades.fee_open, trades.fee_open_currency)
    rows = known.session.execute(
        select(*columns, orders.ft_order_side, orders.filled, orders.ft_fee_base)
        .join_from(known.orders, known.trades, trades.id == orders.ft_trade_id)
        .where(orders.filled > 0)
        .order_by(orders.id)
    ).all()
    left: dict[str, float] = defaultdict(float)
    rates: dict[int, float] = {
        trade: 0.0 for trade, _, _, _, side, _, fee in rows if side == "buy" and fee
    }
    for trade, asset, rate, currency, side, filled, fee in rows:
        if side != "buy":
            left[asset] -= filled
            continue
        if fee:
            rates[trade] = fee / filled
        usual = rates.get(trade, rate if currency == asset else 0.0)
        left[asset] += filled - (filled * usual if fee is None else fee)
    return dict(left)


def of_round(tag: str) -> list[Executed]:
    """Return what the orders of a round have executed."""
    return executed(database().orders.c.ft_order_tag == tag)


def fills(orders: Iterable[Executed]) -> dict[str, Fill]:
    """Add up orders by asset."""
    sold: dict[str, float] = defaultdict(float)
    bought: dict[str, float] = defaultdict(float)
    for order in orders:
        if order.amount < 0:
            sold[order.asset] -= order.amount
        else:
            bought[order.asset] += order.notional
    return {asset: Fill(sold[asset], bought[asset]) for asset in {*sold, *bought}}


def slippage(orders: Iterable[Executed], prices: Mapping[str, float]) -> float:
    """Return what orders got less, or paid more, than at prices by asset; stake currency."""
    return sum(
        order.amount * (order.price - prices[order.asset])
        for order in orders
        if order.asset in prices
    )


def of_last_day(now: datetime, start: datetime | None) -> list[Done]:
    """Return what rounds that period or threshold started have executed within 24 hours.

    Parameters
    ----------
    now : datetime
        UTC.
    start : datetime or None
        What was ordered before it does not count; None: all of it does.
    """
    day = now - timedelta(days=1)
    since = (day if start is None else max(day, start)).replace(tzinfo=None)
    sums: dict[int, float] = defaultdict(float)
    for order in executed(database().orders.c.order_date >= since):
        parsed = parse_tag(order.tag)
        if parsed is not None and parsed.reason.is_policy:
            sums[parsed.number] += order.notional
    return [Done(number, notional) for number, notional in sums.items()]


def last_round() -> int:
    """Return the highest number of a round in the orders; -1 if there is none."""
    known = database()
    tags = known.session.scalars(select(known.orders.c.ft_order_tag).distinct())
    numbers = [tag.number for tag in filter(None, map(parse_tag, tags))]
    return max(numbers, default=-1)


def marks(pair: str) -> list[tuple[datetime, str]]:
    """Return time (UTC) and tag of the rounds that traded a pair, oldest first."""
    known = database()
    order = known.orders.c
    rows = known.session.execute(
        select(func.min(order.order_date), order.ft_order_tag)
        .where(order.ft_pair == pair, order.filled > 0)
        .group_by(order.ft_order_tag)
        .order_by(func.min(order.order_date))
    )
    return [(when.replace(tzinfo=UTC), tag) for when, tag in rows if parse_tag(tag)]
