"""The windows of the walk-forward: what a choice promised, and what came of it."""

from __future__ import annotations

from rebalancing.explore.choice.growth import a_year
from rebalancing.explore.choice.judgement import FEWEST, Contest
from rebalancing.explore.choice.walk_forward import Window
from rebalancing.explore.exploration import Exploration
from rebalancing.numbers import percent
from rebalancing.performance.summary import moment
from rebalancing.report.chart import Chart, Trace, percent_axis
from rebalancing.report.explore.policy_words import settings_text
from rebalancing.report.table import Cell, Note, Table, shaded

INSIDE, OUTSIDE = "#7f7f7f", "#0072b2"


def walk_parts(found: Exploration) -> tuple[Chart | Table | Note, ...]:
    """Draw both growths of each window side by side, and list the policies that were chosen."""
    judgement = found.judgement
    contests = [one for one in (judgement.hodl, judgement.present) if one and one.walk]
    if not contests:
        said = f"The history is too short for it: {judgement.history}, {FEWEST} are needed."
        return (Note("", (said,)),)
    return _chart(found, contests), *(_table(found, contest) for contest in contests)


def _chart(found: Exploration, contests: list[Contest]) -> Chart:
    traces: list[Trace] = []
    for view, contest in enumerate(contests):
        windows = contest.walk.windows if contest.walk else ()
        names = [f"{number} ({_day(found, window.split)})" for number, window in _numbered(windows)]
        for name, color, shape, values in (
            ("where it was chosen", INSIDE, "/", [_inside(found, window) for window in windows]),
            ("afterwards", OUTSIDE, "", [_outside(found, window) for window in windows]),
        ):
            traces.append(
                {
                    "type": "bar", "name": name, "x": names, "y": values,
                    "marker": {"color": color, "pattern": {"shape": shape}},
                    "hovertemplate": "%{fullData.name}: %{y:+.2%} a year<extra>%{x}</extra>",
                    "view": view, "visible": view == 0,
                }
            )  # fmt: skip
    return Chart(
        "walk",
        "Chosen on one stretch, judged on the next",
        "Lead of the policy that had grown most, a year. Grey: over the time on which it was "
        "chosen. Blue: over the time that followed, from the day below the bars. Expect the blue.",
        traces,
        {
            "xaxis": {"type": "category"},
            "yaxis": percent_axis(tickformat="+,.2~%"),
            "hovermode": "closest",
            "bargap": 0.35,
        },
        choices=tuple(f"over {contest.rival}" for contest in contests) if len(contests) > 1 else (),
        height=360,
    )


def _table(found: Exploration, contest: Contest) -> Table:
    windows = contest.walk.windows if contest.walk else ()
    inside = [_inside(found, window) for window in windows]
    outside = [_outside(found, window) for window in windows]
    largest = max(abs(value) for value in (*inside, *outside))
    kept = sum(value > 0 for value in outside)
    return Table(
        f"Lead over {contest.rival}, window by window",
        "Leads are for a year. The policy of a row had grown most where it was chosen; afterwards "
        f"it stayed ahead in {kept} of {len(windows)} windows.",
        ("", "Chosen from", "Judged from", "to", "Where chosen", "Afterwards", "Policy"),
        [
            (
                Cell(str(number)),
                *(Cell(_day(found, row)) for row in (window.begin, window.split, window.end)),
                shaded(inside[number - 1], largest, percent(inside[number - 1], "+", 1)),
                shaded(outside[number - 1], largest, percent(outside[number - 1], "+", 1)),
                Cell(settings_text(found, window.chosen), is_prose=True),
            )
            for number, window in _numbered(windows)
        ],
    )


def _inside(found: Exploration, window: Window) -> float:
    return a_year(window.inside, (window.split - window.begin) * found.days)


def _outside(found: Exploration, window: Window) -> float:
    return a_year(window.outside, (window.end - window.split) * found.days)


def _numbered(windows: tuple[Window, ...]) -> list[tuple[int, Window]]:
    return [*enumerate(windows, 1)]


def _day(found: Exploration, row: int) -> str:
    return f"{moment(float(found.stretches[row])):%Y-%m-%d}"
