"""The rounds as the page's table reads them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rebalancing.market.portfolio import Vector
from rebalancing.numbers import decimals, minute
from rebalancing.performance.round_table import RoundRow
from rebalancing.performance.summary import moment
from rebalancing.policy.drift import drift_of
from rebalancing.report.findings import Findings


def rounds_data(findings: Findings) -> dict[str, Any]:
    """Return the rounds of a record: weights and turnover as percentages, drift in points."""
    history = findings.record.history
    targets = history.targets_in_force()
    rows = []
    for row in findings.rows:
        at = max(int(np.searchsorted(history.time, row.time, side="right")) - 1, 0)
        rows.append(_round(row, history.assets, targets[at]))
    return {
        "stake": history.stake,
        "decimals": decimals(history.stake),
        "assets": list(history.assets),
        "rounds": rows,
    }


def _round(row: RoundRow, assets: tuple[str, ...], targets: Vector) -> dict[str, Any]:
    drift = drift_of(row.before, targets)
    furthest = int(np.argmax(np.abs(drift)))
    note = row.note
    left = None if note is None else [[item.asset, item.size, item.why] for item in note.left_out]
    return {
        "number": row.number,
        "time": minute(moment(row.time)),
        "why": row.reason,
        "drift": round(float(drift[furthest]) * 100, 2),
        "drifted": assets[furthest],
        "before": (row.before * 100).round(2).tolist(),
        "after": (row.after * 100).round(2).tolist(),
        "trades": [[assets.index(t.asset), _short(t.amount), _short(t.price)] for t in row.trades],
        "turnover": round(row.turnover * 100, 4),
        "fees": _short(row.fees),
        "nav": _short(row.nav),
        "left": left,
        "outcome": "" if note is None else note.outcome,
    }


def _short(value: float) -> float:
    """As many digits as are shown, or the page grows."""
    return float(f"{value:.10g}")
