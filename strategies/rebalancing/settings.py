"""The ``rebalance`` block of the configuration: read and checked once, then frozen."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rebalancing.durations import format_duration, parse_duration

MAX_ASSETS = 50
SUM_TOLERANCE = 1e-6

Threshold = float | dict[str, float] | None
Destination = Literal["target", "edge"] | float


def _number(value: object) -> float:
    """Accept finite numbers only: a bool is an int, and NaN passes naive range checks."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number, is {_shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"must be a finite number, is {_shown(value)}") from None
    if not math.isfinite(number):
        raise ValueError(f"must be a finite number, is {value}")
    return number


def _positive(value: object) -> float:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"must be more than 0, is {value}")
    return number


def _fraction(value: object) -> float:
    number = _number(value)
    if number >= 1:
        remedy = f"write fractions, {number / 100:g} for {number:g} %" if number <= 100 else ""
        raise ValueError(f"must be less than 1, is {value}" + (f": {remedy}" if remedy else ""))
    if number <= 0:
        raise ValueError(f"must be more than 0, is {value}")
    return number


def _reserve(value: object) -> float:
    return 0.0 if _number(value) == 0 else _fraction(value)


def _duration(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f'must be a duration like "24h", is {_shown(value)}')
    parse_duration(value)
    return value


def _period(value: object) -> str | None:
    if value is None:
        return None
    text = _duration(value)
    if parse_duration(text) == timedelta(0):
        raise ValueError(f'must be more than 0, is "{text}"')
    return text


def _threshold(value: object) -> Threshold:
    if value is None:
        return None
    if not isinstance(value, dict):
        return _fraction(value)
    if not value:
        raise ValueError("is an empty map: name at least one asset, or write one number for all")
    return _each(value, _fraction)


def _targets(value: object) -> str | dict[str, float]:
    if value == "equal":
        return "equal"
    if not isinstance(value, dict):
        raise ValueError(f'must be "equal" or a map of assets to fractions, is {_shown(value)}')
    weights = _each(value, _weight)
    total = math.fsum(weights.values())
    if abs(total - 1) > SUM_TOLERANCE:
        percent = abs(total - 100) <= 100 * SUM_TOLERANCE
        rule = "write fractions, 0.4 for 40 %" if percent else "must sum to 1"
        raise ValueError(f"weights sum to {total:.10g}" + (": " if percent else ", ") + rule)
    return weights


def _weight(value: object) -> float:
    number = _number(value)
    if number < 0:
        raise ValueError(f"must be 0 or more, is {value}")
    return number


def _each(values: dict[Any, Any], rule: Any) -> dict[str, float]:
    problems, checked = [], {}
    for asset, value in values.items():
        try:
            checked[str(asset)] = rule(value)
        except ValueError as error:
            problems.append(f"{asset} {error}")
    if problems:
        raise ValueError("; ".join(problems))
    return checked


def _destination(value: object) -> Destination:
    if value == "target" or value == "edge":
        return "target" if value == "target" else "edge"
    if isinstance(value, str):
        raise ValueError(f'must be "target", "edge" or a fraction, is "{value}"')
    return 1.0 if _number(value) == 1 else _fraction(value)


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, is {_shown(value)}")
    return value


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


_FRACTION = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
_DURATION = {"type": "string", "pattern": "^[0-9]{1,6}[mhdw]$"}


def _schema(*choices: dict[str, Any]) -> dict[str, Any]:
    return choices[0] if len(choices) == 1 else {"anyOf": list(choices)}


def _map_of(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value, "minProperties": 1}


class Settings(BaseModel):
    """The ``rebalance`` block. Fractions are of 1 (0.03 is 3 percentage points), money is in
    the stake currency, durations are texts like ``"24h"``; the descriptions are the reference."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"required": ["targets"]})

    investment: Annotated[
        float | None,
        BeforeValidator(lambda value: None if value is None else _positive(value)),
        Field(
            description="Total investment in the stake currency; null: all of it that is free. "
            "Changing it later is a deposit or a withdrawal.",
            json_schema_extra=_schema({"type": "number", "exclusiveMinimum": 0}, {"type": "null"}),
        ),
    ] = None
    targets: Annotated[
        Literal["equal"] | dict[str, float] | None,
        BeforeValidator(_targets),
        Field(
            description='"equal" over the pair whitelist, or asset codes and their fractions, '
            "which sum to 1; the stake currency among them is the cash weight.",
            json_schema_extra=_schema(
                {"const": "equal"}, _map_of({"type": "number", "minimum": 0, "maximum": 1})
            ),
        ),
    ] = None
    period: Annotated[
        str | None,
        BeforeValidator(_period),
        Field(
            description='Rebalance at every boundary of this grid, like "30m", "24h" or "7d".',
            json_schema_extra=_schema(_DURATION, {"type": "null"}),
        ),
    ] = None
    threshold: Annotated[
        Threshold,
        BeforeValidator(_threshold),
        Field(
            description="Rebalance when an asset has drifted this far; one fraction for all "
            "assets, or a fraction for each.",
            json_schema_extra=_schema(_FRACTION, _map_of(_FRACTION), {"type": "null"}),
        ),
    ] = None
    combine: Annotated[
        Literal["and", "or"],
        Field(description="With period and threshold both set: both needed, or one enough."),
    ] = "and"
    threshold_kind: Annotated[
        Literal["absolute", "relative"],
        Field(description="Threshold in percentage points, or as a share of the target weight."),
    ] = "absolute"
    destination: Annotated[
        Destination,
        BeforeValidator(_destination),
        Field(
            description="How far back a round goes: to the target, just inside the band, or "
            "this share of the way.",
            json_schema_extra=_schema(
                {"enum": ["target", "edge"]},
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            ),
        ),
    ] = "target"
    scope: Annotated[
        Literal["all", "drifted", "fewest"],
        Field(description="Which assets a round trades: all, the drifted ones, or the fewest."),
    ] = "all"
    cooldown: Annotated[
        str,
        BeforeValidator(_duration),
        Field(
            description="Smallest time between the starts of two rounds.",
            json_schema_extra=_DURATION,
        ),
    ] = "5m"
    reserve: Annotated[
        float,
        BeforeValidator(_reserve),
        Field(
            description="Fraction of the portfolio that buys leave uninvested; dry-run and live.",
            json_schema_extra={"type": "number", "minimum": 0, "exclusiveMaximum": 1},
        ),
    ] = 0.005
    min_trade: Annotated[
        float | None,
        BeforeValidator(lambda value: None if value is None else _positive(value)),
        Field(
            description="Smaller trades are not sent; null: the exchange's minimum and a margin.",
            json_schema_extra=_schema({"type": "number", "exclusiveMinimum": 0}, {"type": "null"}),
        ),
    ] = None
    adopt_holdings: Annotated[
        bool,
        BeforeValidator(_yes_or_no),
        Field(description="Bring coins already in the account into the portfolio; not in backtests."),
    ] = False

    @property
    def period_duration(self) -> timedelta | None:
        """The period; None in the pure threshold mode."""
        return None if self.period is None else parse_duration(self.period)

    @property
    def cooldown_duration(self) -> timedelta:
        """The cool-down; zero if there is none."""
        return parse_duration(self.cooldown)


def read_settings(block: object) -> tuple[Settings, list[str]]:
    """Read the block and find everything that is wrong with it.

    Parameters
    ----------
    block : object
        What stands under ``"rebalance"`` in the configuration; None if nothing does.

    Returns
    -------
    Settings
        Valid where the block is; defaults in the place of what is not.
    list of str
        One line for each problem, naming key, rule and value. Empty if the block is valid.
    """
    if block is None:
        example = '"rebalance": {"targets": "equal", "period": "24h"}'
        return Settings(), [f"rebalance: the block is missing, add {example}"]
    if not isinstance(block, Mapping):
        return Settings(), [f"rebalance: must be a map of settings, is {_shown(block)}"]
    given = {str(key): value for key, value in block.items()}
    problems: list[str] = []
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems = [_line(dict(item)) for item in found]
        bad = {str(item["loc"][0]) for item in found}
        settings = Settings.model_validate({k: v for k, v in given.items() if k not in bad})
        return settings, problems + _contradictions(settings, bad | (given.keys() & bad))
    return settings, _contradictions(settings, set())


def _line(item: dict[str, Any]) -> str:
    key = str(item["loc"][0])
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Settings.model_fields, n=1, cutoff=0.0)
        return f'rebalance.{key[:60]}: unknown key, did you mean "{near[0]}"?'
    if item["type"] == "literal_error":
        return f"rebalance.{key}: must be {item['ctx']['expected']}, is {_shown(item['input'])}"
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"rebalance.{key}: " + " ".join(message.split())


def _contradictions(settings: Settings, bad: set[str]) -> list[str]:
    """Find keys that are valid alone and not together; keys in `bad` were reported already."""
    problems = []
    if settings.targets is None and "targets" not in bad:
        problems.append('rebalance.targets: is required, write "equal" or a map of assets')
    if isinstance(settings.targets, dict):
        problems += _wrong_assets(settings.targets)
    no_threshold = settings.threshold is None and "threshold" not in bad
    if no_threshold and settings.period is None and "period" not in bad:
        problems.append('rebalance.period: set a period ("24h"), a threshold (0.03) or both')
    if no_threshold and settings.destination == "edge":
        problems.append('rebalance.destination: "edge" is the edge of a band, set a threshold')
    if no_threshold and settings.scope != "all":
        problems.append(f'rebalance.scope: "{settings.scope}" needs a threshold, set one')
    if settings.scope == "fewest" and settings.destination != "target":
        shown = _shown(settings.destination)
        problems.append(f'rebalance.destination: must be "target" with scope "fewest", is {shown}')
    return problems


def _wrong_assets(targets: Mapping[str, float]) -> list[str]:
    problems = []
    if not 2 <= len(targets) <= MAX_ASSETS:
        rule = f"2 to {MAX_ASSETS} assets are allowed, the stake currency counts"
        problems.append(f"rebalance.targets: {rule}, {len(targets)} given")
    for asset in targets:
        if "/" in asset:
            code = asset.split("/")[0]
            problems.append(f'rebalance.targets: write the asset\'s code, "{code}" for "{asset}"')
    return problems


def config_schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration file with a ``rebalance`` block.

    Notes
    -----
    freqtrade's own keys are left to freqtrade's schema; everything beside the block is allowed.
    """
    block = Settings.model_json_schema()
    for field in block["properties"].values():
        if "anyOf" in field and any("anyOf" in choice for choice in field["anyOf"]):
            field.pop("anyOf")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "freqtrade configuration with a rebalance block",
        "type": "object",
        "required": ["rebalance"],
        "properties": {"rebalance": block},
    }


def describe(settings: Settings) -> str:
    """Say in one line when a round starts, for the log."""
    parts = []
    if settings.period_duration is not None:
        parts.append(f"every {format_duration(settings.period_duration)}")
    if isinstance(settings.threshold, float):
        unit = "points" if settings.threshold_kind == "absolute" else "% of the target"
        parts.append(f"at a drift of {settings.threshold * 100:g} {unit}")
    elif settings.threshold is not None:
        parts.append("at each asset's own threshold")
    return f" {settings.combine} ".join(parts)
