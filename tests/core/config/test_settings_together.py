"""What a block of settings may not say, taken together, and all of it at once."""

import math
from typing import Any

import pytest

from rebalancing.config.settings import Settings, read_settings
from tests.support.settings_problems import CHOICES, EQUAL, assert_one_line, many, problems_of


@pytest.mark.parametrize(
    ("values", "key", "fragments"),
    [
        pytest.param({"period": None}, "period", ["threshold", "24h"], id="no trigger"),
        pytest.param({"destination": "edge"}, "destination", ["edge", "threshold"], id="edge"),
        pytest.param({"scope": "drifted"}, "scope", ["drifted", "threshold"], id="drifted"),
        pytest.param({"scope": "fewest"}, "scope", ["fewest", "threshold"], id="fewest"),
        pytest.param(
            {"scope": "fewest", "threshold": 0.1, "destination": "edge"},
            "destination",
            ["target", "fewest", "edge"],
            id="fewest to the edge",
        ),
        pytest.param(
            {"scope": "fewest", "threshold": 0.1, "destination": 0.5},
            "destination",
            ["target", "fewest", "0.5"],
            id="fewest half the way",
        ),
        pytest.param(
            {"investment": 500, "adopt_holdings": "all"},
            "adopt_holdings",
            ["false beside an investment", "another bot", "leave one of the two out"],
            id="adoption beside other bots",
        ),
    ],
)
def test_values_that_are_valid_alone_may_not_be_together(
    values: dict[str, Any], key: str, fragments: list[str]
) -> None:
    assert_one_line(key, problems_of(**values), fragments)


def test_targets_are_required() -> None:
    assert_one_line("targets", read_settings({"period": "24h"})[1], ["required", "equal"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("target", "targets"),
        ("perid", "period"),
        ("Threshold", "threshold"),
        ("treshold", "threshold"),
        ("thresholdkind", "threshold_kind"),
        ("cool_down", "cooldown"),
        ("combine_", "combine"),
        ("destinaton", "destination"),
        ("scopes", "scope"),
        ("reserved", "reserve"),
        ("mintrade", "min_trade"),
        ("minimum_trade", "min_trade"),
        ("adopt_holding", "adopt_holdings"),
        ("investement", "investment"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(written: str, meant: str) -> None:
    expected = f'rebalance.{written}: unknown key, did you mean "{meant}"?'
    assert problems_of(**{written: 1}) == [expected]


@pytest.mark.parametrize("key", ["", "\n", "1", "x" * 1000, "interval", "_" * 40])
def test_any_unknown_key_is_one_short_line(key: str) -> None:
    assert len(problems_of(**{key: 1})) == 1
    assert len(problems_of(**{key: 1})[0].splitlines()) == 1
    assert len(problems_of(**{key: 1})[0]) < 300


@pytest.mark.parametrize("block", [None, 3, True, "equal", [], ["targets"], math.nan])
def test_a_block_that_is_no_map_is_one_problem(block: object) -> None:
    _, problems = read_settings(block)
    assert len(problems) == 1
    assert problems[0].startswith("rebalance: ")


def test_an_empty_block_lacks_targets_and_a_trigger() -> None:
    assert [line.split(":")[0] for line in read_settings({})[1]] == [
        "rebalance.targets",
        "rebalance.period",
    ]


def test_all_problems_are_found_at_once() -> None:
    _, problems = read_settings(
        {
            "investment": -1,
            "targets": {"BTC": 40, "ETH": 60},
            "period": "1x",
            "threshold": 3,
            "combine": "xor",
            "threshold_kind": "rel",
            "destination": "half",
            "scope": "few",
            "cooldown": 5,
            "reserve": 2,
            "min_trade": "x",
            "adopt_holdings": "no",
            "max_price_jump": -1,
            "max_spread": 2,
            "max_price_age": "x",
            "maker": True,
            "limits": [],
            "fee": 0.1,
            **dict.fromkeys(CHOICES, "x"),
        }
    )
    assert sorted(line.split(":")[0].removeprefix("rebalance.") for line in problems) == sorted(
        [*Settings.model_fields, "fee"]
    )


@pytest.mark.parametrize(
    ("targets", "named"),
    [
        pytest.param({"BTC": -1, "ETH": True, "SOL": 1}, ["BTC", "ETH"], id="two wrong weights"),
        pytest.param(
            {"BTC/USDT": 0.5, "ETH/USDT": 0.47},
            ["0.97", "BTC/USDT", "ETH/USDT"],
            id="pairs, and a wrong sum",
        ),
        pytest.param({}, ["sum to 0", "0 given"], id="empty"),
        pytest.param({"BTC": 0.97}, ["0.97", "1 given"], id="one asset, and a wrong sum"),
        pytest.param(many(51) | {"COIN0": -1}, ["51 given", "-1"], id="too many, one negative"),
    ],
)
def test_all_problems_within_the_targets_are_found_at_once(
    targets: dict[str, float], named: list[str]
) -> None:
    problems = "\n".join(problems_of(targets=targets))
    assert [part for part in named if part not in problems] == []


def test_a_contradiction_is_found_beside_a_wrong_value() -> None:
    keys = [line.split(":")[0] for line in problems_of(investment=-1, destination="edge")]
    assert keys == ["rebalance.investment", "rebalance.destination"]


@pytest.mark.parametrize("key", ["period", "threshold"])
def test_a_wrong_trigger_is_not_reported_as_a_missing_one(key: str) -> None:
    block = {"targets": "equal", "scope": "drifted", "destination": "edge", key: "wrong"}
    lines = [line for line in read_settings(block)[1] if "wrong" not in line]
    missing = "rebalance.threshold" if key == "threshold" else "rebalance.period"
    assert [line for line in lines if line.startswith(missing)] == []


def test_a_wrong_value_leaves_the_default_in_its_place() -> None:
    settings, _ = read_settings({**EQUAL, "reserve": 7, "min_trade": 20})
    assert (settings.reserve, settings.min_trade) == (0.005, 20)


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        pytest.param("period", 24, 'write "24h" if hours are meant', id="a number"),
        pytest.param("period", "24", 'write "24h" if hours are meant', id="a number as text"),
        pytest.param("period", "24H", 'write "24h"', id="capitals"),
        pytest.param("period", "1 day", 'write "1d"', id="a word"),
        pytest.param("period", "90 min", 'write "90m"', id="a short word"),
        pytest.param("period", "2 Weeks", 'write "2w"', id="a word in the plural"),
        pytest.param("period", "1M", 'write "30d", a month has no fixed length', id="a month"),
        pytest.param("cooldown", "1 year", 'write "365d"', id="a year"),
        pytest.param("period", "daily", "units are m minutes, h hours, d days, w weeks", id="?"),
        pytest.param("period", "30s", "units are m minutes, h hours, d days, w weeks", id="s"),
        pytest.param("threshold", "2%", "write 0.02", id="percent as text"),
        pytest.param("threshold", "0.02", "write 0.02 without quotes", id="a fraction as text"),
        pytest.param("threshold", {"BTC": "2.5 %"}, "BTC must be a number, is", id="in a map"),
        pytest.param("targets", {"BTC": "40%", "ETH": "60%"}, "write 0.4; ETH must", id="targets"),
        pytest.param("investment", "1000", "write 1000 without quotes", id="money as text"),
        pytest.param("targets", {"btc": 0.4, "ETH": 0.6}, 'code, "BTC" for "btc"', id="small"),
        pytest.param("targets", {"btc/usdt": 0.4, "ETH": 0.6}, '"BTC" for "btc/usdt"', id="pair"),
        pytest.param("threshold", {"btc": 0.1}, 'write "BTC" for "btc"', id="small in a map"),
    ],
)
def test_a_second_look_finds_the_remedy(key: str, value: object, remedy: str) -> None:
    assert_one_line(key, problems_of(**{key: value}), [remedy])
