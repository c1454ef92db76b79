"""Problems by freqtrade's own schema, all at once and one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from freqtrade.config_schema.config_schema import CONF_SCHEMA
from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError

from rebalancing.config.messages import shown

REQUIRED = ("exchange", "stake_currency", "stake_amount")
"""Without a default in freqtrade; what else it requires has one."""

_NAMES = {"object": "a map", "array": "a list", "integer": "a number", "string": "a text"}


def schema_problems(config: Mapping[str, Any]) -> list[str]:
    """Compare freqtrade's keys with its schema: types, ranges, allowed words."""
    schema = {**CONF_SCHEMA, "required": []}
    errors = sorted(Draft4Validator(schema).iter_errors(dict(config)), key=lambda e: str(e.path))
    missing = [f"{key}: is required" for key in REQUIRED if key not in config]
    return [*missing, *(line for error in errors for line in _lines(error))]


def _lines(error: ValidationError) -> Iterator[str]:
    place = ".".join(map(str, error.absolute_path))
    value = shown(error.instance)
    if error.validator == "required":
        missing = str(error.message).split("'")[1]
        yield f"{place}.{missing}: is required".removeprefix(".")
    elif error.validator == "enum":
        words = ", ".join(shown(word) for word in error.validator_value)
        yield f"{place}: must be one of {words}; is {value}"
    elif error.validator == "type":
        kinds = error.validator_value
        kinds = [kinds] if isinstance(kinds, str) else kinds
        names = dict.fromkeys(_NAMES.get(kind, f"a {kind}") for kind in kinds)
        yield f"{place}: must be {' or '.join(names)}, is {value}"
    elif error.validator == "pattern":
        yield f'{place}: must be "{error.validator_value}", is {value}'
    elif error.validator == "minItems":
        yield f"{place}: must not be empty, add an element or remove the key"
    elif error.validator in ("minimum", "maximum"):
        side = "at least" if error.validator == "minimum" else "at most"
        yield f"{place}: must be {side} {error.validator_value}, is {value}"
    else:
        yield f"{place}: {' '.join(str(error.message).split())[:200]}"
