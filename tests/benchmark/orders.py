"""The executed orders of a backtest, read from the zip file that freqtrade exports."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmark.ground import BenchmarkError

CLOSING = "force_exit"


@dataclass(frozen=True, order=True)
class Order:
    """One executed order.

    Attributes
    ----------
    time
        Of its candle, milliseconds since 1970, UTC.
    amount
        Coins, always positive.
    price
        Stake currency for one coin.
    """

    time: int
    pair: str
    side: str
    amount: float
    price: float
    tag: str


def read_orders(result: Path) -> list[Order]:
    """Read the orders of a result, oldest first, without those that close the backtest."""
    with zipfile.ZipFile(result) as archive:
        stats = json.loads(archive.read(f"{result.stem}.json"))
    (run,) = stats["strategy"].values()
    return sorted(
        Order(
            order["order_filled_timestamp"],
            trade["pair"],
            order["ft_order_side"],
            order["amount"],
            order["safe_price"],
            order["ft_order_tag"] or "",
        )
        for trade in run["trades"]
        for order in trade["orders"]
        if order["ft_order_tag"] != CLOSING
    )


def write_orders(file: Path, orders: Sequence[Order]) -> Path:
    """Write orders for a baseline strategy, which is not to spend its time on the zip file."""
    file.write_text(json.dumps([asdict(order) for order in orders]), encoding="utf-8")
    return file


def check_same(wanted: Sequence[Order], found: Sequence[Order], lots: Mapping[str, float]) -> None:
    """Compare the orders of two runs.

    Parameters
    ----------
    lots
        Amount step of each pair; amounts may differ by one.

    Raises
    ------
    BenchmarkError
        If an order is missing, is another one, or there are more.
    """
    for mine, theirs in zip(found, wanted, strict=False):
        same = (mine.time, mine.pair, mine.side) == (theirs.time, theirs.pair, theirs.side)
        lot = lots[theirs.pair] * (1 + 1e-6)
        if not same or mine.price != theirs.price or abs(mine.amount - theirs.amount) > lot:
            raise BenchmarkError(f"replayed another order: {mine} instead of {theirs}")
    if len(found) != len(wanted):
        raise BenchmarkError(f"replayed {len(found)} orders instead of {len(wanted)}")
