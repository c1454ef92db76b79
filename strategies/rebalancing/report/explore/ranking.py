"""The table of the best policies."""

from __future__ import annotations

from math import expm1

import numpy as np

from rebalancing.explore.exploration import Exploration
from rebalancing.numbers import NOTHING, money, percent
from rebalancing.report.explore.policy_words import axis_title, rank_text, rule, value_text
from rebalancing.report.explore.returns import returns_of
from rebalancing.report.table import Cell, Table, shaded

BEST = 20
"""Policies that are listed, the present one apart."""


def ranking_table(found: Exploration) -> Table:
    """Return the policies that grew most, and the present one."""
    shown = [*found.ranking[:BEST]]
    count = len(found.policies)
    title = f"The best {len(shown)} of {count:,}" if count > BEST else "All policies"
    if found.present is not None and found.present not in shown:
        shown.append(found.present)
        title += ", and the present policy"
    largest = max(abs(float(found.figures.premium[place])) for place in shown)
    swept = [number for number, axis in enumerate(found.axes) if len(axis.values) > 1]
    titles = [axis_title(found.axes[number].name) for number in swept]
    return Table(
        title,
        "By NAV at the end, everything sold. Premium: over its HODL. Turnover: NAV a year. Fees: "
        f"in {found.ground.stake}. Tracking error: of its growth against HODL, a year. Timing "
        "luck: how far apart nine of ten starts end; it is measured for the best few.",
        (
            *("Rank", *(titles or ["Policy"]), "Premium", "Return", "Drawdown", "Turnover"),
            *("Rounds", "Fees", "Tracking error", "Timing luck"),
        ),
        [_row(found, place, swept, largest) for place in shown],
    )


def _row(found: Exploration, place: int, swept: list[int], largest: float) -> tuple[Cell, ...]:
    figures, luck = found.figures, found.luck.get(place)
    premium = float(figures.premium[place])
    spread = expm1(luck.spread) if luck is not None and luck.starts > 1 else None
    settings = [Cell(value_text(found, place, number)) for number in swept]
    return (
        Cell(rank_text(found, place)),
        *(settings or [Cell(rule(found, place), is_prose=True)]),
        shaded(premium, largest, percent(premium, "+")),
        Cell(percent(float(returns_of(found, np.array([place]))[0]), "+", 1)),
        Cell(percent(float(figures.max_drawdown[place]), digits=1)),
        Cell(f"{figures.turnover[place]:,.2f}"),
        Cell(f"{figures.rounds[place]:,}"),
        Cell(money(float(figures.fees[place]), found.ground.stake, name=False)),
        Cell(percent(float(figures.tracking_error[place]), digits=1, missing=NOTHING)),
        Cell(percent(spread, digits=1, missing=NOTHING)),
    )
