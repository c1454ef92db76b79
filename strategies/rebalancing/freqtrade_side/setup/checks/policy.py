"""Whether the policy fits the rest of the configuration."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from freqtrade.enums import OPTIMIZE_MODES

from rebalancing.config.durations import timeframe_length
from rebalancing.config.settings import MAKER_TRIES, Settings

DAY = 86_400.0
"""Seconds."""


def policy_problems(
    settings: Settings, config: Mapping[str, Any], timeframe: str, members: Sequence[str]
) -> list[str]:
    """Compare thresholds, period, maker and limits with members, timeframe and order types."""
    return [
        *_threshold_problems(settings, members),
        *_period_problems(settings, config, timeframe),
        *_market_problems(config),
        *_maker_problems(settings, config),
        *_limit_problems(settings),
        *_pairlist_problems(config),
    ]


def _threshold_problems(settings: Settings, members: Sequence[str]) -> list[str]:
    if not isinstance(settings.threshold, dict) or settings.targets is None:
        return []
    return [
        f"rebalance.threshold: {asset} is not among the assets, which are {', '.join(members)}"
        for asset in settings.threshold
        if asset not in members
    ]


def _period_problems(settings: Settings, config: Mapping[str, Any], timeframe: str) -> list[str]:
    try:
        step = timeframe_length(timeframe)
    except ValueError as error:
        return [f"timeframe: {error}"]
    period = settings.period_duration
    if period is None or config.get("runmode") not in OPTIMIZE_MODES or period >= step:
        return []
    remedy = f"lengthen the period or use a timeframe of at most {settings.period}"
    return [f"rebalance.period: {settings.period} is below the timeframe {timeframe}, {remedy}"]


def _market_problems(config: Mapping[str, Any]) -> list[str]:
    problems = []
    for side, own in (("entry", "ask"), ("exit", "bid")):
        kind = (config.get("order_types") or {}).get(side)
        price = (config.get(f"{side}_pricing") or {}).get("price_side", "same")
        if kind == "market" and price not in ("other", own):
            rule = 'must be "other" for market orders'
            problems.append(f'{side}_pricing.price_side: {rule}, is "{price}"')
    return problems


def _maker_problems(settings: Settings, config: Mapping[str, Any]) -> list[str]:
    if settings.maker is None or config.get("runmode") in OPTIMIZE_MODES:
        return []
    problems = []
    for side in ("entry", "exit"):
        kind = (config.get("order_types") or {}).get(side, "limit")
        if kind != "limit":
            rule = 'must be "limit" with rebalance.maker'
            problems.append(f'order_types.{side}: {rule}, is "{kind}"')
        price = (config.get(f"{side}_pricing") or {}).get("price_side", "same")
        if price != "same":
            rule = 'must be "same" with rebalance.maker'
            problems.append(f'{side}_pricing.price_side: {rule}, is "{price}"')
    return [*problems, *_timeout_problems(settings, config.get("unfilledtimeout") or {})]


def _timeout_problems(settings: Settings, timeouts: Mapping[str, Any]) -> Iterator[str]:
    """freqtrade cancels an order after its own time-out, whatever the strategy says."""
    assert settings.maker_duration is not None
    unit = str(timeouts.get("unit", "minutes"))
    one = timedelta(seconds=1 if unit == "seconds" else 60)
    least = math.ceil(settings.maker_duration / MAKER_TRIES / one)
    for side in ("entry", "exit"):
        given = timeouts.get(side)
        if isinstance(given, int | float) and given < least:
            yield (
                f"unfilledtimeout.{side}: must be at least {least} {unit}, a third of "
                f"rebalance.maker {settings.maker}, is {given} {unit}; freqtrade would cancel the "
                "maker's orders earlier"
            )


def _limit_problems(settings: Settings) -> list[str]:
    period, most = settings.period_duration, settings.limits.day_rounds
    if period is None or period.total_seconds() * most >= DAY:
        return []
    rounds = int(DAY / period.total_seconds())
    return [
        f"rebalance.limits.day_rounds: {most} would stop a period of {settings.period}, "
        f"which makes up to {rounds} rounds a day; raise it"
    ]


def _pairlist_problems(config: Mapping[str, Any]) -> list[str]:
    methods = [item.get("method") for item in config.get("pairlists") or []]
    if not methods or methods == ["StaticPairList"]:
        return []
    shown = ", ".join(map(str, methods))
    return [f"pairlists: must be StaticPairList alone, is {shown}; targets name pairs"]
