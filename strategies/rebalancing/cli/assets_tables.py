"""Tables of ``rebalance assets`` in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from rebalancing.explore.assets.cautions import cautions, day, joined
from rebalancing.explore.assets.overview import Overview
from rebalancing.explore.assets.reversion import FEWEST, HORIZON
from rebalancing.numbers import NOTHING, millions, percent, ratio


def print_overview(found: Overview, source: str, console: Console) -> None:
    """Print a row for each asset, how they go together, and what to mind."""
    closes = found.closes
    begin, end = (day(int(closes.days[row])) for row in (0, -1))
    console.print(_table(found, f"Assets in {closes.stake}, {begin} to {end}"))
    for line in (f"From {source}.", *_together(found)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in cautions(found):
        console.print(f"Mind: {line}", markup=False, highlight=False, soft_wrap=True)
    if found.missing:
        console.print(f"Note: {found.missing}", markup=False, highlight=False, soft_wrap=True)


def _table(found: Overview, title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("Asset")
    for heading in ("Return", "A year", "Volatility", "Drawdown", "Million a day", "Subsidy"):
        table.add_column(heading, justify="right")
    for figures, subsidy in zip(found.figures, found.subsidies, strict=True):
        table.add_row(
            figures.asset,
            percent(figures.total_return, "+", 1),
            percent(figures.annual_return, "+", 1, missing=NOTHING),
            percent(figures.volatility, digits=1, missing=NOTHING),
            percent(figures.max_drawdown, digits=1),
            millions(figures.volume),
            percent(subsidy.share, digits=1),
        )
    return table


def _together(found: Overview) -> list[str]:
    """Say which assets go at the same pace, and which ratios come back."""
    groups = [joined(group) for group in found.clusters if len(group) > 1]
    alone = tuple(group[0] for group in found.clusters if len(group) == 1)
    lines = [f"At the same pace: {'; '.join(groups) or 'none'}."]
    if groups and alone:
        lines.append(f"At a pace of their own: {joined(alone)}.")
    tested = [one for one in found.reversions if one.reverts is not None]
    back = [f"{one.one}/{one.other} ({ratio(one.variance_ratio)})" for one in tested if one.reverts]
    if tested:
        lines.append(
            f"Ratios shown to come back, of {len(tested)}: {', '.join(back) or 'none'} (variance "
            f"ratio over {HORIZON} days, Lo and MacKinlay; 1 for a random walk)."
        )
    elif len(found.closes.assets) > 1 and not found.missing:
        lines.append(f"Ratios: not tested, fewer than {FEWEST} days in common.")
    return [
        *lines,
        "Subsidy: the most that the others would have put into it at equal weights, each day's "
        "share of the portfolio added up. Million a day: traded on the median day.",
    ]
