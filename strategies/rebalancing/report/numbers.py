"""Numbers as people read them: money in the stake currency's precision, percentages, points."""

from __future__ import annotations

import math
from datetime import datetime

from freqtrade.constants import DECIMAL_PER_COIN_FALLBACK, DECIMALS_PER_COIN

WHOLE = {"JPY", "KRW", "IDR", "VND", "CLP", "HUF", "COP"}
"""Currencies whose smallest unit in use is one."""

CENTS = {"GBP", "CHF", "AUD", "CAD", "BRL", "TRY", "PLN", "MXN", "ZAR", "INR", "UAH", "DAI"}
"""Currencies with cents, beside all whose code names the dollar or the euro."""


def decimals(stake: str) -> int:
    """Return the digits after the point of an amount: what a person would pay with.

    Examples
    --------
    >>> [decimals(stake) for stake in ("USDT", "EUR", "JPY", "BTC")]
    [2, 2, 0, 8]
    """
    if stake in WHOLE:
        return 0
    if stake in CENTS or "USD" in stake or "EUR" in stake:
        return 2
    return int(DECIMALS_PER_COIN.get(stake, DECIMAL_PER_COIN_FALLBACK))


def money(value: float | None, stake: str, sign: str = "") -> str:
    """Write an amount of the stake currency.

    Examples
    --------
    >>> money(1234.5, "USDT")
    '1,234.50 USDT'
    """
    if value is None or not math.isfinite(value):
        return "not known"
    digits = decimals(stake)
    rounded = round(value, digits) + 0.0  # no -0.00
    return f"{rounded:{sign},.{digits}f} {stake}"


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
