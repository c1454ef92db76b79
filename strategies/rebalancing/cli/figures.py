"""How figures are written for people."""

from __future__ import annotations

from datetime import UTC, datetime

from freqtrade.constants import DECIMAL_PER_COIN_FALLBACK, DECIMALS_PER_COIN
from humanize import naturaltime

NOTHING = "-"


def money(value: float | None, stake: str, *, sign: bool = False, name: bool = True) -> str:
    """Write an amount of the stake currency, like ``12.500 USDT``.

    Parameters
    ----------
    value : float or None
        Stake currency.
    stake : str
        Its code, which says how many digits there are.
    sign : bool
        A plus is written too.
    name : bool
        The code follows.
    """
    if value is None:
        return NOTHING
    digits = DECIMALS_PER_COIN.get(stake, DECIMAL_PER_COIN_FALLBACK)
    text = f"{value:.{digits}f} {stake}" if name else f"{value:.{digits}f}"
    return f"+{text}" if sign and value > 0 else text


def coins(amount: float, *, sign: bool = False) -> str:
    """Write a number of coins, with a plus if `sign` asks for it."""
    text = _eight_digits(amount)
    return f"+{text}" if sign and amount > 0 else text


def price(value: float | None) -> str:
    """Write a price with up to eight digits after the point."""
    return NOTHING if value is None else _eight_digits(value)


def _eight_digits(value: float) -> str:
    return f"{value:.8f}".rstrip("0").rstrip(".")


def percent(fraction: float | None) -> str:
    """Write a fraction, like ``12.50 %``."""
    return NOTHING if fraction is None else f"{fraction * 100:.2f} %"


def points(fraction: float | None) -> str:
    """Write a drift in percentage points, like ``+1.20 pp``."""
    return NOTHING if fraction is None else f"{fraction * 100:+.2f} pp"


def moment(when: datetime | None) -> str:
    """Write a moment to the second, UTC."""
    return NOTHING if when is None else f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def distance(when: datetime, now: datetime) -> str:
    """Write how long ago a moment was, or how soon it will be, like ``5 minutes ago``."""
    return naturaltime(now - when)
