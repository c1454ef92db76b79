"""Details of a report for scripts, beside its numbers: tables, and the configuration that ran."""

from __future__ import annotations

import math
from dataclasses import asdict

from rebalancing.config.policy_words import describe
from rebalancing.performance.calendar_returns import CalendarReturn
from rebalancing.performance.drawdowns import Drawdown
from rebalancing.performance.returns import DAY
from rebalancing.performance.summary import moment
from rebalancing.report.findings import Findings


def details_of(findings: Findings) -> dict[str, object]:
    """Return tables as lists and maps; times in ISO 8601, UTC, and None for what is not defined."""
    record = findings.record
    coins = record.history.assets[:-1]
    return {
        "configuration": configuration_of(findings),
        "years": [_period(found) for found in findings.years],
        "months": [_period(found) for found in findings.months],
        "drawdowns": [_drawdown(found) for found in findings.drawdowns],
        "assets": [asdict(row) for row in findings.assets],
        "correlations": {
            asset: {other: _finite(value) for other, value in zip(coins, row, strict=True)}
            for asset, row in zip(coins, findings.correlations.tolist(), strict=True)
        },
        "costs": [
            {**asdict(found), "premium": found.premium, "premium_share": found.share}
            for found in findings.cost_scenarios
        ],
        "candles": [
            {**asdict(span), "begin": _moment(span.begin), "end": _moment(span.end)}
            for span in findings.candle_spans
        ],
        "cautions": list(record.cautions),
        "remarks": list(record.remarks),
    }


def configuration_of(findings: Findings) -> dict[str, object]:
    """Return what ran: policy, targets, pairs, fee, range and candles."""
    record = findings.record
    history, stake = record.history, record.history.stake
    targets = history.targets if history.targets.ndim == 1 else history.targets[-1]
    return {
        "policy": describe(record.settings),
        "settings": record.settings.model_dump(mode="json", exclude={"targets"}),
        "targets": dict(zip(history.assets, targets.tolist(), strict=True)),
        "pairs": [f"{asset}/{stake}" for asset in history.assets[:-1]],
        "exchange": record.exchange,
        "versions": {"smart_rebalance": record.versions[0], "freqtrade": record.versions[1]},
        "fee": history.fee,
        "timeframe": record.timeframe,
        "timeframe_detail": record.detail,
        "begin": _moment(float(history.time[0])),
        "end": _moment(float(history.time[-1])),
    }


def _period(found: CalendarReturn) -> dict[str, object]:
    return {**asdict(found), "begin": _moment(found.begin), "end": _moment(found.end)}


def _drawdown(found: Drawdown) -> dict[str, object]:
    return {
        "depth": found.depth,
        "peak": _moment(found.peak),
        "trough": _moment(found.trough),
        "recovery": _moment(found.recovery),
        "days": found.length / DAY,
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else moment(seconds).isoformat()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
