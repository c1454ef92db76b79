"""The ``rebalance`` block of the configuration: read and checked once, then frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rebalancing.config.allowed_values import (
    Adoption,
    Destination,
    Duration,
    Fraction,
    Period,
    Positive,
    Reserve,
    Targets,
    Threshold,
)
from rebalancing.config.durations import parse_duration
from rebalancing.config.limits import Limits
from rebalancing.config.messages import problems_by_key, shown
from rebalancing.config.seat import Seat

MAX_ASSETS = 50
MAX_LINE = 300

MAKER_TRIES = 3
"""Orders a round rests as maker before what is left goes by market orders."""


def _without_null(schema: dict[str, Any]) -> None:
    """Leave null out: it stands for what is missing, and this key is required."""
    schema["anyOf"] = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
    del schema["default"]


class Settings(BaseModel):
    """The ``rebalance`` block.

    Fractions are of 1 (0.03 is 3 percentage points), money is in the stake currency, durations are
    texts like ``"24h"``; the descriptions are the reference.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"required": ["targets"]}
    )

    investment: Annotated[
        Positive | None,
        Field(
            description="Total investment in the stake currency; null: all of it that is free. "
            "Changing it later is a deposit or a withdrawal."
        ),
    ] = None
    targets: Annotated[
        Targets | None,
        Field(
            description='"equal" over the pair whitelist, or asset codes and their fractions, '
            "which sum to 1; the stake currency among them is the cash weight.",
            json_schema_extra=_without_null,
        ),
    ] = None
    period: Annotated[
        Period | None,
        Field(description='Rebalance at every boundary of this grid, like "30m", "24h" or "7d".'),
    ] = None
    threshold: Annotated[
        Threshold | None,
        Field(
            description="Rebalance when an asset has drifted this far; one fraction for all "
            "assets, or a fraction for each."
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
        Field(
            description="How far back a round goes: to the target, just inside the band, or "
            "this share of the way."
        ),
    ] = "target"
    scope: Annotated[
        Literal["all", "drifted", "fewest"],
        Field(description="Which assets a round trades: all, the drifted ones, or the fewest."),
    ] = "all"
    cooldown: Annotated[
        Duration,
        Field(description="Smallest time between the starts of two rounds."),
    ] = "5m"
    reserve: Annotated[
        Reserve,
        Field(
            description="Fraction of the portfolio that buys leave uninvested; dry-run and live."
        ),
    ] = 0.005
    min_trade: Annotated[
        Positive | None,
        Field(
            description="Smaller trades are not sent; null: the exchange's minimum and a margin."
        ),
    ] = None
    adopt_holdings: Annotated[
        Adoption,
        Field(
            description="Bring coins already in the account into the portfolio: true, up to what "
            'the targets want of them; "all", every one of a target\'s coins. Not in backtests.'
        ),
    ] = False
    max_price_jump: Annotated[
        Positive,
        Field(
            description="A price that differs by more than this fraction from the last candle "
            "starts no round until the order book confirms it; dry-run and live."
        ),
    ] = 0.2
    max_spread: Annotated[
        Fraction,
        Field(
            description="A price whose bid and ask are further apart than this fraction of their "
            "middle starts no round; dry-run and live."
        ),
    ] = 0.02
    max_price_age: Annotated[
        Period,
        Field(description="An older price starts no round; dry-run and live."),
    ] = "5m"
    maker: Annotated[
        Period | None,
        Field(
            description="With limit orders: how long a round waits for others to trade at its "
            "prices before the rest goes by market orders; null: until it gives up."
        ),
    ] = None
    limits: Annotated[
        Limits,
        Field(
            description="Beyond these the rebalancer stops itself and keeps the coins; dry-run "
            "and live."
        ),
    ] = Limits()

    @classmethod
    @cache
    def keys_of(cls, seat: Seat) -> tuple[str, ...]:
        """Return the keys that name a choice of a seat, in the order in which they are heard."""
        return tuple(key for key, field in cls.model_fields.items() if seat in field.metadata)

    def chosen(self, seat: Seat) -> tuple[str, ...]:
        """Return those of them that are set."""
        return tuple(key for key in self.keys_of(seat) if getattr(self, key) is not None)

    @property
    def needs_boundary(self) -> bool:
        """No trigger starts a round between the boundaries of the period."""
        both_needed = self.threshold is None or self.combine == "and"
        return self.period is not None and both_needed and not self.chosen(Seat.TRIGGER)

    @property
    def period_duration(self) -> timedelta | None:
        """The period; None in the pure threshold mode."""
        return None if self.period is None else parse_duration(self.period)

    @property
    def cooldown_duration(self) -> timedelta:
        """The cool-down; zero if there is none."""
        return parse_duration(self.cooldown)

    @property
    def maker_duration(self) -> timedelta | None:
        """How long a round trades as maker; None: it has no market orders to fall back to."""
        return None if self.maker is None else parse_duration(self.maker)


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
        return Settings(), [f"rebalance: must be a map of settings, is {shown(block)}"]
    given = {_valid_text(str(key)): value for key, value in block.items()}
    bad: dict[str, str] = {}
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        bad = problems_by_key(error, [*Settings.model_fields])
        settings = Settings.model_validate({k: v for k, v in given.items() if k not in bad})
    problems = [*bad.values(), *_contradictions(settings, bad)]
    if isinstance(given.get("targets"), Mapping):
        problems += _wrong_assets([str(asset) for asset in given["targets"]])
    for asset in given["threshold"] if isinstance(given.get("threshold"), Mapping) else ():
        if capitals(str(asset)) != asset:
            problems.append(f'rebalance.threshold: write "{capitals(str(asset))}" for "{asset}"')
    return settings, [_one_line(problem) for problem in problems]


def _one_line(problem: str) -> str:
    text = " ".join(_valid_text(problem).split())
    return text if len(text) <= MAX_LINE else text[: MAX_LINE - 3] + "..."


def _valid_text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _contradictions(settings: Settings, bad: Collection[str]) -> list[str]:
    """Find keys that are valid alone and not together; keys in `bad` were reported already."""
    problems = []
    if settings.targets is None and "targets" not in bad:
        problems.append('rebalance.targets: is required, write "equal" or a map of assets')
    no_threshold = settings.threshold is None and "threshold" not in bad
    has_trigger = not no_threshold or settings.chosen(Seat.TRIGGER)
    if not has_trigger and settings.period is None and "period" not in bad:
        problems.append('rebalance.period: set a period ("24h"), a threshold (0.03) or both')
    if no_threshold and settings.destination == "edge":
        problems.append('rebalance.destination: "edge" is the edge of a band, set a threshold')
    if no_threshold and settings.scope != "all":
        problems.append(f'rebalance.scope: "{settings.scope}" needs a threshold, set one')
    if settings.scope == "fewest" and settings.destination != "target":
        rule = 'must be "target" with scope "fewest"'
        problems.append(f"rebalance.destination: {rule}, is {shown(settings.destination)}")
    if settings.adopt_holdings and settings.investment is not None:
        problems.append(
            "rebalance.adopt_holdings: must be false beside an investment, as the coins may be "
            "those of another bot on the account; leave one of the two out"
        )
    return problems


def capitals(code: str) -> str:
    """Return a code in capitals if it is written in small letters.

    Exchanges know a few codes that mix both.
    """
    return code.upper() if code.islower() else code


def _wrong_assets(targets: list[str]) -> list[str]:
    problems = []
    if not 2 <= len(targets) <= MAX_ASSETS:
        rule = f"2 to {MAX_ASSETS} assets are allowed, the stake currency counts"
        problems.append(f"rebalance.targets: {rule}, {len(targets)} given")
    for asset in targets:
        code = capitals(asset.split("/")[0])
        if code != asset:
            problems.append(f'rebalance.targets: write the asset\'s code, "{code}" for "{asset}"')
    return problems
