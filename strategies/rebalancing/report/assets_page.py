"""The page on assets: what each did, how they go together, and what to mind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from rebalancing.explore.assets.cautions import cautions, day, joined
from rebalancing.explore.assets.overview import Overview
from rebalancing.explore.assets.reversion import HORIZON
from rebalancing.numbers import percent, ratio
from rebalancing.report.assets_parts import (
    correlations_in_clusters,
    figures_table,
    price_chart,
    ratio_chart,
    reversion_map,
    subsidy_table,
    volatility_lines,
)
from rebalancing.report.first_screen import spans
from rebalancing.report.page_file import replace_page
from rebalancing.report.page_frame import framed
from rebalancing.report.sections import Part, Section, charts_of
from rebalancing.report.table import Card

SCRIPTS = ("charts.js", "page.js")
SECTIONS: tuple[tuple[str, str, tuple[Callable[[Overview], Part | None], ...]], ...] = (
    ("assets", "Each asset", (figures_table, price_chart, volatility_lines)),
    ("together", "Together", (correlations_in_clusters,)),
    ("ratios", "Ratios", (ratio_chart, reversion_map)),
    ("subsidies", "Subsidies", (subsidy_table,)),
)


def save_assets_page(found: Overview, source: str, file: Path) -> None:
    """Write the page into a file, as `replace_page` does.

    Parameters
    ----------
    source : str
        Where the candles come from.
    """
    replace_page(file, lambda made: write_assets_page(found, source, made))


def write_assets_page(found: Overview, source: str, made: str) -> str:
    """Write the page: HTML that needs no network."""
    sections = [
        Section(key, title, tuple(part for make in makers if (part := make(found)) is not None))
        for key, title, makers in SECTIONS
    ]
    sections = [section for section in sections if section.parts]
    charts = {"0": [chart.as_json() for chart in charts_of(sections)]}
    closes = found.closes
    return framed(
        "answer.html",
        SCRIPTS,
        {"charts": charts},
        made,
        title="Assets: which of them to hold together?",
        subtitle=f"{joined(closes.assets)} in {closes.stake}, "
        f"{day(int(closes.days[0]))} to {day(int(closes.days[-1]))}, {source}",
        mood="bad" if any(one.drains for one in found.subsidies) else "even",
        headline=_headline(found),
        story=cautions(found),
        warnings=[found.missing] if found.missing else [],
        cards=_cards(found),
        spans=spans(closes.time),
        sections=sections,
    )


def _headline(found: Overview) -> str:
    draining = tuple(one.asset for one in found.subsidies if one.drains)
    if draining:
        return f"{joined(draining)} would have drained the others."
    count, paces = len(found.closes.assets), len(found.clusters)
    if count == 1:
        return "One asset alone: it can be rebalanced against cash only."
    if paces == count:
        return f"{count} assets, each at a pace of its own."
    return f"{count} assets, but only {paces} different pace{'s' * (paces > 1)}."


def _cards(found: Overview) -> list[Card]:
    count = len(found.closes.assets)
    below = found.correlations[np.tril_indices(count, -1)]
    known = below[np.isfinite(below)]
    tested = [one for one in found.reversions if one.reverts is not None]
    back = sum(one.reverts is True for one in tested)
    worst = max(found.subsidies, key=lambda one: one.share)
    made = [
        Card(
            "Assets",
            str(count),
            f"{len(found.clusters)} different pace{'s' * (len(found.clusters) > 1)}",
        )
    ]
    if len(known):
        range_ = f"from {ratio(float(known.min()))} to {ratio(float(known.max()))}"
        made.append(Card("Mean correlation", ratio(float(known.mean())), range_))
    if tested:
        said = f"over {HORIZON} days, shown at 5 %"
        made.append(Card("Ratios that come back", f"{back} of {len(tested)}", said))
    said = f"of the portfolio, into {worst.asset}, {percent(worst.fall, '+', 1)} meanwhile"
    return [*made, Card("Largest subsidy", percent(worst.share, digits=1), said)]
