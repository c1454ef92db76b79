"""What is known of assets, for scripts."""

from __future__ import annotations

import math
from typing import Any

from rebalancing.explore.assets.cautions import cautions, day
from rebalancing.explore.assets.overview import Overview
from rebalancing.explore.assets.reversion import HORIZON, Reversion


def asset_fields(found: Overview, source: str) -> dict[str, Any]:
    """Return the figures as JSON has them: fractions, days as texts, null for what is not known."""
    closes = found.closes
    names = closes.assets
    return {
        "from": day(int(closes.days[0])),
        "to": day(int(closes.days[-1])),
        "stake": closes.stake,
        "source": source,
        "assets": {
            figures.asset: {
                "first": day(figures.first),
                "last": day(figures.last),
                "total_return": figures.total_return,
                "annual_return": figures.annual_return,
                "volatility": figures.volatility,
                "max_drawdown": figures.max_drawdown,
                "median_daily_volume": figures.volume,
                "subsidy": {
                    "share": subsidy.share,
                    "from": day(subsidy.begin),
                    "to": day(subsidy.end),
                    "price_change": subsidy.fall,
                    "left": subsidy.left,
                    "drains": subsidy.drains,
                },
            }
            for figures, subsidy in zip(found.figures, found.subsidies, strict=True)
        },
        "correlations": {
            one: {other: _number(found.correlations[i, j]) for j, other in enumerate(names)}
            for i, one in enumerate(names)
        },
        "clusters": [list(group) for group in found.clusters],
        "ratios": [_ratio(reversion) for reversion in found.reversions],
        "cautions": [*cautions(found)],
        "missing": found.missing or None,
    }


def _ratio(reversion: Reversion) -> dict[str, Any]:
    return {
        "ratio": f"{reversion.one}/{reversion.other}",
        "test": f"variance ratio over {HORIZON} days (Lo and MacKinlay), p corrected by Holm",
        "variance_ratio": reversion.variance_ratio,
        "p_value": reversion.p_value,
        "reverts": reversion.reverts,
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
