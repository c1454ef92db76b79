"""Raw candles and orders, read by other code than the report's: what a recount walks through."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Event:
    """Something that changed the portfolio: an order, coins brought in, or a cash flow.

    `kind` is "initial", "round", "closing", "adopted", "withdrawn" (coins that left, negative),
    "other" or "flow"; `amount` is coins
    (buys positive), or stake currency for a flow.
    """

    time: float
    kind: str
    asset: str
    amount: float
    price: float = 1.0
    fee: float = 0.0


def read_opens(datadir: Path, pairs: Sequence[str], timeframe: str) -> pd.DataFrame:
    """Read the open of each candle by asset; NaN where nobody traded then or in the candle
    before, for then the strategy knew no price."""
    opens = _column(datadir, pairs, timeframe, "open")
    return opens.where(opens.shift(1).notna()).iloc[1:]


def read_closes(datadir: Path, pairs: Sequence[str], timeframe: str) -> pd.DataFrame:
    """Read the last close by asset that is known when each candle starts, however old; NaN before
    the first one."""
    return _column(datadir, pairs, timeframe, "close").shift(1).ffill().iloc[1:]


def _column(datadir: Path, pairs: Sequence[str], timeframe: str, column: str) -> pd.DataFrame:
    columns = {}
    for pair in pairs:
        name = f"{pair.replace('/', '_')}-{timeframe}.feather"
        candles = pd.read_feather(datadir / name).set_index("date")
        columns[pair.split("/")[0]] = candles[column].where(candles["volume"] > 0)
    found = pd.DataFrame(columns).sort_index()
    return found.reindex(
        pd.date_range(found.index[0], found.index[-1], freq=pd.Timedelta(timeframe))
    )


def backtest_events(orders: pd.DataFrame, fee: float) -> list[Event]:
    """Turn the exported orders of a backtest into events."""
    events = []
    for order in orders.itertuples():
        sign = 1 if order.side == "buy" else -1
        kind = "initial" if order.tag.startswith("r0 ") else "round"
        if not order.tag.startswith("r"):
            kind = "closing"
        cost = order.amount * order.price * fee
        asset = order.pair.split("/")[0]
        events.append(
            Event(order.time.timestamp(), kind, asset, sign * order.amount, order.price, cost)
        )
    return sorted(events, key=lambda event: event.time)
