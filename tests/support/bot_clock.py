"""Time that passes for a bot while it is away: hours in a moment."""

from datetime import datetime, timedelta
from typing import Any

from tests.support.forked_bots import call_apart
from tests.support.live_bots import LiveBot


def let_time_pass(bot: LiveBot, seconds: float) -> None:
    """Move all that a bot which is not running remembers into the past.

    Notes
    -----
    Only the present differs from a bot that was away so long: it reads the same state.
    """
    assert not bot.alive
    call_apart(_age, f"sqlite:///{bot.records.database}", seconds)


def kept_state(bot: LiveBot) -> Any:
    """Return what a bot remembers; None before its first loop."""
    return call_apart(_read, f"sqlite:///{bot.records.database}")


def _read(database: str) -> Any:
    from freqtrade.persistence import init_db

    from rebalancing.freqtrade_side.records import store

    init_db(database)
    return store.load_state()


def _age(database: str, seconds: float) -> None:
    from freqtrade.persistence import Order, Trade
    from sqlalchemy import select

    from rebalancing.freqtrade_side.records import store
    from rebalancing.rounds.tag import parse_tag

    by, state = timedelta(seconds=seconds), _read(database)
    if state is not None:
        store.save_state(_aged(state, by))
    for order in Order.session.scalars(select(Order).where(Order.ft_is_open.is_(True))):
        order.order_date -= by
    for trade in Trade.session.scalars(select(Trade).where(Trade.is_open.is_(False))):
        trade.close_date -= by  # compared with what was asked for since
    for order in Order.session.scalars(select(Order).where(Order.ft_is_open.is_(False))):
        is_by_hand = order.ft_order_side == "sell" and parse_tag(order.ft_order_tag) is None
        if order.order_filled_date and is_by_hand:
            order.order_filled_date -= by  # for the same reason
    Trade.commit()


def _aged(value: Any, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _aged(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [_aged(inner, by) for inner in value]
    try:
        return (datetime.fromisoformat(value) - by).isoformat()
    except (TypeError, ValueError):
        return value
