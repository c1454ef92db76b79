"""The figures of the judges, each with its name, its source and one plain sentence."""

from __future__ import annotations

from math import expm1

from rebalancing.explore.choice.figures import JudgeFigure, judge_figures
from rebalancing.explore.exploration import Exploration
from rebalancing.numbers import percent
from rebalancing.report.table import Cell, Table


def judges_table(found: Exploration) -> Table:
    """Return a row for each figure; what could not be computed says so."""
    figures = judge_figures(found.judgement)
    note = "None of them decides alone: the conclusion at the top needs all of them."
    if any(figure.value is None for figure in figures):
        note += " Not known: the history is too short for it, or a package is not installed."
    return Table(
        "What the judges say",
        note,
        ("", "Value", "In plain words", "Source"),
        [
            (
                Cell(figure.name),
                Cell(judged(figure)),
                Cell(figure.meaning, is_prose=True),
                Cell(figure.source, is_prose=True),
            )
            for figure in figures
        ],
    )


def judged(figure: JudgeFigure) -> str:
    """Write the value of a figure: a probability as a number, all else as a percentage.

    Examples
    --------
    >>> judged(JudgeFigure("overfitting", "", "", 0.25, ""))
    '0.25'
    >>> judged(JudgeFigure("inside_hodl", "", "", 0.25, ""))
    '+25.0 %'
    """
    if figure.value is None:
        return "not known"
    if figure.key.startswith(("spa_", "deflated", "overfitting")):
        return f"{figure.value:.2f}" if figure.value >= 0.005 else "below 0.01"
    if figure.key == "timing_luck":
        return percent(expm1(figure.value), digits=1)
    return percent(figure.value, "" if figure.key.startswith("superior") else "+", 1)
