"""Searches on random walks, on which no policy is better than another: what do the judges say?

``python -m tests.support.random_searches --runs 100`` counts the searches in which one is called
better.
"""

from dataclasses import dataclass
from datetime import timedelta

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from rebalancing.explore.choice.conclusion import Conclusion, conclude
from rebalancing.explore.choice.growth import log_growth
from rebalancing.explore.choice.judgement import Search, judge
from rebalancing.market.portfolio import Vector

DAY = timedelta(days=1)
DAYS = 3 * 365
FEE = 0.001


@dataclass(frozen=True)
class Rule:
    """A policy on daily closes: looked at every so many days, traded if a weight is off by the
    band."""

    days: int
    band: float


HELD = Rule(1, 2.0)
PRESENT = Rule(7, 0.03)
RULES = (
    *(Rule(1, band) for band in (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)),
    *(Rule(days, 0.0) for days in (1, 2, 3, 7, 14, 28, 91)),
    *(Rule(days, band) for days in (3, 7, 14) for band in (0.02, 0.05, 0.1)),
)


def random_walks(
    seed: int, walks: int, assets: int = 4, volatility: float = 0.8, *, is_fair: bool = True
) -> Vector:
    """Draw daily prices, shape (walks, days, assets), all without drift.

    Parameters
    ----------
    volatility : float
        A year.
    is_fair : bool
        Who holds can expect neither gain nor loss; otherwise the logarithm has no drift.
    """
    daily = volatility / np.sqrt(365)
    moves = np.random.default_rng(seed).normal(0, daily, (walks, DAYS, assets))
    walk: Vector = 100 * np.exp(np.cumsum(moves - is_fair * daily**2 / 2, axis=1))
    return walk


def navs(prices: Vector, rules: tuple[Rule, ...]) -> Vector:
    """Follow rules with equal weights, shape (walks, rules, days); the first day's purchase is
    paid for before it is valued. No lots, no minimums."""
    walks, days, assets = prices.shape
    target = 1 / assets
    every = np.array([rule.days for rule in rules])
    bands = np.array([rule.band for rule in rules]) - 1e-9
    amounts = np.repeat((1 - FEE) * target / prices[:, :1, :], len(rules), axis=1)
    found = np.empty((walks, len(rules), days))
    for day in range(days):
        values = amounts * prices[:, day, None, :]
        nav = values.sum(axis=2)
        drift = np.abs(values / nav[..., None] - target)
        found[..., day] = nav
        due = (drift.max(axis=2) >= bands) & (day % every == 0) & (day > 0)
        left = nav - FEE * drift.sum(axis=2) * nav
        new = left[..., None] * target / prices[:, day, None, :]
        amounts = np.where(due[..., None], new, amounts)
    return found


def conclusions(prices: Vector, present: Rule = PRESENT) -> list[Conclusion]:
    """Search on each history, and conclude."""
    growth = log_growth(navs(prices, (*RULES, present, HELD)), 1)
    return [conclude(judge(Search(one[:-1], one[-1], one[-2]))) for one in growth]


def called_better(found: list[Conclusion]) -> int:
    """Count the searches that call a policy better than something."""
    return sum(one.better_than_hodl is True or one.better_than_present is True for one in found)


@click.command(help=__doc__)
@click.option("--runs", type=click.IntRange(1), default=100, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def main(runs: int, seed: int) -> None:
    """Count the searches in which a policy is called better."""
    console = Console()
    for is_fair in (True, False):
        kind = "money" if is_fair else "its logarithm"
        walks = random_walks(seed, runs, is_fair=is_fair)
        found = [
            one
            for walk in track(walks, f"no drift in {kind}", console=Console(stderr=True))
            for one in conclusions(walk[None])
        ]
        over_hodl = sum(one.better_than_hodl is True for one in found)
        over_present = sum(one.better_than_present is True for one in found)
        console.print(
            f"{runs} searches of {len(RULES) + 1} policies, no drift in {kind}: better than "
            f"holding in {over_hodl}, than the present policy in {over_present}, than either in "
            f"{called_better(found)}"
        )


if __name__ == "__main__":
    main()
