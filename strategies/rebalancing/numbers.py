"""Numbers as people read them, in tables, on pages and in messages."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from humanize import naturaltime

WHOLE = {"JPY", "KRW", "IDR", "VND", "CLP", "HUF", "COP"}
"""Currencies whose smallest unit in use is one."""

CENTS = {"GBP", "CHF", "AUD", "CAD", "BRL", "TRY", "PLN", "MXN", "ZAR", "INR", "UAH", "DAI"}
"""Currencies with cents, beside all whose code names the dollar or the euro."""

COINS = {"BTC": 8, "ETH": 5}
"""Digits of coins that are money; others have three."""

NOTHING = "-"
"""Stands in a table's cell for what is not known."""


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
    return COINS.get(stake, 3)


def money(
    value: float | None,
    stake: str,
    sign: str = "",
    *,
    name: bool = True,
    missing: str = "not known",
) -> str:
    """Write an amount of the stake currency.

    Parameters
    ----------
    value : float or None
        Stake currency.
    stake : str
        Its code, which says how many digits there are.
    sign : str
        "+" for a plus before what is positive.
    name : bool
        The code follows.
    missing : str
        Stands for what is not known.

    Examples
    --------
    >>> money(1234.5, "USDT")
    '1,234.50 USDT'
    """
    if value is None or not math.isfinite(value):
        return missing
    digits = decimals(stake)
    text = f"{_rounded(value, digits):{sign},.{digits}f}"
    return f"{text} {stake}" if name else text


def quantity(value: float | None, sign: str = "", *, missing: str = "not known") -> str:
    """Write a number of coins, or the price of one, with up to eight digits after the point.

    Examples
    --------
    >>> [quantity(value) for value in (1234.5, 0.00001234, 0.0000000123456)]
    ['1,234.5', '0.00001234', '1.235e-08']
    """
    if value is None or not math.isfinite(value):
        return missing
    if 0 < abs(value) < 1e-6:
        return f"{value:{sign}.4g}"
    return f"{value:{sign},.8f}".rstrip("0").rstrip(".")


def percent(
    value: float | None, sign: str = "", digits: int = 2, *, missing: str = "not defined"
) -> str:
    """Write a fraction as a percentage.

    Examples
    --------
    >>> percent(0.1234)
    '12.34 %'
    """
    if value is None or not math.isfinite(value):
        return missing
    return f"{_rounded(value * 100, digits):{sign},.{digits}f} %"


def weight(value: float | None, *, missing: str = "not known") -> str:
    """Write a weight as it stands in a sentence.

    Examples
    --------
    >>> weight(0.4)
    '40.0 %'
    """
    return percent(value, digits=1, missing=missing)


def points(
    value: float | None, sign: str = "", digits: int = 2, *, missing: str = "not defined"
) -> str:
    """Write a drift in percentage points.

    Examples
    --------
    >>> points(0.034, "+")
    '+3.40 points'
    """
    if value is None or not math.isfinite(value):
        return missing
    return f"{_rounded(value * 100, digits):{sign}.{digits}f} points"


def ratio(value: float | None) -> str:
    """Write a plain number."""
    return "not defined" if value is None or not math.isfinite(value) else f"{value:,.2f}"


def millions(value: float) -> str:
    """Write a large amount in millions.

    Examples
    --------
    >>> millions(2_220_881_000.0), millions(12_345.0)
    ('2,220.9', '0.012')
    """
    return f"{value / 1e6:,.1f}" if value >= 1e6 else f"{value / 1e6:.2g}"


def minute(moment: datetime) -> str:
    """Write a moment to the minute, UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def minute_of(seconds: float) -> str:
    """Write a moment given in seconds since 1970 to the minute, UTC."""
    return minute(datetime.fromtimestamp(seconds, UTC))


def second(moment: datetime | None) -> str:
    """Write a moment to the second, UTC."""
    return NOTHING if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def distance(moment: datetime, now: datetime) -> str:
    """Write how long ago a moment was, or how soon it will be, like ``5 minutes ago``."""
    return naturaltime(now - moment)


def _rounded(value: float, digits: int) -> float:
    return round(value, digits) + 0.0  # no -0.00
