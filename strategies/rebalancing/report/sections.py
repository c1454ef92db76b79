"""The sections of the page. A part is a function and a word in `SECTIONS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rebalancing.report.asset_tables import asset_table, correlation_map, diversification_cards
from rebalancing.report.chart import Chart
from rebalancing.report.contribution_charts import contribution_chart, gains_chart, subsidy_chart
from rebalancing.report.cost_charts import cost_chart
from rebalancing.report.drift_chart import drift_chart
from rebalancing.report.findings import Findings
from rebalancing.report.premium_charts import premium_chart, starts_chart
from rebalancing.report.premium_tables import cost_table, premium_cards
from rebalancing.report.return_tables import (
    best_and_worst_cards,
    drawdown_table,
    premium_map,
    returns_map,
)
from rebalancing.report.risk_charts import drawdown_chart, volatility_chart
from rebalancing.report.table import Cards, Note, Table
from rebalancing.report.value_charts import value_chart
from rebalancing.report.weight_charts import asset_chart, weights_chart

Part = Chart | Table | Cards | Note
Maker = Callable[[Findings], Part | None]
"""Makes a part, or None where a run has nothing to show in it."""

SECTIONS: tuple[tuple[str, str, tuple[Maker, ...]], ...] = (
    ("value", "Value", (value_chart, returns_map, best_and_worst_cards)),
    ("premium", "Premium", (premium_cards, premium_chart, premium_map, starts_chart)),
    ("risk", "Risk", (drawdown_chart, drawdown_table, volatility_chart)),
    (
        "assets",
        "Assets",
        (asset_table, contribution_chart, gains_chart, subsidy_chart, correlation_map,
         diversification_cards),
    ),
    ("weights", "Weights", (weights_chart, asset_chart, drift_chart)),
    ("costs", "Costs", (cost_chart, cost_table)),
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A part of the page with a place in its table of contents."""

    key: str
    title: str
    parts: tuple[Part, ...]


def sections_of(findings: Findings) -> list[Section]:
    """Make all sections of a record, without the parts that have nothing to show."""
    found = []
    for key, title, makers in SECTIONS:
        parts = [make(findings) for make in makers]
        found.append(Section(key, title, tuple(part for part in parts if part is not None)))
    return found


def charts_of(sections: list[Section]) -> list[Chart]:
    """Return the charts of these sections."""
    return [part for section in sections for part in section.parts if isinstance(part, Chart)]
