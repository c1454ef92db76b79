"""Tables of the assets: what each did, and how they move together."""

from __future__ import annotations

import math

from rebalancing.market.portfolio import Vector
from rebalancing.numbers import money, percent, ratio
from rebalancing.performance.asset_table import AssetRow
from rebalancing.report.findings import Findings
from rebalancing.report.table import Card, Cards, Cell, Table, shaded

MANY = 12
"""Assets from which a correlation is shown with one digit."""


def asset_table(findings: Findings) -> Table:
    """Return a row for each member."""
    history = findings.record.history
    return Table(
        "Every asset",
        f"Money in {history.stake}. Price return: of its price while it was held. Contribution: "
        "its price gain, before fees. Trades: orders of rounds. Fees: of all its orders. "
        "Received: what rounds bought of it less what they sold.",
        ("", "Target", "Mean weight", "At the end", "Coins at the end", "Price return",
         "Contribution", "Trades", "Fees", "Received"),
        [_row(row, history.stake) for row in findings.assets],
    )  # fmt: skip


def _row(row: AssetRow, stake: str) -> tuple[Cell, ...]:
    return (
        Cell(row.asset),
        Cell(percent(row.target)),
        Cell(percent(row.mean_weight)),
        Cell(percent(row.end_weight)),
        Cell(_amount(row.coins)),
        Cell("" if row.price_return is None else percent(row.price_return, "+")),
        Cell("" if row.contribution is None else _plain(row.contribution, stake, "+")),
        Cell(f"{row.trades:,}" if row.contribution is not None else ""),
        Cell("" if row.fees is None else _plain(row.fees, stake)),
        Cell(_plain(row.received, stake, "+")),
    )


def correlation_map(findings: Findings) -> Table | None:
    """How daily returns of two assets move together; none for a single asset, or a short run."""
    return correlation_table(findings.record.history.assets[:-1], findings.correlations)


def correlation_table(names: tuple[str, ...], table: Vector) -> Table | None:
    """Return the lower half of a matrix of correlations; none where nothing is known."""
    size = len(names)
    if not any(math.isfinite(table[i, j]) for i in range(size) for j in range(i)):
        return None
    digits = 2 if size <= MANY else 1
    rows = []
    for i in range(1, size):
        cells = [_correlation(table[i, j], digits, names[i], names[j]) for j in range(i)]
        rows.append((Cell(names[i]), *cells, *[Cell("")] * (size - 1 - i)))
    return Table(
        "Correlation of the assets",
        "Of daily price returns: 1 if they always move together, 0 if one says nothing about the "
        "other. Rebalancing has most to gain where it is low. Empty: fewer than 20 days in common.",
        ("", *names[:-1]),
        rows,
        is_map=True,
    )


def diversification_cards(findings: Findings) -> Cards | None:
    """Return the diversification return; none where too little is known."""
    found = findings.diversification
    if found is None:
        return None
    said = "a year: half of the assets' mean variance less the portfolio's; no gain over holding"
    return Cards((Card("Diversification return", percent(found.rate, "+"), said),))


def _correlation(value: float, digits: int, one: str, other: str) -> Cell:
    if not math.isfinite(value):
        return Cell("", title=f"{one} and {other}: too few days in common")
    return shaded(value, 1.0, f"{value:.{digits}f}", f"{one} and {other}: {ratio(value)}")


def _amount(coins: float) -> str:
    return f"{coins:,.6g}" if abs(coins) < 1e6 else f"{coins:,.0f}"


def _plain(value: float, stake: str, sign: str = "") -> str:
    return money(value, stake, sign).removesuffix(f" {stake}")
