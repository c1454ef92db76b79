"""Databases as a bot leaves them, made with freqtrade's own models."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from freqtrade.persistence import Order, Trade, init_db

from rebalancing.freqtrade_side.records import store
from tests.support.raw_records import Event

FEE = 0.001
TAGS = {
    "initial": "r0 initial",
    "adopted": "adopted",
    "withdrawn": "withdrawn",
    "other": "force_exit",
}


def write_database(
    file: Path,
    events: Sequence[Event],
    start: tuple[float, float],
    stake: str = "USDT",
    *,
    fee_in_coins: bool = False,
    tag: str = "period",
) -> str:
    """Write the life of a bot that pays 0.1 % into a new database and return its URL.

    Parameters
    ----------
    events
        Oldest first; the orders of a "round" at one time have one number. `fee` is paid in the
        stake currency.
    start
        When the bot started (seconds) and with how much.
    fee_in_coins
        The exchange keeps a buy's fee in coins; the amounts of the events are then what is
        left, and their fees what the rest was worth.
    tag
        Reason of the rounds.
    """
    url = f"sqlite:///{file}"
    init_db(url)
    store.add_flow(1, datetime.fromtimestamp(start[0], UTC), start[1])
    flows = [event for event in events if event.kind == "flow"]
    for number, flow in enumerate(flows, 2):
        store.add_flow(number, datetime.fromtimestamp(flow.time, UTC), flow.amount)
    rounds = list(dict.fromkeys(event.time for event in events if event.kind == "round"))
    trades: dict[str, Trade] = {}
    for number, event in enumerate(event for event in events if event.kind != "flow"):
        trade = trades.get(event.asset) or _open_trade(event, stake, fee_in_coins)
        trades[event.asset] = trade
        name = TAGS.get(event.kind)
        name = name or f"r{rounds.index(event.time) + 1} {tag}"
        order = _order(event, f"{event.asset}/{stake}", number, name)
        if fee_in_coins and event.amount > 0:
            order.ft_fee_base = event.fee / event.price
            order.filled = order.amount = event.amount + order.ft_fee_base
        trade.orders.append(order)
        trade.amount = max(0.0, trade.amount + event.amount)
    Trade.commit()
    Trade.session.remove()
    return url


def _open_trade(event: Event, stake: str, fee_in_coins: bool) -> Trade:
    rate = 0.0 if event.kind == "adopted" else FEE
    trade = Trade(
        pair=f"{event.asset}/{stake}",
        base_currency=event.asset,
        stake_currency=stake,
        stake_amount=abs(event.amount) * event.price,
        amount=0.0,
        is_open=True,
        fee_open=rate,
        fee_close=FEE,
        fee_open_currency=event.asset if fee_in_coins else stake,
        fee_close_currency=stake,
        open_rate=event.price,
        open_date=datetime.fromtimestamp(event.time, UTC),
        exchange="binance",
        leverage=1.0,
        is_short=False,
    )
    Trade.session.add(trade)
    return trade


def _order(event: Event, pair: str, number: int, tag: str) -> Order:
    when = datetime.fromtimestamp(event.time, UTC)
    side = "buy" if event.amount > 0 else "sell"
    return Order(
        order_id=f"order-{number}",
        ft_pair=pair,
        ft_order_side=side,
        ft_is_open=False,
        ft_amount=abs(event.amount),
        ft_price=event.price,
        ft_order_tag=tag,
        symbol=pair,
        side=side,
        order_type="market",
        status="closed",
        price=event.price,
        average=event.price,
        amount=abs(event.amount),
        filled=abs(event.amount),
        remaining=0.0,
        cost=abs(event.amount) * event.price,
        order_date=when,
        order_filled_date=when,
    )
