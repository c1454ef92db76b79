"""The premium as figures: how much of it is luck of the first and of the last day."""

from __future__ import annotations

from rebalancing.numbers import money, percent
from rebalancing.performance.summary import moment
from rebalancing.report.findings import Findings
from rebalancing.report.table import Card, Cards, Cell, Table


def premium_cards(findings: Findings) -> Cards:
    """Return the premium at its best, at its worst, and how often it was positive."""
    path, starts = findings.premium_path, findings.starts
    quantiles = starts.quantiles
    middle = f"{percent(quantiles[0.05], '+')} to {percent(quantiles[0.95], '+')}"
    return Cards(
        (
            Card(
                "Premium at the end",
                percent(float(path.share[-1]), "+"),
                money(findings.summary.premium, findings.summary.stake, "+"),
            ),
            Card("At its best", percent(path.best, "+"), f"{moment(path.best_at):%Y-%m-%d}"),
            Card("At its worst", percent(path.worst, "+"), f"{moment(path.worst_at):%Y-%m-%d}"),
            Card("Ahead of holding", percent(path.ahead, digits=0), "of the time"),
            Card("Started on another day", percent(quantiles[0.5], "+"), f"median; 90 %: {middle}"),
            Card("Ahead at the end", percent(starts.ahead, digits=0), "of these starts"),
        )
    )


def cost_table(findings: Findings) -> Table:
    """Return the premium of the same orders at other costs."""
    stake, own = findings.record.history.stake, findings.record.history.fee
    rows = []
    for found in findings.cost_scenarios:
        name = f"fee {found.fee * 100:g} %"
        if found.slippage:
            name += f" and slippage {found.slippage * 100:g} %"
        elif found.fee == own:
            name += " (this run)"
        rows.append(
            (
                Cell(name),
                Cell(money(found.nav, stake)),
                Cell(money(found.hodl_nav, stake)),
                Cell(money(found.premium, stake, "+")),
                Cell(percent(found.share, "+")),
            )
        )
    return Table(
        "The premium at other costs",
        "The same orders with another fee, and with prices that are worse by the slippage. Both, "
        "the portfolio and HODL, pay it. A run at that fee would buy a little less.",
        ("", "NAV", "HODL NAV", "Premium", "in % of HODL"),
        rows,
    )
