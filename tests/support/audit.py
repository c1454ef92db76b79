"""An audit of a run by other code than the product's: from the orders and the raw candles alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass
class Audit:
    """What an independent look at a run found."""

    missed: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    rounds: int = 0
    lowest_cash: float = np.inf
    mean_drift: float = 0.0


def read_closes_and_opens(
    datadir: Path, pairs: list[str], timeframe: str = "1h"
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Read candles by pair on the full grid of times, gaps filled with the last close, and tell
    which times follow a gap."""
    frames = {
        pair: pd.read_feather(datadir / f"{pair.replace('/', '_')}-{timeframe}.feather").set_index(
            "date"
        )
        for pair in pairs
    }
    closes = pd.DataFrame({pair: frame["close"] for pair, frame in frames.items()})
    opens = pd.DataFrame({pair: frame["open"] for pair, frame in frames.items()})
    grid = pd.date_range(closes.index[0], closes.index[-1], freq=pd.Timedelta(timeframe))
    gap = ~grid.isin(closes.index)
    after_gap = pd.Series(gap, index=grid).shift(1, fill_value=False) | gap
    closes = closes.reindex(grid).ffill()
    opens = opens.reindex(grid)
    return closes, opens.where(opens.notna(), closes.shift(1)), after_gap


def audit_equal_weights(
    orders: pd.DataFrame,
    datadir: Path,
    pairs: list[str],
    *,
    start: float,
    fee: float,
    period: pd.Timedelta,
    threshold: float,
) -> Audit:
    """Walk through the candles with the orders and compare with the policy "and"."""
    closes, opens, after_gap = read_closes_and_opens(datadir, pairs)
    found = Audit()
    amounts, cash = np.zeros(len(pairs)), start
    by_time: Mapping[pd.Timestamp, pd.DataFrame] = dict(list(orders.groupby("time")))
    origin = closes.index[1]
    drifts = []
    for row in range(1, len(closes) - 1):
        now = closes.index[row]
        known = closes.iloc[row - 1].to_numpy()
        values = amounts * known
        nav = values.sum() + cash
        drift = np.append(values, cash) / nav - np.append(np.full(len(pairs), 1 / len(pairs)), 0)
        drifts.append(np.abs(drift).mean())
        boundary = now > origin and (now - origin) % period == pd.Timedelta(0)
        due = boundary and (np.abs(drift) >= threshold - 1e-9).any()
        traded = by_time.get(now)
        if due and traded is None:
            found.missed.append(f"{now}: drift {np.abs(drift).max():.4f}")
        if traded is None:
            continue
        if row > 1:
            found.rounds += 1
            if not due:
                found.unasked.append(f"{now}: drift {np.abs(drift).max():.4f}")
        for order in traded.itertuples():
            sign = 1 if order.side == "buy" else -1
            amounts[pairs.index(order.pair)] += sign * order.amount
            cash -= sign * order.notional + fee * order.notional
            if order.notional < 5:
                found.small.append(f"{now} {order.pair}: {order.notional:.2f}")
        found.lowest_cash = min(found.lowest_cash, cash)
        after = amounts * opens.iloc[row].to_numpy()
        nav = after.sum() + cash
        off = np.abs(
            np.append(after, cash) / nav - np.append(np.full(len(pairs), 1 / len(pairs)), 0)
        )
        allowed = max(0.005 if after_gap.iloc[row] else 0.002, 5.5 / nav)
        if off.max() > allowed:
            found.incomplete.append(f"{now}: {off.max():.5f}")
    found.mean_drift = float(np.mean(drifts[1:]))
    return found
