"""What is wrong with the ``rebalance`` block, in a line a key: rule, value and remedy."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from rebalancing.config.durations import UNITS, duration_remedy
from rebalancing.config.limits import Limits

_NUMBER = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(%?)\s*")
_ZERO = re.compile(r"0{1,6}[mhdw]")


def problems_by_key(error: ValidationError, keys: Sequence[str]) -> dict[str, str]:
    """Return a line for each wrong key of the block.

    Parameters
    ----------
    keys : sequence of str
        The known ones.
    """
    found: dict[str, list[str]] = {}
    for item in error.errors(include_url=False):
        key, *path = map(str, item["loc"])
        named = [part for part in path if not part.startswith(("<", "["))]
        known = Limits.model_fields if path else keys
        found.setdefault(key, []).append(" ".join([*named, _rule(dict(item), [*known])]))
    return {key: _line(key, parts) for key, parts in found.items()}


def _line(key: str, parts: list[str]) -> str:
    return f"rebalance.{key[:60]}: {'; '.join(parts)}"


def _rule(item: dict[str, Any], known: list[str]) -> str:
    """Return the rest of a sentence that begins with the key: "must be more than 0, is -1"."""
    kind, value, limits = item["type"], item["input"], item.get("ctx", {})
    if kind == "value_error":
        return str(limits["error"])
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(item["loc"][-1]), known, n=1, cutoff=0.0)[0]
        return f'{"is an " if item["loc"][1:] else ""}unknown key, did you mean "{near}"?'
    if kind == "too_short":
        return "is an empty map: name at least one asset, or write one number for all"
    if kind in ("string_unicode", "invalid_key") or item["loc"][-1] == "[key]":
        return f"must be plain text, is {shown(value)}"
    if kind.startswith("string"):
        return _duration_rule(value)
    demand = _demand(kind, value, limits) or item["msg"]
    return f"{demand}, is {shown(value)}{_remedy(kind, value)}"


def _demand(kind: str, value: object, limits: Mapping[str, Any]) -> str:
    """Say what a value must be; empty where pydantic says it."""
    if kind == "float_type":
        is_huge = isinstance(value, int) and not isinstance(value, bool)
        return "must be a finite number" if is_huge else "must be a number"
    demands = {
        "finite_number": "must be a finite number",
        "greater_than": "must be more than {gt:g}",
        "greater_than_equal": "must be {ge:g} or more",
        "less_than": "must be less than {lt:g}",
        "less_than_equal": "must be {le:g} or less",
        "multiple_of": "must be a whole number",
        "literal_error": "must be {expected}",
        "model_type": "must be a map of limits",
    }
    return demands.get(kind, "").format(**limits)


def _remedy(kind: str, value: object) -> str:
    """Say what to write instead; empty if that is not clear."""
    if kind.startswith("less_than") and isinstance(value, int | float) and value <= 100:
        return f": write fractions, {value / 100:g} for {value:g} %"
    match = _NUMBER.fullmatch(value) if isinstance(value, str) and kind == "float_type" else None
    if match is None:
        return ""
    return (
        f": write {float(match[1]) / 100:g}" if match[2] else f": write {match[1]} without quotes"
    )


def _duration_rule(value: object) -> str:
    if isinstance(value, str) and _ZERO.fullmatch(value):
        return f"must be more than 0, is {shown(value)}"
    remedy = duration_remedy(value)
    end = f": {remedy}" if remedy else f"; units are {UNITS}"
    return f'must be a duration like "24h", is {shown(value)}{end}'


def shown(value: object) -> str:
    """Write a value for a message as JSON does, shortened if it is long."""
    try:
        text = json.dumps(value, default=str)
    except (ValueError, TypeError, RecursionError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."
