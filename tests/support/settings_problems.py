"""What is wrong with a block of settings."""

from typing import Any

from rebalancing.config.seat import Seat
from rebalancing.config.settings import Settings, read_settings

EQUAL = {"targets": "equal", "period": "24h"}
HUGE = 10**400
CHOICES = [key for seat in Seat for key in Settings.keys_of(seat)]
"""Keys that choose something beside what is always heard: without one nothing is chosen."""


def problems_of(**values: Any) -> list[str]:
    """Read a valid block in which these values stand instead, and return what is wrong."""
    return read_settings({**EQUAL, **values})[1]


def many(count: int) -> dict[str, float]:
    return {f"COIN{number}": 1 / count for number in range(count)}


def assert_one_line(key: str, problems: list[str], fragments: list[str]) -> None:
    """Expect one problem that names key, rule and value."""
    assert len(problems) == 1
    assert problems[0].startswith(f"rebalance.{key}: ")
    assert "\n" not in problems[0]
    missing = [part for part in fragments if part.lower() not in problems[0].lower()]
    assert missing == []
