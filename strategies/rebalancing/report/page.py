"""The page: one file with everything in it, which asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rebalancing.policy_words import describe
from rebalancing.report.calendar import calendar_of
from rebalancing.report.chart import Chart
from rebalancing.report.contribution_charts import contribution_chart, gains_chart, subsidy_chart
from rebalancing.report.cost_charts import cost_chart
from rebalancing.report.figure import FOR_SCRIPTS, Figure
from rebalancing.report.figures import figures_of
from rebalancing.report.findings import Findings
from rebalancing.report.numbers import money, when
from rebalancing.report.round_data import rounds_data
from rebalancing.report.value_charts import (
    drawdown_chart,
    growth_chart,
    premium_chart,
    premiums_chart,
    value_chart,
)
from rebalancing.report.weight_charts import asset_chart, drift_chart, weights_chart
from rebalancing.report.words import EXAMPLE, mood, story, verdict, warnings
from rebalancing.version import __version__

ASSETS = Path(__file__).parent / "assets"
CHARTS = (
    *(value_chart, premium_chart, weights_chart, asset_chart, drift_chart, drawdown_chart),
    *(contribution_chart, gains_chart, subsidy_chart, cost_chart),
)
CARDS = ("nav", "hodl_nav", "premium", "annual_return", "sharpe", "max_drawdown", "fees", "rounds")


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
    charts = {str(i): [make(f) for make in CHARTS] for i, f in enumerate(all_findings.values())}
    several = dict(all_findings)
    shared = [growth_chart(several), premiums_chart(several)] if len(several) > 1 else []
    results = [
        _result(index, name, findings, charts[str(index)])
        for index, (name, findings) in enumerate(all_findings.items())
    ]
    data = {
        "charts": {
            name: [chart.as_json() for chart in group]
            for name, group in {**charts, "shared": shared}.items()
        },
        "rounds": [rounds_data(findings) for findings in all_findings.values()],
    }
    scripts = [_asset("plotly-basic.min.js"), _asset("page.js")]
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("page.html").render(
        title=results[0]["heading"] if len(results) == 1 else "Rebalancing, side by side",
        subtitle=results[0]["subtitle"] if len(results) == 1 else f"{len(results)} results",
        results=results,
        shared=shared,
        comparison=_comparison(list(all_findings.values())),
        example=EXAMPLE,
        imprint=f"Made by SmartRebalance {__version__}, {made}.",
        policy=_policy(scripts),
        style=_asset("page.css"),
        scripts=scripts,
        data=in_script(data),
    )


def in_script(data: object) -> str:
    """Write JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(scripts: list[str]) -> str:
    """Only these very scripts run; nothing is loaded from anywhere."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _result(index: int, name: str, findings: Findings, charts: list[Chart]) -> dict[str, Any]:
    figures = figures_of(findings)
    groups: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.group != FOR_SCRIPTS:
            groups.setdefault(figure.group, []).append(figure)
    by_key = {figure.key: figure for figure in figures}
    record = findings.record
    span = f"{when(findings.summary.begin)} to {when(findings.summary.end)}"
    return {
        "index": index,
        "name": name,
        "heading": f"{record.name}: rebalancing against holding",
        "subtitle": f"{record.kind} {record.source}, {span}, candles of {record.timeframe}, "
        f"a round {describe(record.settings)}",
        "mood": mood(findings),
        "verdict": verdict(findings),
        "story": story(findings),
        "warnings": warnings(findings),
        "remarks": record.remarks,
        "cards": [_card(by_key[key]) for key in CARDS],
        "charts": charts,
        "calendar": calendar_of(findings),
        "groups": groups,
        "sums": _sums(findings),
    }


def _card(figure: Figure) -> dict[str, str]:
    text, _, beside = figure.text.partition(" (")
    return {"label": figure.label, "text": text, "beside": beside.rstrip(")")}


def _sums(findings: Findings) -> list[tuple[str, str]]:
    history, attribution = findings.record.history, findings.attribution
    stake = history.stake
    coins = zip(history.assets[:-1], attribution.gains[-1], strict=True)
    rows = [
        ("Start", history.start, ""),
        *((f"Price gain of {asset}", float(gain), "+") for asset, gain in coins),
        ("Fees", -float(attribution.fees[-1]), "+"),
        ("Cash flows", float(attribution.flows[-1]), "+"),
        ("NAV, everything sold", history.start + float(attribution.change[-1]), ""),
    ]
    return [(label, money(value, stake, sign)) for label, value, sign in rows]


def _comparison(all_findings: list[Findings]) -> list[dict[str, Any]]:
    columns = [figures_of(findings) for findings in all_findings]
    return [
        {"label": row[0].label, "meaning": row[0].meaning, "texts": [item.text for item in row]}
        for row in zip(*columns, strict=True)
        if row[0].group != FOR_SCRIPTS
    ]


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
