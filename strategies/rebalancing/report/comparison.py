"""Several results side by side: named by what differs, with the best of each row marked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rebalancing.report.configuration import covers_same_time, distinctions, range_said, what_ran
from rebalancing.report.figure import FOR_SCRIPTS, Figure
from rebalancing.report.figures import figures_of
from rebalancing.report.findings import Findings

BETTER: Mapping[str, Callable[[Sequence[float]], float]] = {
    **dict.fromkeys(("nav", "premium", "total_return", "annual_return", "money_return"), max),
    **dict.fromkeys(("money_annual", "sharpe", "sortino", "calmar"), max),
    **dict.fromkeys(("volatility", "max_drawdown", "fees", "turnover"), min),
    **dict.fromkeys(("mean_drift", "time_outside", "tracking_error"), min),
}
"""Which of several figures is the best, where one is better than another for everybody."""

AS_SHARE = {"premium": "premium_share"}
"""Figures that are judged by another one."""

LONGEST = 100
"""Characters of a name, or a column gets too wide."""


@dataclass(frozen=True)
class Entry:
    """A figure of one result."""

    text: str
    is_best: bool = False


@dataclass(frozen=True)
class Line:
    """A figure of all results; `differs` tells that they are not all the same."""

    label: str
    meaning: str
    entries: tuple[Entry, ...]
    differs: bool = False


@dataclass(frozen=True)
class Comparison:
    """What stands side by side.

    Parameters
    ----------
    names : tuple of str
        Of the columns.
    warnings : tuple of str
        Why they cannot be compared, a sentence each.
    configuration, figures : tuple of Line
        What ran, and what came of it.
    """

    names: tuple[str, ...]
    warnings: tuple[str, ...]
    configuration: tuple[Line, ...]
    figures: tuple[Line, ...]


def compare(all_findings: Mapping[str, Findings]) -> Comparison:
    """Put results side by side.

    Parameters
    ----------
    all_findings : mapping of str to Findings
        By title, in the order in which they are shown.
    """
    several = list(all_findings.values())
    warnings = _warnings(several)
    rows = zip(*map(figures_of, several), strict=True)
    ran = zip(*map(what_ran, several), strict=True)
    return Comparison(
        names=tuple(short_names(all_findings)),
        warnings=warnings,
        configuration=tuple(_ran_line(row) for row in ran),
        figures=tuple(
            _figure_line(row, several, judged=not warnings)
            for row in rows
            if any(figure.group != FOR_SCRIPTS for figure in row)
        ),
    )


def short_names(all_findings: Mapping[str, Findings]) -> list[str]:
    """Name results by what differs between them.

    By their titles where nothing does, or where two would bear the same name.
    """
    titles = list(all_findings)
    said = [distinctions(findings) for findings in all_findings.values()]
    differing = [key for key in said[0] if len({one[key] for one in said}) > 1]
    if "targets" in differing:  # the setting, told better by the weights that follow from it
        differing = [key for key in differing if key not in ("targets", "assets")]
    elif "assets" in differing:
        differing.remove("weights")
    names = [", ".join(one[key] for key in differing) for one in said]
    names = [name if len(name) <= LONGEST else name[: LONGEST - 1] + "…" for name in names]
    return titles if len(set(names)) < len(names) or not all(names) else names


def _warnings(several: list[Findings]) -> tuple[str, ...]:
    found = []
    if not covers_same_time(several):
        said = dict.fromkeys(range_said(findings.record.history) for findings in several)
        ranges = "; ".join(said)
        found.append(
            f"These results cover different times ({ranges}): which is better cannot be told "
            "from their figures, so none is marked as the best."
        )
    stakes = sorted({findings.record.history.stake for findings in several})
    if len(stakes) > 1:
        found.append(f"Their money is in different currencies: {', '.join(stakes)}.")
    return tuple(found)


def _ran_line(row: tuple[tuple[str, str], ...]) -> Line:
    texts = [text for _, text in row]
    entries = tuple(Entry(text) for text in texts)
    return Line(row[0][0], "", entries, differs=len(set(texts)) > 1)


def _figure_line(row: tuple[Figure, ...], several: list[Findings], judged: bool) -> Line:
    best: set[int] = set()
    if judged and row[0].key in BETTER and _comparable(row[0].key, several):
        best = _best(
            row[0].key, [_value(figure, one) for figure, one in zip(row, several, strict=True)]
        )
    entries = tuple(Entry(figure.text, number in best) for number, figure in enumerate(row))
    return Line(row[0].label, row[0].meaning, entries)


def _comparable(key: str, several: list[Findings]) -> bool:
    """Tell whether a figure can be compared: money cannot if the runs began with different sums."""
    starts = {findings.record.history.start for findings in several}
    return key not in ("nav", "fees") or len(starts) == 1


def _value(figure: Figure, findings: Findings) -> float:
    key = AS_SHARE.get(figure.key, figure.key)
    value = next(item.value for item in figures_of(findings) if item.key == key)
    return float(value) if isinstance(value, float | int) else math.nan


def _best(key: str, values: list[float]) -> set[int]:
    """Give the places of the best value; none where all are alike, or one is not known."""
    if not all(map(math.isfinite, values)) or len(set(values)) == 1:
        return set()
    best = BETTER[key](values)
    return {number for number, value in enumerate(values) if value == best}
