"""Allowed values of the ``rebalance`` block: an annotated type a rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Strict, Tag

SUM_TOLERANCE = 1e-6

PERCENT_SUMS = (90.0, 110.0)
"""Sums of weights that are taken for percentages."""


def sum_to_one(weights: dict[str, float]) -> dict[str, float]:
    """Accept weights that sum to 1.

    Raises
    ------
    ValueError
        With the rest of a sentence that begins with the key.
    """
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


def _choice(kind: Callable[[Any], str | None], rule: str) -> Discriminator:
    """Let the kind of a value say which of several types it must be of; None: of none.

    The rule is the beginning of the message then.
    """
    return Discriminator(kind, "no_choice", rule)


def _one_or_map(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<one>"


def _equal_or_map(value: object) -> str | None:
    return "<word>" if value == "equal" else "<map>" if isinstance(value, dict) else None


def _word_or_share(value: object) -> str | None:
    if value in ("target", "edge"):
        return "<word>"
    return None if isinstance(value, str) else "<one>"


def _word_or_bool(value: object) -> str | None:
    return "<word>" if value == "all" else "<one>" if isinstance(value, bool) else None


Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
"""A bool is none, and a text that holds a number neither."""

Positive = Annotated[Number, Field(gt=0)]
Fraction = Annotated[Number, Field(gt=0, lt=1)]
Reserve = Annotated[Number, Field(ge=0, lt=1)]
Duration = Annotated[str, Strict(), Field(pattern="^[0-9]{1,6}[mhdw]$")]
Period = Annotated[str, Strict(), Field(pattern="^[0-9]*[1-9][0-9]*[mhdw]$", max_length=7)]
"""A duration above 0."""

Weight = Annotated[Number, Field(ge=0, json_schema_extra={"maximum": 1})]
Weights = Annotated[
    dict[str, Weight], AfterValidator(sum_to_one), Field(json_schema_extra={"minProperties": 1})
]
Targets = Annotated[
    Annotated[Literal["equal"], Tag("<word>")] | Annotated[Weights, Tag("<map>")],
    _choice(_equal_or_map, 'must be "equal" or a map of assets to fractions'),
]
Threshold = Annotated[
    Annotated[Fraction, Tag("<one>")]
    | Annotated[dict[str, Fraction], Field(min_length=1), Tag("<map>")],
    _choice(_one_or_map, "must be a fraction or a map of assets to fractions"),
]
Destination = Annotated[
    Annotated[Literal["target", "edge"], Tag("<word>")]
    | Annotated[
        Number,
        Field(gt=0, le=1),
        AfterValidator(lambda share: "target" if share == 1 else share),
        Tag("<one>"),
    ],
    _choice(_word_or_share, 'must be "target", "edge" or a fraction'),
]
Adoption = Annotated[
    Annotated[bool, Strict(), Tag("<one>")] | Annotated[Literal["all"], Tag("<word>")],
    _choice(_word_or_bool, 'must be true, false or "all"'),
]
