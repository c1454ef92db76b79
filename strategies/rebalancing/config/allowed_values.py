"""Allowed values of the ``rebalance`` block: one rule each, as a validator.

Every function returns the value it was given, checked, or raises ValueError with the rest of a
sentence that begins with the key: "must be more than 0, is -1".
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from rebalancing.config.durations import UNITS, duration_remedy, parse_duration
from rebalancing.config.limits import Limits

SUM_TOLERANCE = 1e-6

PERCENT_SUMS = (90.0, 110.0)
"""Sums of weights that are taken for percentages."""

_NUMBER = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(%?)\s*")

Threshold = float | dict[str, float] | None
Destination = Literal["target", "edge"] | float
Adoption = bool | Literal["all"]


def finite_number(value: object) -> float:
    """Accept finite numbers only: a bool is an int, and NaN passes naive range checks."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        remedy = _number_remedy(value)
        raise ValueError(f"must be a number, is {shown(value)}{remedy}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"must be a finite number, is {shown(value)}") from None
    if not math.isfinite(number):
        raise ValueError(f"must be a finite number, is {shown(value)}")
    return number


def _number_remedy(value: object) -> str:
    """Say what to write for a text that holds a number or a percentage; empty if it holds none."""
    match = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return ""
    if match[2]:
        return f": write {float(match[1]) / 100:g}"
    return f": write {match[1]} without quotes"


def positive_number(value: object) -> float:
    """Accept what is more than 0."""
    number = finite_number(value)
    if number <= 0:
        raise ValueError(f"must be more than 0, is {shown(value)}")
    return number


def positive_or_none(value: object) -> float | None:
    """Accept what is more than 0, or nothing."""
    return None if value is None else positive_number(value)


def fraction(value: object) -> float:
    """Accept what lies between 0 and 1, both excluded; recognise percent."""
    number = finite_number(value)
    if number >= 1:
        remedy = f": write fractions, {number / 100:g} for {number:g} %" if number <= 100 else ""
        raise ValueError(f"must be less than 1, is {shown(value)}{remedy}")
    if number <= 0:
        raise ValueError(f"must be more than 0, is {shown(value)}")
    return number


def reserve(value: object) -> float:
    """Accept 0 or a fraction."""
    return 0.0 if finite_number(value) == 0 else fraction(value)


def duration(value: object) -> str:
    """Accept a text like "24h"."""
    try:
        parse_duration(value if isinstance(value, str) else "")
    except ValueError:
        remedy = duration_remedy(value)
        end = f": {remedy}" if remedy else f"; units are {UNITS}"
        raise ValueError(f'must be a duration like "24h", is {shown(value)}{end}') from None
    return str(value)


def period(value: object) -> str | None:
    """Accept a duration above 0, or nothing."""
    if value is None:
        return None
    text = duration(value)
    if parse_duration(text) == timedelta(0):
        raise ValueError(f'must be more than 0, is "{text}"')
    return text


def threshold(value: object) -> Threshold:
    """Accept one fraction, a map of fractions, or nothing."""
    if value is None:
        return None
    if not isinstance(value, dict):
        return fraction(value)
    if not value:
        raise ValueError("is an empty map: name at least one asset, or write one number for all")
    return each(value, fraction)


def targets(value: object) -> str | dict[str, float]:
    """Accept "equal" or a map of weights that sum to 1."""
    if value == "equal":
        return "equal"
    if not isinstance(value, dict):
        raise ValueError(f'must be "equal" or a map of assets to fractions, is {shown(value)}')
    weights = each(value, weight)
    total = sum(weights.values())
    if abs(total - 1) > SUM_TOLERANCE:
        remedy = _sum_remedy([*weights.values()], total) if weights else ", must sum to 1"
        raise ValueError(f"weights sum to {total:.10g}{remedy}")
    return weights


def _sum_remedy(weights: list[float], total: float) -> str:
    """Recognise percent, and equal shares that were rounded."""
    remedy = ", must sum to 1"
    if PERCENT_SUMS[0] <= total <= PERCENT_SUMS[1]:
        remedy = f": write fractions, {weights[0] / 100:.4g} for {weights[0]:.4g} %"
    if len(weights) > 1 and max(weights) - min(weights) <= 0.02 * max(weights):
        remedy += '; for equal shares write "equal"'
    return remedy


def weight(value: object) -> float:
    """Accept 0 or more."""
    number = finite_number(value)
    if number < 0:
        raise ValueError(f"must be 0 or more, is {shown(value)}")
    return number


def each(values: dict[Any, Any], rule: Callable[[object], float]) -> dict[str, float]:
    """Apply a rule to every value of a map; all that is wrong is said at once."""
    problems, checked = [], {}
    for asset, value in values.items():
        try:
            checked[str(asset)] = rule(value)
        except ValueError as error:
            problems.append(f"{asset} {error}")
    if problems:
        raise ValueError("; ".join(problems))
    return checked


def destination(value: object) -> Destination:
    """Accept "target", "edge" or a share of the way."""
    if value == "edge":
        return "edge"
    if value == "target":
        return "target"
    if isinstance(value, str):
        raise ValueError(f'must be "target", "edge" or a fraction, is {shown(value)}')
    return "target" if finite_number(value) == 1 else fraction(value)


def adoption(value: object) -> Adoption:
    """Accept true, false (and not 1 or 0) and "all"."""
    if value == "all":
        return "all"
    if not isinstance(value, bool):
        raise ValueError(f'must be true, false or "all", is {shown(value)}')
    return value


def limits(value: object) -> dict[str, float]:
    """Accept a map of limits, each more than 0."""
    if not isinstance(value, dict):
        raise ValueError(f"must be a map of limits, is {shown(value)}")
    for key in value:
        if key not in Limits.model_fields:
            near = difflib.get_close_matches(str(key), Limits.model_fields, n=1, cutoff=0.0)[0]
            raise ValueError(f'{str(key)[:60]} is an unknown key, did you mean "{near}"?')
    checked = each(value, positive_number)
    rounds = checked.get("day_rounds", 1.0)
    if rounds != int(rounds):
        raise ValueError(f"day_rounds must be a whole number, is {shown(rounds)}")
    return checked


def shown(value: object) -> str:
    """Write a value for a message as JSON does, shortened if it is long."""
    try:
        text = json.dumps(value, default=str)
    except (ValueError, TypeError, RecursionError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."
