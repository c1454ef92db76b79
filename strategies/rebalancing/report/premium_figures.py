"""The premium over time as numbers: how much of it is the luck of the first and the last day."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rebalancing.numbers import minute, percent
from rebalancing.performance.summary import moment
from rebalancing.report.figure import FOR_SCRIPTS, Figure
from rebalancing.report.findings import Findings


def premium_figures(findings: Findings) -> Iterator[Figure]:
    """Give the extremes of the premium, and what it would be after other starts."""
    figure = partial(Figure, group="Premium over time")
    path, starts = findings.premium_path, findings.starts
    for kind, value, at in (
        ("best", path.best, path.best_at),
        ("worst", path.worst, path.worst_at),
    ):
        yield figure(
            f"premium_{kind}", label=f"{kind.capitalize()} premium", value=value,
            text=f"{percent(value, '+')} of HODL, {minute(moment(at))}",
            meaning="Over HODL NAV, were both sold at that moment, after the fee.",
        )  # fmt: skip
        yield Figure(
            f"premium_{kind}_at", FOR_SCRIPTS, f"{kind.capitalize()} premium, when", moment(at),
            minute(moment(at)), "UTC.",
        )  # fmt: skip
    yield figure(
        "premium_ahead", label="Ahead of HODL", value=path.ahead,
        text=f"{percent(path.ahead, digits=0)} of the time",
        meaning="Share of the candles since the first purchase with a positive premium.",
    )  # fmt: skip
    quantiles = starts.quantiles
    low, middle, high = (quantiles[level] for level in (0.05, 0.5, 0.95))
    yield figure(
        "starts_median", label="After another start", value=middle,
        text=f"{percent(middle, '+')} ({percent(low, '+')} to {percent(high, '+')})",
        meaning="Premium for who had taken over the portfolio on another day, against keeping it "
        "as it was then: median of all days, and the range of nine tenths of them.",
    )  # fmt: skip
    for key, label, value in (("low", "5 % quantile", low), ("high", "95 % quantile", high)):
        yield Figure(
            f"starts_{key}", FOR_SCRIPTS, f"After another start, {label}", value,
            percent(value, "+"), "Of the premium by day of the start.",
        )  # fmt: skip
    yield figure(
        "starts_ahead", label="Starts ahead", value=starts.ahead,
        text=f"{percent(starts.ahead, digits=0)} of the days",
        meaning="Share of these days of the start with a positive premium.",
    )  # fmt: skip
