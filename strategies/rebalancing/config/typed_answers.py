"""Answers as people type them: asset codes, percentages, money.

Every function raises ValueError with what is wrong and what to write instead.
"""

from __future__ import annotations

import re
from decimal import Decimal

SMALLEST_AMBIGUOUS = Decimal("0.1")
"""From here to 1 a share without a sign is as likely a percentage as a fraction."""

_NUMBER = re.compile(r"(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(%?)")
_SEPARATORS = re.compile(r"[\s,;]+")


def read_codes(text: str) -> tuple[str, ...]:
    """Read asset codes, separated by blanks or commas; small letters are made capital.

    Examples
    --------
    >>> read_codes("btc, ETH sol")
    ('BTC', 'ETH', 'SOL')
    """
    codes = _words(text.upper())
    for code in codes:
        if not code.isalnum():
            raise ValueError(f'"{code}" is not an asset code; write codes like BTC ETH')
        if codes.count(code) > 1:
            raise ValueError(f"{code} is named twice; name each asset once")
    return codes


def read_share(text: str) -> float:
    """Read one share of a whole: a percentage with or without its sign, or a fraction.

    Notes
    -----
    Without a sign, more than 1 is a percentage and less than 0.1 a fraction. Between them both
    are in use: "0.5" is refused.

    Examples
    --------
    >>> read_share("2%"), read_share("2"), read_share("0.02")
    (0.02, 0.02, 0.02)
    """
    number, is_percent = _number(text)
    if is_percent or number > 1:
        return float(number / 100)
    if number >= SMALLEST_AMBIGUOUS:
        raise ValueError(
            f"{number} may mean {number} % or {_plain(number * 100)} %; "
            f"write {number}% or {_plain(number * 100)}%"
        )
    return float(number)


def read_weights(text: str, assets: tuple[str, ...]) -> tuple[float, ...] | None:
    """Read target weights in the order of the assets, or "equal".

    Returns
    -------
    tuple of float, or None
        Fractions; None for equal weights. They need not sum to 1.

    Notes
    -----
    Weights without a sign are percentages if they sum to 100 and fractions if they sum to 1. If
    they sum to neither, all above 1 are percentages and all up to 1 fractions.

    Examples
    --------
    >>> read_weights("60 40", ("BTC", "ETH")) == read_weights("0.6, 0.4", ("BTC", "ETH"))
    True
    """
    if text.strip().lower() == "equal":
        return None
    found = [_number(word) for word in _words(text)]
    if len(found) != len(assets):
        named = ", ".join(assets)
        raise ValueError(
            f"{len(found)} weights for {len(assets)} assets; write one for each of {named}"
        )
    numbers = [number for number, _ in found]
    if _are_percent(numbers, [is_percent for _, is_percent in found]):
        numbers = [number / 100 for number in numbers]
    return tuple(map(float, numbers))


def read_money(text: str, stake: str) -> float:
    """Read an amount, with or without the code of the stake currency behind it.

    Examples
    --------
    >>> read_money("1000 usdt", "USDT")
    1000.0
    """
    number, is_percent = _number(re.sub(rf"\s*{re.escape(stake)}$", "", text.strip(), flags=re.I))
    if is_percent:
        raise ValueError(f"{text} is a percentage; write an amount of {stake}, like 1000")
    return float(number)


def _words(text: str) -> tuple[str, ...]:
    joined = re.sub(r"\s+%", "%", text)
    return tuple(word for word in _SEPARATORS.split(joined) if word)


def _number(text: str) -> tuple[Decimal, bool]:
    match = _NUMBER.fullmatch(re.sub(r"\s+%", "%", text.strip()))
    if match is None:
        raise ValueError(
            f'"{text.strip()}" is not a number; write it like 40 or 2.5, without commas'
        )
    return Decimal(match[1]), bool(match[2])


def _are_percent(numbers: list[Decimal], signs: list[bool]) -> bool:
    if any(signs):
        if not all(signs):
            raise ValueError(
                "some weights have a % and some have none; write it behind all or none"
            )
        return True
    total = sum(numbers)
    if total in (1, 100):
        return total == 100
    if min(numbers) < 1 < max(numbers):
        raise ValueError(
            f"weights sum to {_plain(Decimal(total))}, neither to 100 nor to 1; "
            "write percentages that sum to 100"
        )
    return max(numbers) > 1


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
