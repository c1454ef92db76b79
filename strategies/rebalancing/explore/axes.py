"""Axes of a search: which values each key of the policy takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from rebalancing.config.durations import parse_duration
from rebalancing.config.settings import read_settings
from rebalancing.explore.exploration import Axis

KEYS = ("period", "threshold", "combine", "threshold_kind", "destination", "scope", "cooldown")
"""Keys that can be swept, beside given sets of targets."""

NONE = "none"
"""Leaves a period or a threshold out."""

THRESHOLDS = (0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.13, 0.16, 0.2)
PERIODS = ("1h", "4h", "12h", "1d", "3d", "7d", "14d", "30d", "91d")
PROBE = {"targets": "equal", "period": "1d", "threshold": 0.05}
MOST = 10_000
"""Values of a range, at most."""


class GridError(ValueError):
    """Axes or policies that cannot be searched: one line, which names the key."""


def parse_axis(name: str, text: str) -> Axis:
    """Read the values of a key.

    Parameters
    ----------
    name : str
        One of `KEYS`.
    text : str
        Values with commas between them, or for numbers ``begin:end:count``; "none" leaves a period
        or a threshold out.

    Raises
    ------
    GridError
        If the text is not of that form, or a value is not allowed.

    Examples
    --------
    >>> parse_axis("threshold", "0.01:0.03:3,none").values
    (0.01, 0.02, 0.03, None)
    """
    found: dict[object, Any] = {}
    for word in (part.strip() for part in text.split(",")):
        for value in _values(name, word):
            found.setdefault(_identity(name, value), value)
    return axis_of(name, tuple(found.values()))


def axis_of(name: str, values: tuple[Any, ...]) -> Axis:
    """Return an axis of values as they would be configured."""
    return Axis(name, values, tuple(NONE if value is None else str(value) for value in values))


def weights_axis(sets: Mapping[str, object]) -> Axis:
    """Return the axis of given sets of targets.

    Parameters
    ----------
    sets : mapping of str to targets
        By a name for people; targets as they would be configured.

    Raises
    ------
    GridError
        If there is none, or one is not allowed.
    """
    if not sets:
        raise GridError("targets: no set of weights is given")
    for name, targets in sets.items():
        try:
            _check("targets", targets)
        except GridError as error:
            raise GridError(f"{name}: {error}") from None
    return Axis("targets", tuple(sets.values()), tuple(sets))


def default_axes(step: timedelta, span: timedelta) -> tuple[Axis, ...]:
    """Return what is swept where nothing is asked for.

    Periods that are shorter than a candle or fit less than four times into the span are left out.
    """
    fitting = [text for text in PERIODS if step <= parse_duration(text) <= span / 4]
    return (
        axis_of("period", (None, *fitting)),
        axis_of("threshold", (None, *THRESHOLDS)),
        axis_of("combine", ("and", "or")),
        axis_of("destination", ("target", 0.5, "edge")),
        axis_of("scope", ("all", "fewest")),
    )


def _values(name: str, word: str) -> list[Any]:
    if ":" in word:
        return [_checked(name, value) for value in _range(name, word)]
    if word == NONE and name in ("period", "threshold"):
        return [None]
    if name == "threshold":
        return [_checked(name, _number(name, word))]
    if name == "destination" and word[:1].isdecimal():
        return [_checked(name, _number(name, word))]
    return [_checked(name, word)]


def _range(name: str, word: str) -> list[float]:
    parts = [part.strip() for part in word.split(":")]
    if name not in ("threshold", "destination") or len(parts) != 3 or not parts[2].isdecimal():
        remedy = "write values with commas between them"
        if name in ("threshold", "destination"):
            remedy = f"write begin:end:count, like 0.01:0.2:40, or {remedy[6:]}"
        raise GridError(f'{name}: "{word}" is no range, {remedy}')
    count = int(parts[2])
    if not 1 <= count <= MOST:
        raise GridError(f"{name}: a range has 1 to {MOST:,} values, {count:,} are asked for")
    begin, end = (_number(name, part) for part in parts[:2])
    return [float(f"{value:.6g}") for value in np.linspace(begin, end, count)]


def _number(name: str, word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise GridError(f'{name}: must be a number, is "{word}"') from None


def _checked(name: str, value: object) -> object:
    _check(name, value)
    return value


def _check(name: str, value: object) -> None:
    _, problems = read_settings({**PROBE, name: value})
    if problems:
        raise GridError(problems[0].removeprefix("rebalance."))


def _identity(name: str, value: object) -> object:
    """Return the same for values that mean the same."""
    if name in ("period", "cooldown") and isinstance(value, str):
        return parse_duration(value)
    return "target" if name == "destination" and value == 1 else value
