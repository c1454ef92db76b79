"""Small examples that show, one by one, why others end elsewhere with the same policy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from rich.table import Table

from tests.peers.questions import Case


@dataclass(frozen=True)
class Example:
    """Prices that can be followed by hand: a row for each moment, a column for each asset."""

    reason: str
    prices: Sequence[Sequence[float]]
    weights: Sequence[float]
    cash: float
    fee: float = 0.01
    band: float = 0.1
    call_seq: str = "auto"

    @property
    def case(self) -> Case:
        """Return it as a case."""
        prices, day = np.array(self.prices, dtype=float), timedelta(days=1)
        how = {"band": self.band, "call_seq": self.call_seq}
        return Case(prices, day, self.weights, self.cash, self.fee, **how)


EXAMPLES = (
    Example("fee", ((10, 10), (30, 10)), (0.5, 0.5), 1010),
    Example("order of assets", ((10, 10), (10, 30)), (0.5, 0.5), 1010),
    Example("order of sells and buys", ((10, 10), (10, 30)), (0.5, 0.5), 1010, call_seq="default"),
    Example("cash", ((10,), (10,)), (0.5,), 2010),
    Example("edge of the band", ((10, 10), (30, 10), (10, 10)), (0.5, 0.5), 1000, 0.0, 0.5),
)


def example_table(title: str, example: Example, found: Mapping[str, Mapping[str, Any]]) -> Table:
    """Show coins, cash and NAV after the trades of each row, by system."""
    table = Table(title=title, title_justify="left")
    for heading in ("Prices", "", "Coins", "Cash", "NAV"):
        table.add_column(heading, justify="right" if heading in ("Cash", "NAV") else "left")
    for row, prices in enumerate(example.prices):
        for line in _lines(row, found):
            table.add_row("  ".join(f"{price:g}" for price in prices), *line)
        table.add_section()
    return table


def _lines(row: int, found: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for who, one in found.items():
        coins = "  ".join(f"{each:.4f}" for each in one["coins"][row])
        yield who, coins, f"{one['cash'][row]:.4f}", f"{one['nav'][row]:.4f}"
