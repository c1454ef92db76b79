"""The page on a search of policies: which one, and whether it is more than luck."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rebalancing.explore.assets.cautions import joined
from rebalancing.explore.exploration import Exploration
from rebalancing.performance.summary import moment
from rebalancing.report.explore.answer import cards, headline, mood, story, warnings
from rebalancing.report.explore.frontier import frontier
from rebalancing.report.explore.heat_maps import heat_maps
from rebalancing.report.explore.judges import judges_table
from rebalancing.report.explore.luck import luck_parts
from rebalancing.report.explore.path_chart import path_chart
from rebalancing.report.explore.ranking import ranking_table
from rebalancing.report.explore.theory_lines import theory_parts
from rebalancing.report.explore.walk_windows import walk_parts
from rebalancing.report.first_screen import spans
from rebalancing.report.page_file import replace_page
from rebalancing.report.page_frame import framed
from rebalancing.report.sections import Part, Section, charts_of

SCRIPTS = ("charts.js", "page.js")
SECTIONS: tuple[tuple[str, str, Callable[[Exploration], tuple[Part, ...]]], ...] = (
    ("ranking", "Ranking", lambda found: (ranking_table(found),)),
    ("maps", "Maps", heat_maps),
    ("frontier", "Frontier", lambda found: (frontier(found),)),
    ("paths", "Paths", lambda found: (path_chart(found),)),
    ("luck", "Timing luck", luck_parts),
    ("walk", "Walk-forward", walk_parts),
    ("judges", "Judges", lambda found: (judges_table(found),)),
    ("theory", "Theory", theory_parts),
)


def save_explore_page(found: Exploration, source: str, file: Path) -> None:
    """Write the page into a file, as `replace_page` does.

    Parameters
    ----------
    source : str
        Where the candles come from.
    """
    replace_page(file, lambda made: write_explore_page(found, source, made))


def write_explore_page(found: Exploration, source: str, made: str) -> str:
    """Write the page: HTML that needs no network, of a size that many policies do not change."""
    sections = [Section(key, title, make(found)) for key, title, make in SECTIONS]
    charts = {"0": [chart.as_json() for chart in charts_of(sections)]}
    ground = found.ground
    begin, end = (moment(edge) for edge in (ground.begin, ground.end))
    return framed(
        "answer.html",
        SCRIPTS,
        {"charts": charts},
        made,
        title="Which period, which threshold?",
        subtitle=f"{joined(ground.assets)} in {ground.stake}, {begin:%Y-%m-%d} to "
        f"{end:%Y-%m-%d}, {source}",
        mood=mood(found),
        headline=headline(found),
        story=story(found),
        warnings=warnings(found),
        cards=cards(found),
        spans=spans(found.paths.times.astype(float)),
        sections=sections,
    )
