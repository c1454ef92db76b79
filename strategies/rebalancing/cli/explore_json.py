"""What a search found, as one JSON object."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from rebalancing.explore.exploration import UNJUDGED, Exploration, Ranked

if TYPE_CHECKING:
    from rebalancing.launch.verify import Verified

_FIGURES = ("nav", "hodl_nav", "premium", "rounds", "turnover", "fees", "max_drawdown")
_MORE = ("mean_drift", "tracking_error")


def exploration_as_json(
    found: Ranked, places: Iterable[int], more: Mapping[str, object]
) -> Iterator[str]:
    """Give what was found in parts, as it may be long; without figures of judges if none was heard.

    Parameters
    ----------
    places : iterable of int
        Places of the policies that were asked for, in the order in which they are shown: a line
        each.
    more : mapping
        What was done beside the search.
    """
    yield '{\n  "policies": ['
    for number, place in enumerate(places):
        policy = json.dumps(_policy(found, place), allow_nan=False)
        yield f"{',' if number else ''}\n    {policy}"
    rest = json.dumps({**_fields(found), **more}, indent=2, allow_nan=False)
    yield f"\n  ],{rest.removeprefix('{')}\n"


def _fields(found: Ranked) -> dict[str, object]:
    seconds, ground = found.seconds, found.ground
    return {
        "best": _policy(found, found.chosen),
        "present": None if found.present is None else _policy(found, found.present),
        **_judged(found),
        "axes": {axis.name: list(axis.values) for axis in found.axes},
        "assets": list(ground.assets),
        "stake": ground.stake,
        "cash": ground.cash,
        "fee": ground.fee,
        "from": _iso(ground.begin),
        "to": _iso(ground.end),
        "complete": found.is_complete,
        "compiled": found.is_compiled,
        "seconds": {
            "compile": seconds.compile,
            "simulate": seconds.simulate,
            "total": seconds.total,
        },
    }


def _judged(found: Ranked) -> dict[str, object]:
    if not isinstance(found, Exploration):
        open_ones = dict.fromkeys(("better_than_hodl", "better_than_present"))
        return {"conclusion": {**open_ones, "text": UNJUDGED}, "judges": {}, "missing": []}
    from rebalancing.explore.choice.figures import judge_figures

    return {
        "conclusion": {
            "better_than_hodl": found.conclusion.better_than_hodl,
            "better_than_present": found.conclusion.better_than_present,
            "text": found.conclusion.text,
        },
        "judges": {figure.key: _plain(figure.value) for figure in judge_figures(found.judgement)},
        "missing": list(found.judgement.missing),
    }


def verified_as_json(each: Verified) -> dict[str, Any]:
    """Return a backtest beside its simulation."""
    return {
        "policy": each.place,
        "nav": each.nav,
        "backtest_nav": each.backtest.nav,
        "difference": each.difference,
        "rounds": each.rounds,
        "backtest_rounds": each.backtest.rounds,
        "same": each.is_same,
    }


def _policy(found: Ranked, place: int) -> dict[str, Any]:
    figures = {name: _plain(getattr(found.figures, name)[place]) for name in (*_FIGURES, *_MORE)}
    policy: dict[str, Any] = {"settings": dict(found.policies[place]), **figures}
    if found.round_times is not None:
        policy["round_times"] = [_iso(second) for second in found.round_times[place].tolist()]
    if (luck := found.luck.get(place)) is not None:
        policy["timing_luck"] = {
            "low": math.expm1(luck.low),
            "median": math.expm1(luck.median),
            "high": math.expm1(luck.high),
            "spread": math.expm1(luck.spread),
            "rank": luck.rank,
            "starts": luck.starts,
        }
    return policy


def _plain(value: Any) -> float | int | None:
    """Return a number that JSON knows; None for one that is not defined."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if isinstance(value, int | np.integer) else float(value)


def _iso(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"
