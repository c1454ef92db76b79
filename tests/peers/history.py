"""The same policies on recorded candles: at midnight, as no policy of these looks in between."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from rebalancing.market.portfolio import Vector
from tests.benchmark.ground import OWN_CANDLES, SHARED_CANDLES, WALLET
from tests.peers.questions import Case

FEES = (0.001, 0.0)
DAY = timedelta(days=1)
POLICIES = (("weekly", 7, None), ("24h and 30 %", 1, 0.3))
"""Name, days of the period, band; of equal weights of ten, 30 % of the weight are 3 points."""


def candle_folder(datadir: Path | None) -> Path:
    """Return the folder of the candles."""
    return datadir or (SHARED_CANDLES if SHARED_CANDLES.is_dir() else OWN_CANDLES)


def closes(datadir: Path | None) -> pd.DataFrame:
    """Return the closes of all pairs of a folder, by the end of their candles, UTC."""
    folder = candle_folder(datadir)
    files = sorted(folder.glob("*-1h.feather")) or sorted(folder.glob("*.feather"))
    columns = [pd.read_feather(file).set_index("date").close for file in files]
    table = pd.concat(columns, axis=1, join="inner")
    table.index += min(table.index.to_series().diff().dropna())
    return table


def daily_closes(datadir: Path | None) -> Vector:
    """Return those of midnight, a row a day; days without one are left out."""
    table = closes(datadir)
    ends = pd.DatetimeIndex(table.index)
    return table[ends == ends.normalize()].to_numpy(dtype=float)


def history_cases(prices: Vector) -> Iterator[tuple[tuple[str, str, str], Case]]:
    """Give the cases with their names."""
    count = prices.shape[1]
    falling = np.arange(count, 0, -1.0)
    kinds = {"equal": np.full(count, 1 / count), "falling": falling / falling.sum()}
    for name, days, band in POLICIES:
        for kind, weights in kinds.items():
            for fee in FEES:
                every = {"period": f"{days}d", "every": days, "band": band}
                case = Case(prices, DAY, weights.tolist(), WALLET, fee, **every)
                yield (name, kind, f"{fee:.1%}"), case


def history_table(
    title: str, found: Sequence[tuple[tuple[str, str, str], Mapping[str, Mapping[str, Any]]]]
) -> Table:
    """Show the NAV at the end, before anything is sold, and by how much the others are away."""
    _, first = found[0]
    own, *others = first
    table = Table(title=title, title_justify="left")
    for heading in ("Policy", "Weights", "Fee", own, *others, "Rounds of each"):
        table.add_column(heading, justify="right" if heading in first else "left")
    for names, each in found:
        nav = float(each[own]["nav"][-1])
        away = [f"{(each[who]['nav'][-1] / nav - 1) * 1e4:+.6f} bp" for who in others]
        rounds = " ".join(str(one["traded"] - 1) for one in each.values())
        table.add_row(*names, f"{nav:,.2f}", *away, rounds)
    return table
