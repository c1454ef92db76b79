"""The `rebalance` block: what it may say, and the one line for each thing it may not."""

import math
from datetime import timedelta
from typing import Any

import pydantic
import pytest

from rebalancing.config.durations import parse_duration
from rebalancing.config.seat import Seat
from rebalancing.config.settings import Settings, read_settings
from tests.support.builders import make_settings

EQUAL = {"targets": "equal", "period": "24h"}
HUGE = 10**400
CHOICES = [key for seat in Seat for key in Settings.keys_of(seat)]
"""Keys that choose something beside what is always heard: without one nothing is chosen."""


def problems_of(**values: Any) -> list[str]:
    """Read a valid block in which these values stand instead, and return what is wrong."""
    return read_settings({**EQUAL, **values})[1]


def many(count: int) -> dict[str, float]:
    return {f"COIN{number}": 1 / count for number in range(count)}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param({"targets": "equal", "period": "24h"}, id="period alone"),
        pytest.param({"targets": "equal", "threshold": 0.03}, id="threshold alone"),
        pytest.param({**EQUAL, "threshold": 0.03}, id="both"),
        pytest.param({**EQUAL, "threshold": 0.03, "combine": "or"}, id="both, or"),
        pytest.param({**EQUAL, "threshold": None}, id="threshold null"),
        pytest.param({"targets": "equal", "threshold": 0.1, "period": None}, id="period null"),
        pytest.param({**EQUAL, "targets": {"BTC": 0.6, "ETH": 0.4}}, id="map"),
        pytest.param({**EQUAL, "targets": {"BTC": 0.6, "USDT": 0.4}}, id="map with cash"),
        pytest.param({**EQUAL, "targets": {"BTC": 1, "ETH": 0}}, id="target of 0, integers"),
        pytest.param({**EQUAL, "targets": {"BTC": 0.6, "ETH": 0.4000009}}, id="sum within 1e-6"),
        pytest.param({**EQUAL, "targets": {"BTC": 0.6, "ETH": 0.3999991}}, id="sum below, 1e-6"),
        pytest.param({**EQUAL, "targets": many(3)}, id="thirds"),
        pytest.param({**EQUAL, "targets": many(50)}, id="fifty assets"),
        pytest.param({**EQUAL, "targets": {"1INCH": 0.5, "BTC": 0.5}}, id="code with a digit"),
        pytest.param({"targets": "equal", "threshold": {"BTC": 0.03}}, id="threshold map"),
        pytest.param(
            {"targets": "equal", "threshold": 0.15, "threshold_kind": "relative"}, id="relative"
        ),
        pytest.param({"targets": "equal", "threshold": 0.1, "destination": "edge"}, id="edge"),
        pytest.param({**EQUAL, "destination": 0.5}, id="half the way, without a threshold"),
        pytest.param({**EQUAL, "destination": 1}, id="all the way as a fraction"),
        pytest.param({"targets": "equal", "threshold": 0.1, "scope": "drifted"}, id="drifted"),
        pytest.param({"targets": "equal", "threshold": 0.1, "scope": "fewest"}, id="fewest"),
        pytest.param({**EQUAL, "cooldown": "0m"}, id="no cool-down"),
        pytest.param({**EQUAL, "cooldown": "1w"}, id="cool-down in weeks"),
        pytest.param({**EQUAL, "reserve": 0}, id="no reserve"),
        pytest.param({**EQUAL, "reserve": 0.02}, id="reserve"),
        pytest.param({**EQUAL, "investment": 30}, id="investment, an integer"),
        pytest.param({**EQUAL, "investment": None}, id="investment null"),
        pytest.param({**EQUAL, "min_trade": 25.5}, id="min_trade"),
        pytest.param({**EQUAL, "min_trade": None}, id="min_trade null"),
        pytest.param({**EQUAL, "adopt_holdings": True}, id="adopt_holdings"),
        pytest.param({**EQUAL, "adopt_holdings": "all"}, id="adopt all"),
        pytest.param({**EQUAL, "max_price_jump": 1.5}, id="a price may more than double"),
        pytest.param({**EQUAL, "maker": "10m"}, id="maker"),
        pytest.param({**EQUAL, "limits": {"day_rounds": 300, "round_loss": 0.1}}, id="limits"),
    ],
)
def test_a_valid_block_has_no_problems(block: dict[str, Any]) -> None:
    assert read_settings(block)[1] == []


def test_the_defaults_are_those_of_the_specification() -> None:
    settings, _ = read_settings(EQUAL)
    assert settings.model_dump() == {
        **dict.fromkeys(CHOICES),
        "investment": None,
        "targets": "equal",
        "period": "24h",
        "threshold": None,
        "combine": "and",
        "threshold_kind": "absolute",
        "destination": "target",
        "scope": "all",
        "cooldown": "5m",
        "reserve": 0.005,
        "min_trade": None,
        "adopt_holdings": False,
        "max_price_jump": 0.2,
        "max_spread": 0.02,
        "max_price_age": "5m",
        "maker": None,
        "limits": {
            "round_turnover": 0.6,
            "day_turnover": 2.0,
            "day_rounds": 100,
            "round_loss": 0.02,
        },
    }


def test_what_is_read_is_what_was_written() -> None:
    block = {
        **dict.fromkeys(CHOICES),
        "investment": 500.0,
        "targets": {"ETH": 0.7, "BTC": 0.3},
        "period": "4h",
        "threshold": {"BTC": 0.03, "ETH": 0.05},
        "combine": "or",
        "threshold_kind": "relative",
        "destination": 0.5,
        "scope": "drifted",
        "cooldown": "10m",
        "reserve": 0.01,
        "min_trade": 20.0,
        "adopt_holdings": False,
        "max_price_jump": 0.5,
        "max_spread": 0.01,
        "max_price_age": "1m",
        "maker": "10m",
        "limits": {
            "round_turnover": 0.5,
            "day_turnover": 1.0,
            "day_rounds": 10,
            "round_loss": 0.01,
        },
    }
    settings, problems = read_settings(block)
    assert problems == []
    assert settings.model_dump() == block
    assert isinstance(settings.targets, dict)
    assert list(settings.targets) == ["ETH", "BTC"]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(pydantic.ValidationError):
        make_settings().period = "1h"


SUM = "rebalance.targets: weights sum to"
OR_EQUAL = '; for equal shares write "equal"'


@pytest.mark.parametrize(
    ("targets", "line"),
    [
        pytest.param({"BTC": 0.5, "ETH": 0.47}, f"{SUM} 0.97, must sum to 1", id="0.97"),
        pytest.param({"BTC": 0.9, "ETH": 0.3}, f"{SUM} 1.2, must sum to 1", id="too much"),
        pytest.param({"BTC": 0.4, "ETH": 0.600002}, f"{SUM} 1.000002, must sum to 1", id="2e-6"),
        pytest.param({"BTC": 0, "ETH": 0}, f"{SUM} 0, must sum to 1{OR_EQUAL}", id="nothing"),
        pytest.param(
            {"BTC": 40, "ETH": 60},
            f"{SUM} 100: write fractions, 0.4 for 40 %",
            id="percent",
        ),
        pytest.param(
            {"BTC": 33.3, "ETH": 33.3, "SOL": 33.4},
            f"{SUM} 100: write fractions, 0.333 for 33.3 %{OR_EQUAL}",
            id="percent of equal shares",
        ),
        pytest.param(
            {"BTC": 33.3, "ETH": 33.3, "SOL": 33.3},
            f"{SUM} 99.9: write fractions, 0.333 for 33.3 %{OR_EQUAL}",
            id="percent of equal shares, rounded",
        ),
        pytest.param(
            {"BTC": 55.5, "ETH": 44.4},
            f"{SUM} 99.9: write fractions, 0.555 for 55.5 %",
            id="percent, rounded",
        ),
        pytest.param(
            {"BTC": 0.333, "ETH": 0.333, "SOL": 0.333},
            f"{SUM} 0.999, must sum to 1{OR_EQUAL}",
            id="equal shares, rounded",
        ),
    ],
)
def test_targets_sum_to_one(targets: dict[str, float], line: str) -> None:
    assert problems_of(targets=targets) == [line]


@pytest.mark.parametrize(
    ("targets", "fragments"),
    [
        pytest.param({"BTC": 1}, ["2 to 50", "1 given"], id="one asset"),
        pytest.param(many(51), ["2 to 50", "51 given"], id="fifty-one assets"),
        pytest.param({"BTC/USDT": 0.5, "ETH": 0.5}, ['"BTC"', '"BTC/USDT"'], id="a pair"),
        pytest.param({"BTC": -0.5, "ETH": 1.5}, ["BTC", "0 or more", "-0.5"], id="negative"),
        pytest.param({"BTC": True, "ETH": 0}, ["BTC", "number", "true"], id="boolean"),
        pytest.param({"BTC": "0.5", "ETH": 0.5}, ["BTC", "number", '"0.5"'], id="string"),
        pytest.param({"BTC": None, "ETH": 1}, ["BTC", "number"], id="null"),
        pytest.param({"BTC": math.nan, "ETH": 1}, ["BTC", "finite", "nan"], id="NaN"),
        pytest.param({"BTC": math.inf, "ETH": 1}, ["BTC", "finite", "inf"], id="inf"),
        pytest.param({"BTC": -math.inf, "ETH": 1}, ["BTC", "finite", "-inf"], id="-inf"),
        pytest.param({"BTC": {"weight": 1}, "ETH": 0}, ["BTC", "number", "weight"], id="nested"),
        pytest.param({"BTC": [0.5], "ETH": 0.5}, ["BTC", "number", "[0.5]"], id="list"),
        pytest.param({"BTC": HUGE, "ETH": 0}, ["BTC", "finite", "1000"], id="huge integer"),
        pytest.param({"BTC": 10**300, "ETH": 0}, ["sum to 1e+300"], id="large integer"),
        pytest.param({"BTC": 1.5e308, "ETH": 1.5e308}, ["sum"], id="a sum beyond floats"),
        pytest.param("Equal", ['"equal"', '"Equal"'], id="misspelt equal"),
        pytest.param("", ['"equal"', '""'], id="empty string"),
        pytest.param(["BTC", "ETH"], ['"equal"', "BTC"], id="list of assets"),
        pytest.param(1, ['"equal"', "1"], id="number"),
        pytest.param(True, ['"equal"', "true"], id="true"),
        pytest.param(None, ['"equal"'], id="null for all"),
    ],
)
def test_targets_must_be(targets: object, fragments: list[str]) -> None:
    assert_one_line("targets", problems_of(targets=targets), fragments)


def assert_one_line(key: str, problems: list[str], fragments: list[str]) -> None:
    """Expect one problem that names key, rule and value."""
    assert len(problems) == 1
    assert problems[0].startswith(f"rebalance.{key}: ")
    assert "\n" not in problems[0]
    missing = [part for part in fragments if part.lower() not in problems[0].lower()]
    assert missing == []


DURATION = "duration"


@pytest.mark.parametrize(
    ("key", "value", "fragments"),
    [
        pytest.param("investment", 0, ["more than 0", "is 0"], id="investment 0"),
        pytest.param("investment", -5, ["more than 0", "-5"], id="investment negative"),
        pytest.param("investment", True, ["number", "true"], id="investment true"),
        pytest.param("investment", "1000", ["number", '"1000"'], id="investment string"),
        pytest.param("investment", math.nan, ["finite", "nan"], id="investment NaN"),
        pytest.param("investment", math.inf, ["finite", "inf"], id="investment inf"),
        pytest.param("investment", HUGE, ["finite", "1000"], id="investment huge"),
        pytest.param("investment", {}, ["number", "{}"], id="investment map"),
        pytest.param("period", 24, [DURATION, "24"], id="period number"),
        pytest.param("period", True, [DURATION, "true"], id="period true"),
        pytest.param("period", "", [DURATION, '""'], id="period empty"),
        pytest.param("period", "24", [DURATION, '"24"'], id="period without unit"),
        pytest.param("period", "h", [DURATION, '"h"'], id="period without number"),
        pytest.param("period", "24 h", [DURATION, '"24 h"'], id="period with blank"),
        pytest.param("period", "-1h", [DURATION, '"-1h"'], id="period negative"),
        pytest.param("period", "1.5h", [DURATION, '"1.5h"'], id="period with decimals"),
        pytest.param("period", "24H", [DURATION, '"24H"'], id="period upper case"),
        pytest.param("period", "1y", [DURATION, '"1y"'], id="period in years"),
        pytest.param("period", "30s", [DURATION, '"30s"'], id="period in seconds"),
        pytest.param("period", "24h\n", [DURATION], id="period with line end"),
        pytest.param("period", "\u0663h", [DURATION], id="period in other digits"),
        pytest.param("period", "9" * 400 + "d", [DURATION], id="period beyond dates"),
        pytest.param("period", "0h", ["more than 0", '"0h"'], id="period 0"),
        pytest.param("period", ["24h"], [DURATION, "24h"], id="period list"),
        pytest.param("threshold", 0, ["more than 0", "is 0"], id="threshold 0"),
        pytest.param("threshold", -0.03, ["more than 0", "-0.03"], id="threshold negative"),
        pytest.param(
            "threshold", 3, ["less than 1", "is 3", "0.03 for 3 %"], id="threshold percent"
        ),
        pytest.param("threshold", 1, ["less than 1", "is 1"], id="threshold 1"),
        pytest.param("threshold", 500, ["less than 1", "is 500"], id="threshold beyond percent"),
        pytest.param("threshold", True, ["number", "true"], id="threshold true"),
        pytest.param("threshold", False, ["number", "false"], id="threshold false"),
        pytest.param("threshold", "3%", ["number", '"3%"'], id="threshold string"),
        pytest.param("threshold", math.nan, ["finite", "nan"], id="threshold NaN"),
        pytest.param("threshold", -math.inf, ["finite", "-inf"], id="threshold -inf"),
        pytest.param("threshold", HUGE, ["finite", "1000"], id="threshold huge"),
        pytest.param("threshold", [0.03], ["number", "[0.03]"], id="threshold list"),
        pytest.param("threshold", {}, ["empty"], id="threshold empty map"),
        pytest.param(
            "threshold", {"BTC": 5}, ["BTC", "less than 1", "0.05 for 5 %"], id="map, percent"
        ),
        pytest.param("threshold", {"BTC": 0}, ["BTC", "more than 0"], id="map, 0"),
        pytest.param("threshold", {"BTC": None}, ["BTC", "number"], id="map, null"),
        pytest.param("threshold", {"BTC": True}, ["BTC", "number", "true"], id="map, boolean"),
        pytest.param("threshold", {"BTC": math.nan}, ["BTC", "finite", "nan"], id="map, NaN"),
        pytest.param("threshold", {"BTC": {"x": 1}}, ["BTC", "number", "x"], id="map, nested"),
        pytest.param("combine", "xor", ["'and' or 'or'", '"xor"'], id="combine xor"),
        pytest.param("combine", "AND", ["'and' or 'or'", '"AND"'], id="combine upper case"),
        pytest.param("combine", None, ["'and' or 'or'"], id="combine null"),
        pytest.param("combine", ["and"], ["'and' or 'or'", "and"], id="combine list"),
        pytest.param("threshold_kind", "percent", ["absolute", '"percent"'], id="kind"),
        pytest.param("threshold_kind", 1, ["absolute", "1"], id="kind number"),
        pytest.param("destination", "middle", ["target", '"middle"'], id="destination unknown"),
        pytest.param("destination", 0, ["more than 0", "is 0"], id="destination 0"),
        pytest.param("destination", 50, ["1 or less", "0.5 for 50 %"], id="destination percent"),
        pytest.param("destination", True, ["number", "true"], id="destination true"),
        pytest.param("destination", None, ["number"], id="destination null"),
        pytest.param("destination", math.nan, ["finite", "nan"], id="destination NaN"),
        pytest.param("scope", "some", ["all", "drifted", "fewest", '"some"'], id="scope"),
        pytest.param("scope", {}, ["all", "{}"], id="scope map"),
        pytest.param("cooldown", None, [DURATION], id="cooldown null"),
        pytest.param("cooldown", 5, [DURATION, "5"], id="cooldown number"),
        pytest.param("cooldown", "5min", [DURATION, '"5min"'], id="cooldown word"),
        pytest.param("cooldown", "-5m", [DURATION, '"-5m"'], id="cooldown negative"),
        pytest.param("reserve", -0.1, ["-0.1"], id="reserve negative"),
        pytest.param("reserve", 1, ["less than 1", "is 1"], id="reserve all"),
        pytest.param("reserve", 5, ["less than 1", "0.05 for 5 %"], id="reserve percent"),
        pytest.param("reserve", None, ["number"], id="reserve null"),
        pytest.param("reserve", False, ["number", "false"], id="reserve false"),
        pytest.param("reserve", math.inf, ["finite", "inf"], id="reserve inf"),
        pytest.param("min_trade", 0, ["more than 0", "is 0"], id="min_trade 0"),
        pytest.param("min_trade", -1, ["more than 0", "-1"], id="min_trade negative"),
        pytest.param("min_trade", "10", ["number", '"10"'], id="min_trade string"),
        pytest.param("min_trade", math.nan, ["finite", "nan"], id="min_trade NaN"),
        pytest.param("min_trade", HUGE, ["finite", "1000"], id="min_trade huge"),
        pytest.param("adopt_holdings", 1, ['true, false or "all"', "1"], id="adopt 1"),
        pytest.param("adopt_holdings", "true", ['or "all"', '"true"'], id="adopt string"),
        pytest.param("adopt_holdings", None, ['true, false or "all"'], id="adopt null"),
        pytest.param("max_price_jump", 0, ["more than 0", "0"], id="no jump at all"),
        pytest.param("max_price_age", "0m", ["more than 0"], id="age of 0"),
        pytest.param("maker", 5, ["duration", "5"], id="maker as a number"),
        pytest.param("limits", 3, ["map of limits", "3"], id="limits as a number"),
        pytest.param("limits", {"day_round": 3}, ["day_round", "day_rounds"], id="limits typo"),
        pytest.param("limits", {"round_loss": -1}, ["round_loss", "-1"], id="negative limit"),
        pytest.param("limits", {"day_rounds": 2.5}, ["whole number", "2.5"], id="half a round"),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_rule(
    key: str, value: object, fragments: list[str]
) -> None:
    assert_one_line(key, problems_of(**{key: value}), fragments)


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
    ("text", "duration"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("24h", timedelta(days=1)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("0m", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


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


def test_codes_that_mix_small_letters_and_capitals_are_left_alone() -> None:
    assert problems_of(targets={"kPEPE": 0.4, "BTC": 0.6}) == []
