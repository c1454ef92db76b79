"""Numbers as people read them: money in the stake currency's precision, percentages, points."""

from __future__ import annotations

import math
from datetime import datetime

from freqtrade.util.formatters import decimals_per_coin


def money(value: float | None, stake: str, sign: str = "") -> str:
    """Write an amount of the stake currency with freqtrade's number of decimals.

    Examples
    --------
    >>> money(1234.5, "USDT")
    '1,234.500 USDT'
    """
    if value is None or not math.isfinite(value):
        return "not known"
    rounded = round(value, decimals_per_coin(stake)) + 0.0  # no -0.000
    return f"{rounded:{sign},.{decimals_per_coin(stake)}f} {stake}"


def percent(value: float | None, sign: str = "", digits: int = 2) -> str:
    """Write a fraction as a percentage; "not defined" if there is none."""
    if value is None or not math.isfinite(value):
        return "not defined"
    return f"{round(value * 100, digits) + 0.0:{sign},.{digits}f} %"


def points(value: float, sign: str = "") -> str:
    """Write a drift in percentage points."""
    return f"{value * 100:{sign}.2f} points"


def ratio(value: float | None) -> str:
    """Write a plain number."""
    return "not defined" if value is None or not math.isfinite(value) else f"{value:,.2f}"


def when(moment: datetime) -> str:
    """Write a time, UTC."""
    return f"{moment:%Y-%m-%d %H:%M}"
