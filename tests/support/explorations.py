"""Searches of policies, made up: the growth of each is random, with a fixed seed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from rebalancing.explore.axes import parse_axis
from rebalancing.explore.choice.conclusion import conclude
from rebalancing.explore.choice.judgement import Search, judge
from rebalancing.explore.choice.timing_luck import timing_luck
from rebalancing.explore.exploration import (
    Axis,
    Exploration,
    Figures,
    Ground,
    Paths,
    Seconds,
    Whole,
)
from rebalancing.explore.grid import given_grid, make_grid
from rebalancing.market.portfolio import Vector

ASSETS = ("BTC", "ETH", "SOL", "ADA")
BEGIN, DAY, CASH = 1_704_067_200, 86_400, 10_000.0
PRESENT = {"targets": "equal", "period": "24h", "threshold": 0.033, "combine": "or"}


def threshold_axis(count: int = 8) -> Axis:
    """Sweep the threshold from 1 to 20 points."""
    return parse_axis("threshold", f"0.01:0.2:{count}")


SWEEP = (
    threshold_axis(),
    parse_axis("period", "none,2h,4h,12h,24h,3d,7d"),
    parse_axis("combine", "and,or"),
)
GIVEN = ({"targets": "equal", "threshold": 0.05}, {"targets": "equal", "period": "7d"})


def make_exploration(
    axes: tuple[Axis, ...] = SWEEP,
    present: dict[str, Any] | None = PRESENT,
    days: int = 400,
    edge: float = 0.0,
    is_begun_often: bool = True,
    given: tuple[dict[str, Any], ...] = GIVEN,
) -> Exploration:
    """Make up what a search of all combinations of these axes found.

    Parameters
    ----------
    present : dict or None
        A policy beside the sweep.
    days : int
        Of the history.
    edge : float
        Growth a day that each policy has more than holding, the middle ones more than the others.
    is_begun_often : bool
        At 24 moments; otherwise once only.
    given : tuple of dict
        The policies where there are no axes.
    """
    draw = np.random.default_rng(1)
    hour, span = timedelta(hours=1), timedelta(days=days)
    grid = (
        make_grid(axes, {"targets": "equal"}, hour, span) if axes else given_grid(given, hour, span)
    )
    policies, steps = [*grid.blocks], grid.steps
    if present is not None:
        policies.append(present)
        steps = np.vstack([steps, np.full((1, len(axes)), -1)])
    count = len(policies)
    market = draw.normal(0.0005, 0.03, days)
    middle = 1 - np.abs(np.linspace(-1, 1, count))
    growth = market + draw.normal(0, 0.0006, (count, days)) + edge * middle[:, None]
    return _found(tuple(policies), axes, steps, growth, market, present is not None, is_begun_often)


def without_judges(found: Exploration, policies: int) -> Exploration:
    """Repeat the policies of a search until there are so many; the judges are not asked again."""
    draw = np.random.default_rng(2)
    rows = np.arange(policies) % len(found.policies)
    nav = found.figures.nav[rows] * np.exp(draw.normal(0, 0.02, policies))
    nav[found.chosen] = nav.max() * 1.01
    figures = {name: value[rows] for name, value in vars(found.figures).items()}
    turnover = figures["turnover"] * np.exp(draw.normal(0, 0.5, policies))
    figures |= {"nav": nav, "premium": nav / found.figures.hodl_nav[0] - 1, "turnover": turnover}
    return replace(
        found,
        policies=tuple(found.policies[row] for row in rows),
        steps=found.steps[rows],
        figures=Figures(**figures),
        ranking=tuple(np.argsort(-nav, kind="stable").tolist()),
        asked=policies,
    )


def _found(
    policies: tuple[dict[str, Any], ...],
    axes: tuple[Axis, ...],
    steps: Whole,
    growth: Vector,
    market: Vector,
    has_present: bool,
    is_begun_often: bool,
) -> Exploration:
    count, days = growth.shape
    draw = np.random.default_rng(3)
    present = count - 1 if has_present else None
    paths = CASH * np.exp(np.cumsum(np.hstack([np.zeros((count, 1)), growth]), axis=1))
    held = CASH * np.exp(np.cumsum(np.append(0.0, market)))
    nav = paths[:, -1]
    ranking = tuple(np.argsort(-nav, kind="stable").tolist())
    turnover = 40 * np.exp(-np.linspace(0, 4, count)) * draw.uniform(0.7, 1.3, count)
    figures = Figures(
        nav=nav,
        hodl_nav=np.full(count, held[-1]),
        premium=nav / held[-1] - 1,
        rounds=np.round(turnover * 12).astype(np.int64),
        turnover=turnover,
        fees=turnover * CASH * 0.002,
        max_drawdown=(1 - paths / np.maximum.accumulate(paths, axis=1)).max(axis=1),
        mean_drift=draw.uniform(0.002, 0.05, count),
        tracking_error=(growth - market).std(axis=1) * np.sqrt(365),
    )
    kept = tuple(dict.fromkeys(place for place in (ranking[0], present, *ranking[1:5])
                               if place is not None))  # fmt: skip
    spread = 0.03 if is_begun_often else 0.0
    begun = 24 if is_begun_often else 1
    starts = {place: np.log(nav[place] / CASH) + draw.normal(0, spread, begun) for place in kept}
    search = Search(
        growth, market, None if present is None else growth[present], 1.0, starts[ranking[0]],
        None if present is None else starts[present],
    )  # fmt: skip
    judgement = judge(search)
    times = BEGIN + DAY * np.arange(days + 1)
    return Exploration(
        ground=Ground(ASSETS, "USDT", CASH, 0.001, BEGIN, int(times[-1]), 3600),
        policies=policies,
        axes=axes,
        steps=steps,
        figures=figures,
        ranking=ranking,
        present=present,
        chosen=ranking[0],
        luck={place: timing_luck(values) for place, values in starts.items()},
        starts=starts,
        paths=Paths(times, kept, paths[list(kept)], held),
        growth=growth,
        hodl=market,
        days=1.0,
        stretches=times,
        judgement=judgement,
        conclusion=conclude(judgement),
        round_times=None,
        asked=count,
        is_compiled=True,
        seconds=Seconds(0.0, 0.4, 1.9),
    )
