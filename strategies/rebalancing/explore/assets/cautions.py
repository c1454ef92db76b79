"""Cautions about assets, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations

from rebalancing.explore.assets.overview import Overview
from rebalancing.numbers import percent, ratio
from rebalancing.performance.returns import DAYS_A_YEAR

SURVIVE = (
    "Choose what survives: rebalancing buys what falls, and a coin that goes to nothing is bought "
    "all the way down."
)
ENDED = 7
"""Days before the newest candle of all, from which on an asset's candles count as ended."""


def cautions(found: Overview) -> tuple[str, ...]:
    """Say what speaks against these assets, worst first; the last sentence is always said."""
    return (
        *_draining(found),
        *_ended(found),
        *_same_pace(found),
        *_short(found),
        *_not_coming_back(found),
        SURVIVE,
    )


def day(number: int) -> str:
    """Write a day since 1970."""
    return f"{datetime.fromtimestamp(number * 86400, UTC):%Y-%m-%d}"


def joined(names: tuple[str, ...]) -> str:
    """Write names as they stand in a sentence.

    Examples
    --------
    >>> joined(("BTC", "ETH", "SOL"))
    'BTC, ETH and SOL'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _draining(found: Overview) -> Iterator[str]:
    draining = [subsidy for subsidy in found.subsidies if subsidy.drains]
    for subsidy in sorted(draining, key=lambda one: -one.share):
        yield (
            f"{subsidy.asset} drains the others: from {day(subsidy.begin)} to {day(subsidy.end)} "
            f"its price fell by {percent(-subsidy.fall, digits=1)}; at equal weights they would "
            f"have put {percent(subsidy.share, digits=1)} of the portfolio into it, of which "
            f"{percent(subsidy.left, digits=1)} was left at its last close."
        )


def _ended(found: Overview) -> Iterator[str]:
    newest = max(figures.last for figures in found.figures)
    for figures in found.figures:
        if newest - figures.last >= ENDED:
            yield (
                f"{figures.asset} has no candles after {day(figures.last)}: it may be delisted, "
                "and can perhaps no longer be sold."
            )


def _same_pace(found: Overview) -> Iterator[str]:
    for group in found.clusters:
        if len(group) > 1:
            places = [found.closes.assets.index(asset) for asset in group]
            between = [found.correlations[one, other] for one, other in combinations(places, 2)]
            yield (
                f"{joined(group)} go at the same pace (correlation of daily returns "
                f"{_range(between)}): rebalancing between them gains little."
            )


def _range(values: list[float]) -> str:
    low, high = ratio(min(values)), ratio(max(values))
    return low if low == high else f"{low} to {high}"


def _short(found: Overview) -> Iterator[str]:
    short = tuple(one.asset for one in found.figures if one.last - one.first < DAYS_A_YEAR)
    if short:
        yield f"{joined(short)}: less than a year of candles says little."


def _not_coming_back(found: Overview) -> Iterator[str]:
    tested = [one for one in found.reversions if one.reverts is not None]
    if tested and not any(one.reverts for one in tested):
        count = f"None of the {len(tested)} ratios" if len(tested) > 1 else "The ratio"
        yield (
            f"{count} of two assets is shown to come back: what rebalancing earns by that is not "
            "to be counted on."
        )
