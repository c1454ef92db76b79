"""The one line for each value that a block of settings may not have."""

import math

import pytest

from tests.support.settings_problems import HUGE, assert_one_line, many, problems_of

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
            {"BTC": 60, "ETH": 50},
            f"{SUM} 110: write fractions, 0.6 for 60 %",
            id="percent of a bit more",
        ),
        pytest.param({"BTC": 61, "ETH": 50}, f"{SUM} 111, must sum to 1", id="of much more"),
        pytest.param(
            {"BTC": 60, "ETH": 30},
            f"{SUM} 90: write fractions, 0.6 for 60 %",
            id="percent of a bit less",
        ),
        pytest.param({"BTC": 59, "ETH": 30}, f"{SUM} 89, must sum to 1", id="of much less"),
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
