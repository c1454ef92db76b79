"""How figures are written for people."""

from __future__ import annotations

from datetime import UTC, datetime

from freqtrade.util import fmt_coin, fmt_coin2
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
    text: str = fmt_coin(value, stake, show_coin_name=name, keep_trailing_zeros=True)
    return f"+{text}" if sign and value > 0 else text


def coins(amount: float, asset: str, *, sign: bool = False) -> str:
    """Write a number of coins, with a plus if `sign` asks for it."""
    text = str(fmt_coin2(amount, asset, show_coin_name=False))
    return f"+{text}" if sign and amount > 0 else text


def price(value: float | None, stake: str) -> str:
    """Write a price with up to eight digits after the point."""
    return NOTHING if value is None else str(fmt_coin2(value, stake, show_coin_name=False))


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
