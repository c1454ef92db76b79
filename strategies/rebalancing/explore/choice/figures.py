"""The figures of a judgement, each with its name, its source and one plain sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rebalancing.explore.choice.growth import a_year
from rebalancing.explore.choice.judgement import Contest, Judgement


@dataclass(frozen=True)
class JudgeFigure:
    """A figure.

    Parameters
    ----------
    key : str
        For scripts.
    name, source : str
        For people: what it is called, and who devised it.
    value : float or None
        A fraction; None where it could not be computed.
    meaning : str
        One plain sentence.
    """

    key: str
    name: str
    source: str
    value: float | None
    meaning: str


def judge_figures(judgement: Judgement) -> tuple[JudgeFigure, ...]:
    """Return all figures, in the order in which they are shown."""
    fitted = judgement.overfitting
    against = [("hodl", judgement.hodl)]
    if judgement.present is not None:
        against.append(("present", judgement.present))
    contests = [
        figure for key, contest in against for figure in _contest(key, contest, judgement.days)
    ]
    return (
        *contests,
        JudgeFigure(
            "timing_luck",
            "Timing luck",
            "Hoffstein, Sibears and Faber 2019",
            judgement.hodl.own_luck.spread,
            "So far apart end nine of ten starts of the same policy at other moments.",
        ),
        JudgeFigure(
            "deflated_sharpe",
            "Deflated Sharpe ratio",
            "Bailey and Lopez de Prado 2014",
            judgement.deflated_sharpe,
            "Probability that the lead over holding is real, given how many policies were tried; "
            "below 0.95 it may be luck.",
        ),
        JudgeFigure(
            "overfitting",
            "Probability of backtest overfitting",
            "Bailey, Borwein, Lopez de Prado and Zhu 2017",
            None if fitted is None else fitted.probability,
            "How often the best policy of one half of the history is in the lower half of all in "
            "the other half; 0.5 is pure chance.",
        ),
    )


def _contest(key: str, contest: Contest, days: float) -> Iterator[JudgeFigure]:
    tests, walk, rival = contest.tests, contest.walk, contest.rival
    yield JudgeFigure(
        f"spa_{key}",
        f"SPA test against {rival}",
        "Hansen 2005",
        None if tests is None else tests.p_value,
        "How often luck alone shows a best policy with as large a lead: it has to be rare to tell "
        "anything.",
    )
    yield JudgeFigure(
        f"superior_{key}",
        f"Policies better than {rival}",
        "Romano and Wolf 2005",
        None if tests is None else float(tests.superior.mean()),
        "Share of the policies that stepwise selection names: even one wrong name is unlikely.",
    )
    yield JudgeFigure(
        f"inside_{key}",
        f"Lead over {rival} where chosen",
        "Walk-forward, Pardo 2008",
        None if walk is None else a_year(walk.inside, days),
        "What the chosen policies led by, a year, on the stretches on which they were chosen.",
    )
    yield JudgeFigure(
        f"outside_{key}",
        f"Lead over {rival} afterwards",
        "Walk-forward, Pardo 2008",
        None if walk is None else a_year(walk.outside, days),
        "What they led by, a year, on the stretches that followed: expect this, not the other.",
    )
