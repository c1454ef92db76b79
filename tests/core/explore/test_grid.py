"""Axes and grids: which policies a search looks at, and what is said of those it cannot."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from rebalancing.config.settings import read_settings
from rebalancing.explore.axes import (
    KEYS,
    GridError,
    default_axes,
    parse_axis,
    weights_axis,
)
from rebalancing.explore.grid import Grid, essence, given_grid, make_grid
from rebalancing.market.markets import Markets
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from tests.support.kernel_cases import cases, walked

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
BASE = {"targets": "equal", "period": "7d", "min_trade": 20.0, "cooldown": "1h"}


def grid(base: dict[str, Any] = BASE, **axes: str) -> Grid:
    return make_grid([parse_axis(*item) for item in axes.items()], base, HOUR, YEAR)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("threshold", "0.01:0.2:3", (0.01, 0.105, 0.2)),
        ("threshold", "0.03, none,0.03", (0.03, None)),
        ("period", "1h,24h,1d,none", ("1h", "24h", None)),
        ("cooldown", "0m,1h", ("0m", "1h")),
        ("destination", "target,edge,0.5,1", ("target", "edge", 0.5)),
        ("destination", "0.25:0.75:3", (0.25, 0.5, 0.75)),
        ("scope", "all,drifted,fewest", ("all", "drifted", "fewest")),
        ("combine", "and,or", ("and", "or")),
        ("threshold_kind", "absolute,relative", ("absolute", "relative")),
    ],
)
def test_an_axis_is_read(name: str, text: str, values: tuple[object, ...]) -> None:
    assert parse_axis(name, text).values == values


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("text", ["", "soon", "1:2", "0.1:0.2:0", "a:b:3", "nan", "-1", "none:1:2"])
def test_what_is_no_value_is_refused_in_one_line_that_names_the_key(name: str, text: str) -> None:
    with pytest.raises(GridError) as caught:
        parse_axis(name, text)
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)


def test_percent_is_refused() -> None:
    with pytest.raises(GridError, match="threshold: must be"):
        parse_axis("threshold", "1:20:40")


def test_every_policy_of_a_grid_is_valid_and_there_once() -> None:
    axes = [*default_axes(HOUR, YEAR), parse_axis("threshold_kind", "absolute,relative")]
    found = make_grid(axes, BASE, HOUR, YEAR)
    read = [read_settings(block) for block in found.blocks]
    assert [problems for _, problems in read if problems] == []
    assert len({essence(settings) for settings, _ in read}) == len(read) > 1000
    assert all(settings.min_trade == 20 for settings, _ in read)
    for block, steps in zip(found.blocks, found.steps, strict=True):
        for axis, step in zip(found.axes, steps, strict=True):
            wanted = axis.values[step] if step >= 0 else None
            assert block.get(axis.name) == wanted


def test_no_sensible_combination_is_missing() -> None:
    found = grid(period="none,1d", threshold="none,0.05", combine="and,or", destination="edge,0.5")
    wanted = {
        (None, 0.05, None, "edge"),
        (None, 0.05, None, 0.5),
        ("1d", None, None, 0.5),
        *(("1d", 0.05, how, where) for how in ("and", "or") for where in ("edge", 0.5)),
    }
    keys = ("period", "threshold", "combine", "destination")
    assert {tuple(block.get(key) for key in keys) for block in found.blocks} == wanted
    assert len(found.blocks) == len(wanted)


def test_what_is_not_swept_stays_as_it_is_configured() -> None:
    found = grid(threshold="0.02,0.05")
    assert found.blocks == tuple({**BASE, "threshold": value} for value in (0.02, 0.05))
    assert grid().blocks == (BASE,)


def test_given_weights_are_swept_by_their_names() -> None:
    sets = {"half": {"A": 0.5, "B": 0.5}, "most": {"A": 0.9, "B": 0.1}}
    found = make_grid([weights_axis(sets)], BASE, HOUR, YEAR)
    assert [block["targets"] for block in found.blocks] == [*sets.values()]
    assert found.axes[0].labels == ("half", "most")
    with pytest.raises(GridError, match="most: targets: weights sum to"):
        weights_axis({"half": sets["half"], "most": {"A": 1.0, "B": 0.1}})


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({"period": "30m"}, "period: 30m is shorter than a candle, which is 1h long"),
        ({"period": "1d,60w"}, "period: 60w does not fit into the candles, which span 365d"),
        ({"period": "none"}, "no combination of these values is a policy; rebalance.period: "),
        ({"period": "1d", "scope": "fewest"}, "no combination of these values is a policy; "),
        ({"threshold": "0.001:0.5:9999", "destination": "0.001:0.9:999"}, "the axes have 9,989,"),
    ],
)
def test_a_grid_that_cannot_be_searched_says_why(axes: dict[str, str], said: str) -> None:
    with pytest.raises(GridError) as caught:
        grid(**axes)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_the_default_periods_fit_the_candles() -> None:
    for step, span in (
        (HOUR, timedelta(days=60)),
        (timedelta(minutes=5), YEAR),
        (YEAR / 365, YEAR),
    ):
        assert len(make_grid(default_axes(step, span), BASE, step, span).blocks) > 100
    assert len(make_grid(default_axes(HOUR, 4 * YEAR), BASE, HOUR, 4 * YEAR).blocks) <= 1000


def test_given_policies_stay_as_they_are_in_their_order() -> None:
    blocks = [{"targets": "equal", "threshold": 0.05, "combine": "or"}, BASE, BASE]
    found = given_grid(blocks, HOUR, YEAR)
    assert list(found.blocks) == blocks
    assert found.steps.shape == (3, 0)
    with pytest.raises(GridError, match=r"policy 2: rebalance.targets: is required"):
        given_grid([BASE, {"period": "1d"}], HOUR, YEAR)
    with pytest.raises(GridError, match="policy 1: rebalance: must be a map of settings"):
        given_grid([3], HOUR, YEAR)
    with pytest.raises(GridError, match="no policy"):
        given_grid([], HOUR, YEAR)


def test_policies_that_do_the_same_are_known_for_the_same() -> None:
    def of(**block: Any) -> tuple[object, ...]:
        return essence(read_settings({"targets": "equal", **block})[0])

    assert of(period="1d", combine="or") == of(period="24h", threshold_kind="relative")
    assert of(threshold=0.05, destination=1) == of(threshold=0.05, limits={"day_rounds": 3})
    both = {"period": "1d", "threshold": 0.05}
    assert len({of(**both), of(**both, combine="or"), of(**both, min_trade=9)}) == 3


def test_a_period_of_one_candle_and_a_threshold_is_the_threshold_alone() -> None:
    """It is swept once where both are, and stays where it alone was asked for."""
    both = grid(threshold="0.02,0.05", period="none,1h,60m,2h", combine="and,or")
    swept = [(one.get("period"), one.get("combine")) for one in both.blocks]
    assert len(swept) == len(both.steps) == 2 + 2 + 4
    assert ("1h", "and") not in swept
    assert {("1h", "or"), ("2h", "and"), (None, None)} < {*swept}
    alone = grid(threshold="0.02,0.05", period="1h", combine="and")
    assert [one["period"] for one in alone.blocks] == ["1h", "1h"]
    given = ({"targets": "equal", "period": "1h", "threshold": 0.02},)
    assert given_grid(given, HOUR, YEAR).blocks == given


@settings(max_examples=10)
@given(case=cases().filter(lambda case: case[0].settings.threshold is not None))
def test_both_make_the_same_orders(case: tuple[Policy, PriceMatrix, Markets, float]) -> None:
    policy, prices, *rest = case
    found = [
        walked(
            Policy(policy.settings.model_copy(update=keys), policy.assets, "USDT"), prices, *rest
        )
        for keys in ({"period": None}, {"period": "1h", "combine": "and"})
    ]
    assert prices.seconds == 3600
    assert found[0] == found[1]


def test_the_order_in_which_assets_are_written_makes_no_policy() -> None:
    one, other = (
        read_settings({"targets": dict(pairs), "threshold": dict(pairs[:2])})[0]
        for pairs in (
            [("A", 0.2), ("B", 0.3), ("C", 0.5)],
            [("B", 0.3), ("A", 0.2), ("C", 0.5)],
        )
    )
    assert essence(one) == essence(other)
