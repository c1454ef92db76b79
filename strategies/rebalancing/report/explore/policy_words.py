"""A policy of a search in few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rebalancing.config.policy_words import describe
from rebalancing.config.settings import Settings, read_settings
from rebalancing.explore.axes import NONE
from rebalancing.explore.exploration import Block, Exploration
from rebalancing.numbers import NOTHING

TITLES = {"targets": "Weights", "cooldown": "Cool-down"}


def axis_title(name: str) -> str:
    """Name an axis for people.

    Examples
    --------
    >>> axis_title("targets"), axis_title("threshold_kind")
    ('Weights', 'Threshold kind')
    """
    return TITLES.get(name, name.replace("_", " ").capitalize())


def configured(block: Block, key: str) -> Any:
    """Return what a block says of a key, its default if nothing."""
    field = Settings.model_fields.get(key)
    return block.get(key, None if field is None else field.default)


def rule(found: Exploration, place: int) -> str:
    """Say when the policy rebalances, in a sentence's words."""
    settings, _ = read_settings(found.policies[place])
    return describe(settings)


def is_swept(found: Exploration, place: int) -> bool:
    """Tell whether the policy is one of the sweep, and not given beside it."""
    return bool((found.steps[place] >= 0).any())


def value_text(found: Exploration, place: int, number: int) -> str:
    """Return a policy's value on an axis; a dash where that makes no difference to it."""
    axis, step = found.axes[number], int(found.steps[place, number])
    if step >= 0:
        return axis.labels[step]
    if is_swept(found, place):
        return NOTHING
    value = configured(found.policies[place], axis.name)
    if value in axis.values:
        return axis.labels[axis.values.index(value)]
    if isinstance(value, Mapping):
        return "its own"
    return NONE if value is None else str(value)


def settings_text(found: Exploration, place: int) -> str:
    """Name the policy by what was swept; by its rule where it is not of the sweep."""
    if not is_swept(found, place):
        return rule(found, place)
    said = {axis.name: value_text(found, place, number) for number, axis in enumerate(found.axes)}
    return ", ".join(
        f"{axis_title(name).lower()} {text}"
        for name, text in said.items()
        if text not in (NONE, NOTHING)
    )


def rank_text(found: Exploration, place: int) -> str:
    """Return its rank by NAV, with a word if it is the chosen or the present policy."""
    words = ["chosen"] * (place == found.chosen) + ["present"] * (place == found.present)
    return " ".join([f"{found.ranking.index(place) + 1:,}", " and ".join(words)]).strip()
