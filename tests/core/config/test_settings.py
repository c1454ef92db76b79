"""The `rebalance` block: what it may say."""

from datetime import timedelta
from typing import Any

import pydantic
import pytest

from rebalancing.config.durations import parse_duration
from rebalancing.config.settings import read_settings
from tests.support.builders import make_settings
from tests.support.settings_problems import CHOICES, EQUAL, many, problems_of


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


def test_codes_that_mix_small_letters_and_capitals_are_left_alone() -> None:
    assert problems_of(targets={"kPEPE": 0.4, "BTC": 0.6}) == []
