"""The page: one file with everything in it, which asks nothing of any network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rebalancing.numbers import money
from rebalancing.report.calendar import calendar_of
from rebalancing.report.comparison import compare
from rebalancing.report.configuration import what_ran
from rebalancing.report.figure import FOR_SCRIPTS, Figure
from rebalancing.report.figures import figures_of
from rebalancing.report.findings import Findings
from rebalancing.report.first_screen import cards, spans, subtitle
from rebalancing.report.page_frame import framed
from rebalancing.report.premium_charts import premiums_chart
from rebalancing.report.round_data import rounds_data
from rebalancing.report.sections import Section, charts_of, sections_of
from rebalancing.report.value_charts import growth_chart
from rebalancing.report.words import EXAMPLE, mood, story, verdict, warnings

SCRIPTS = ("charts.js", "rounds.js", "page.js")


def write_page(all_findings: Mapping[str, Findings], made: str) -> str:
    """Write the page.

    Parameters
    ----------
    all_findings : mapping of str to Findings
        By title of the result, in the order in which they are shown.
    made : str
        When the page was made, for its foot.

    Returns
    -------
    str
        HTML. Whatever comes from a result is text in it, never markup or script.
    """
    several = dict(all_findings)
    comparison = compare(several) if len(several) > 1 else None
    names = list(several) if comparison is None else comparison.names
    named = dict(zip(names, several.values(), strict=True))
    shared = [] if comparison is None else [growth_chart(named), premiums_chart(named)]
    sections = [sections_of(findings) for findings in several.values()]
    results = [
        _result(index, name, findings, sections[index])
        for index, (name, findings) in enumerate(named.items())
    ]
    charts = {str(index): charts_of(found) for index, found in enumerate(sections)}
    data = {
        "charts": {
            name: [chart.as_json() for chart in group]
            for name, group in {**charts, "shared": shared}.items()
        },
        "rounds": [rounds_data(findings) for findings in several.values()],
    }
    return framed(
        "page.html",
        SCRIPTS,
        data,
        made,
        title=results[0]["heading"] if len(results) == 1 else "Rebalancing, side by side",
        subtitle=results[0]["subtitle"] if len(results) == 1 else f"{len(results)} results",
        results=results,
        shared=shared,
        comparison=comparison,
        example=EXAMPLE,
    )


def _result(index: int, name: str, findings: Findings, sections: list[Section]) -> dict[str, Any]:
    groups: dict[str, list[Figure]] = {}
    for figure in figures_of(findings):
        if figure.group != FOR_SCRIPTS:
            groups.setdefault(figure.group, []).append(figure)
    record = findings.record
    return {
        "index": index,
        "name": name,
        "heading": f"{record.name}: rebalancing against holding",
        "subtitle": subtitle(findings),
        "mood": mood(findings),
        "verdict": verdict(findings),
        "story": story(findings),
        "ran": what_ran(findings),
        "warnings": warnings(findings),
        "remarks": [*record.cautions, *record.remarks],
        "cards": cards(findings),
        "contents": [
            *((section.key, section.title) for section in sections),
            ("rounds", "Rounds"),
            ("figures", "Figures"),
        ],
        "spans": spans(record.history.time),
        "sections": sections,
        "calendar": calendar_of(findings),
        "groups": groups,
        "sums": _sums(findings),
    }


def _sums(findings: Findings) -> list[tuple[str, str]]:
    history, attribution = findings.record.history, findings.attribution
    stake = history.stake
    coins = zip(history.assets[:-1], attribution.gains[-1], strict=True)
    flows = float(attribution.flows[-1])
    rows = [
        ("Start", history.start, ""),
        *((f"Price gain of {asset}", float(gain), "+") for asset, gain in coins),
        ("Fees", -float(attribution.fees[-1]), "+"),
        *([("Cash flows", flows, "+")] if findings.flows.any() else []),
        ("NAV, everything sold", history.start + float(attribution.change[-1]), ""),
    ]
    return [(label, money(value, stake, sign)) for label, value, sign in rows]
