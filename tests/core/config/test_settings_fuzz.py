"""Nothing that stands in a configuration file makes the reader of the block stumble."""

import math
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.config.durations import parse_duration
from rebalancing.config.settings import Settings, read_settings

LONGEST = 300
KEYS = sorted(Settings.model_fields)
JUNK: list[Any] = [
    *(True, False, -1, -0.5, math.nan, math.inf, -math.inf, 1e308, 10**30, 10**200, 10**400),
    *("", " ", "24", "h", "None", "nan", "x" * 2000, "a\nb", "\x00", "💰", "%s", "{}"),
    *([], [[]], [1, 2], {"": {}}, {"a": [1]}, {"BTC": {"BTC": {}}}, [{}] * 40),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def valid_block(rng: random.Random) -> dict[str, Any]:
    """Build a block that the specification allows."""
    assets = [f"COIN{number}" for number in range(rng.randint(2, 50))]
    shares = [rng.random() + 0.01 for _ in assets]
    weights = {a: share / sum(shares) for a, share in zip(assets, shares, strict=True)}
    threshold = rng.choice([0.03, 0.5, {assets[0]: 0.1, assets[1]: 0.2}])
    optional = {
        "investment": rng.choice([None, 50, 1000.5]),
        "threshold": threshold,
        "combine": rng.choice(["and", "or"]),
        "threshold_kind": rng.choice(["absolute", "relative"]),
        "destination": rng.choice(["target", "edge", 0.5, 1]),
        "scope": rng.choice(["all", "drifted"]),
        "cooldown": rng.choice(["0m", "5m", "1h", "2d"]),
        "reserve": rng.choice([0, 0.005, 0.2]),
        "min_trade": rng.choice([None, 5.5, 10]),
        "adopt_holdings": rng.choice([True, False]),
    }
    block = {"targets": rng.choice(["equal", weights]), "period": rng.choice(["30m", "24h", "7d"])}
    kept = {key: value for key, value in optional.items() if rng.random() < 0.6}
    if "threshold" not in kept:
        kept = {k: v for k, v in kept.items() if k != "scope" and v != "edge"}
    if kept.get("investment") is not None:
        kept.pop("adopt_holdings", None)
    return {**block, **kept}


def is_number(value: object, low: float, high: float) -> bool:
    """Tell whether a JSON value is a finite number strictly between two others."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value) and low < value < high
    except OverflowError:
        return False


def is_period(value: object) -> bool:
    return is_duration(value) and parse_duration(str(value)) > timedelta(0)


def is_duration(value: object) -> bool:
    try:
        return parse_duration(value) is not None  # type: ignore[arg-type]  # whatever was drawn
    except (TypeError, ValueError):
        return False


def is_map(value: object, each: Callable[[object], bool]) -> bool:
    return isinstance(value, dict) and bool(value) and all(map(each, value.values()))


def is_fraction(value: object) -> bool:
    return is_number(value, 0, 1)


ALLOWED: dict[str, Callable[[Any], bool]] = {
    "investment": lambda value: value is None or is_number(value, 0, math.inf),
    "period": lambda value: value is None or is_period(value),
    "threshold": lambda value: value is None or is_fraction(value) or is_map(value, is_fraction),
    "combine": lambda value: value in ("and", "or"),
    "threshold_kind": lambda value: value in ("absolute", "relative"),
    "destination": lambda value: (
        value in ("target", "edge") or is_fraction(value) or (value == 1 and value is not True)
    ),
    "scope": lambda value: value in ("all", "drifted", "fewest"),
    "cooldown": is_duration,
    "reserve": lambda value: is_fraction(value) or (value == 0 and value is not False),
    "min_trade": lambda value: value is None or is_number(value, 0, math.inf),
    "adopt_holdings": lambda value: isinstance(value, bool),
}
"""The specification of each key but the targets, written a second time."""


def assert_well_formed(problems: list[str]) -> None:
    """Expect every problem to be one line of the block, short enough to be read."""
    assert [line for line in problems if not line.startswith("rebalance")] == []
    assert [line for line in problems if len(line.splitlines()) != 1] == []
    assert [line for line in problems if len(line) > LONGEST] == []


def malform(rng: random.Random, block: dict[str, Any]) -> dict[str, Any]:
    """Break one thing in a valid block."""
    kind = rng.choice(["value", "value", "value", "unknown key", "weights", "weight", "missing"])
    if kind == "value":
        key = rng.choice(sorted(ALLOWED))
        wrong = [junk for junk in JUNK if not ALLOWED[key](junk)]
        return {**block, key: rng.choice(wrong)}
    if kind == "unknown key":
        return {**block, rng.choice(KEYS)[:-1] + rng.choice("xyz\n "): rng.choice(JUNK)}
    if kind == "weights":
        return {**block, "targets": {"BTC": rng.uniform(0, 200), "ETH": rng.uniform(1.01, 9)}}
    if kind == "weight":
        bad = [j for j in JUNK if not is_number(j, 0, 1)]
        return {**block, "targets": {"BTC": rng.choice(bad), "ETH": 0.5, "SOL": 0.5}}
    return {key: value for key, value in block.items() if key != "targets"}


@pytest.mark.parametrize("seed", range(20))
def test_malformed_blocks_are_refused(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        block = malform(rng, valid_block(rng))
        assert read_settings(block)[1] != [], block


@pytest.mark.parametrize("seed", range(20))
def test_malformed_blocks_are_refused_in_lines_people_can_read(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        assert_well_formed(read_settings(malform(rng, valid_block(rng)))[1])


@pytest.mark.parametrize("seed", range(10))
def test_valid_blocks_are_not_refused(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(50):
        block = valid_block(rng)
        assert read_settings(block)[1] == [], block


@pytest.mark.parametrize("key", sorted(ALLOWED))
@given(value=json_values)
def test_a_key_takes_what_the_specification_allows_and_nothing_else(
    key: str, value: object
) -> None:
    block = {"targets": "equal", "period": "24h", "threshold": 0.1, key: value}
    own = [line for line in read_settings(block)[1] if line.startswith(f"rebalance.{key}:")]
    allowed = ALLOWED[key](value)
    assert bool(own) != allowed


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(), json_values, max_size=12) | json_values)
def test_any_json_is_read_without_stumbling(block: object) -> None:
    settings, problems = read_settings(block)
    assert isinstance(settings, Settings)
    assert_well_formed(problems)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_targets_that_are_read_without_a_problem_can_be_followed(targets: dict[str, Any]) -> None:
    settings, problems = read_settings({"targets": targets, "period": "24h"})
    assert_well_formed(problems)
    if not problems:
        assert isinstance(settings.targets, dict)
        assert math.isclose(sum(settings.targets.values()), 1, abs_tol=1e-6)
        assert all(0 <= weight <= 1 + 1e-6 for weight in settings.targets.values())
        assert 2 <= len(settings.targets) <= 50


NEAR = {"targets": "equal", "period": "24h"}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param({**NEAR, "a\nb": 1}, id="unknown key of two lines"),
        pytest.param({**NEAR, "x" * 5000: 1}, id="unknown key of 5000 letters"),
        pytest.param({**NEAR, "targets": {"A\nB/USDT": 0.5, "B": 0.5}}, id="pair of two lines"),
        pytest.param({**NEAR, "targets": {"A" * 999 + "/B": 0.5, "B": 0.5}}, id="endless pair"),
        pytest.param({**NEAR, "targets": {"A" * 999: -1, "B": 2}}, id="endless asset"),
        pytest.param({**NEAR, "targets": {str(i): -1 for i in range(60)}}, id="60 bad weights"),
        pytest.param({**NEAR, "targets": {f"C{i}/X": 0.02 for i in range(50)}}, id="50 pairs"),
        pytest.param({**NEAR, "threshold": {str(i): 5 for i in range(60)}}, id="60 percents"),
        pytest.param({**NEAR, "threshold": 10**300}, id="integer of 300 digits"),
        pytest.param({**NEAR, "investment": -(10**300)}, id="negative, 300 digits"),
        pytest.param({**NEAR, "investment": 10**400}, id="integer beyond floats"),
        pytest.param({**NEAR, "targets": {"A": 1.7e308, "B": 1.7e308}}, id="sum beyond floats"),
        pytest.param({**NEAR, "period": "9" * 5000 + "h"}, id="period of 5000 digits"),
        pytest.param({**NEAR, "combine": "x" * 5000}, id="word of 5000 letters"),
        pytest.param({**NEAR, "scope": ["a\n"] * 500}, id="list of 500"),
        pytest.param({**NEAR, "\ud800": 1}, id="half a character as a key"),
        pytest.param({**NEAR, "period": "\ud800"}, id="half a character as a period"),
    ],
)
def test_the_nastiest_blocks_are_refused_in_short_lines(block: dict[str, Any]) -> None:
    _, problems = read_settings(block)
    assert problems
    assert_well_formed(problems)
