"""Configuration of a run: policy, targets, fee, pairs, range and gaps, as it had them itself."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from rebalancing.config.policy_words import describe
from rebalancing.config.settings import Settings
from rebalancing.numbers import money, percent
from rebalancing.performance.candle_spans import CandleSpan
from rebalancing.performance.history import History
from rebalancing.performance.returns import DAY
from rebalancing.performance.summary import moment
from rebalancing.report.findings import Findings

Row = tuple[str, str]
"""A name and what is to be said under it."""

MANY = 12
"""Pairs from which their common currency is named once."""

POLICY = (
    *("targets", "period", "threshold", "combine", "threshold_kind", "destination", "scope"),
    *("cooldown", "reserve", "min_trade", "investment"),
)
"""Settings in which runs may differ."""


def what_ran(findings: Findings) -> list[Row]:
    """Tell what ran, a row for each thing; the same names, in the same order, for all records."""
    record = findings.record
    history, settings = record.history, record.settings
    within = f", filled within those of {record.detail}" if record.detail else ""
    return [
        ("Policy", describe(settings)),
        ("Policy from", record.policy_source),
        ("Targets", targets_said(findings)),
        ("Began with", money(history.start, history.stake)),
        ("Fee", _short(history.fee)),
        ("Range", range_said(history)),
        ("Candles", record.timeframe + within),
        ("Pairs", _pairs(history) + (f", {record.exchange}" if record.exchange else "")),
        ("Gaps", gaps_said(findings) or "none"),
        ("Versions", _versions(*record.versions)),
    ]


def _versions(own: str, freqtrade: str) -> str:
    known = [
        f"{name} {version}"
        for name, version in (("SmartRebalance", own), ("freqtrade", freqtrade))
        if version
    ]
    return ", ".join(known) or "not recorded"


def _pairs(history: History) -> str:
    coins, stake = history.assets[:-1], history.stake
    if len(coins) > MANY:
        return f"{', '.join(coins)}, each with {stake}"
    return ", ".join(f"{asset}/{stake}" for asset in coins)


def targets_said(findings: Findings) -> str:
    """Say the targets in the order of the configuration; changed ones are the last ones."""
    history = findings.record.history
    targets = history.targets if history.targets.ndim == 1 else history.targets[-1]
    weights = dict(zip(history.assets, targets.tolist(), strict=True))
    if findings.record.settings.targets == "equal":
        return f"equal, {_short(max(weights.values()))} each of {len(weights) - 1} assets"
    named = (f"{asset} {_short(weight)}" for asset, weight in weights.items() if weight > 0)
    return ", ".join(named)


def range_said(history: History) -> str:
    """Say from when to when, and how many days these are."""
    days = (history.time[-1] - history.time[0]) / DAY
    begin, end = moment(history.time[0]), moment(history.time[-1])
    return f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} ({days:,.0f} days)"


def gaps_said(findings: Findings) -> str:
    """Say where prices do not cover the run, assets with the same gaps together; "" if nowhere."""
    coins = len(findings.record.history.assets) - 1
    alike: dict[str, list[str]] = defaultdict(list)
    for span in findings.candle_spans:
        alike[_gap(span)].append(span.asset)
    return "; ".join(
        f"{'all' if len(assets) == coins > 1 else ', '.join(assets)}: {said}"
        for said, assets in alike.items()
    )


def _gap(span: CandleSpan) -> str:
    parts = []
    if span.begin is not None:
        parts.append(f"from {moment(span.begin):%Y-%m-%d} on")
    if span.end is not None:
        share = percent(span.share, digits=1)
        parts.append(f"until {moment(span.end):%Y-%m-%d}, then {share} of the NAV")
    if span.gaps:
        parts.append(f"{span.gaps:,} candle{'s' * (span.gaps > 1)} missing")
    return ", ".join(parts)


def distinctions(findings: Findings) -> dict[str, str]:
    """Say in few words everything in which runs may differ, by kind."""
    record = findings.record
    history = record.history
    begin, end = moment(history.time[0]), moment(history.time[-1])
    return {
        **{key: _setting(record.settings, key) for key in POLICY},
        "assets": ", ".join(history.assets[:-1]),
        "weights": targets_said(findings),
        "fee": f"fee {_short(history.fee)}",
        "timeframe": f"candles of {record.timeframe}",
        "start": f"from {money(history.start, history.stake)}",
        "range": f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}",
    }


def _setting(settings: Settings, key: str) -> str:
    value, name = getattr(settings, key), key.replace("_", " ")
    if value is None:
        return f"no {name}"
    if isinstance(value, dict):
        return f"{name} " + ", ".join(f"{asset} {part * 100:g} %" for asset, part in value.items())
    if key in ("threshold", "reserve"):
        return f"{name} {value * 100:g} %"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"


def _short(fraction: float) -> str:
    """Write a percentage with as many digits as it needs."""
    return f"{fraction * 100:.4g} %"


def covers_same_time(all_findings: list[Findings]) -> bool:
    """Tell whether all runs have the same first and last moment."""
    times = [findings.record.history.time for findings in all_findings]
    return all(np.array_equal(time[[0, -1]], times[0][[0, -1]]) for time in times)
