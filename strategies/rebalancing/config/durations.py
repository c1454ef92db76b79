"""Durations as people write them in a configuration: ``"30m"``, ``"4h"``, ``"7d"``."""

import re
from datetime import timedelta

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PATTERN = re.compile(r"([0-9]{1,6})([mhdw])")
_LOOSE = re.compile(r"\s*([0-9]{1,6})\s*([A-Za-z]*)\s*")
_DAYS = {"month": 30, "year": 365}
_OTHER_NAMES = {"min": "m", "hr": "h", "wk": "w", "M": "month", "mo": "month", "y": "year"}

_TIMEFRAME = re.compile(r"([1-9][0-9]{0,3})([smhdwMy])")
_TIMEFRAME_SECONDS = {
    "s": 1,
    "m": 60,
    "h": 3_600,
    "d": 86_400,
    "w": 604_800,
    "M": 30 * 86_400,
    "y": 365 * 86_400,
}

UNITS = "m minutes, h hours, d days, w weeks"
"""Of a duration, for messages."""


def parse_duration(text: str) -> timedelta:
    """Read a duration.

    Parameters
    ----------
    text : str
        A whole number and a unit: ``m`` minutes, ``h`` hours, ``d`` days or ``w`` weeks.

    Returns
    -------
    timedelta
        Zero or more.

    Raises
    ------
    ValueError
        If the text is not of that form.

    Examples
    --------
    >>> parse_duration("24h") == parse_duration("1d")
    True
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is not a duration: write a number and m, h, d or w, like "24h"')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def duration_remedy(value: object) -> str | None:
    """Return what to write instead of something that is no duration; None if that is not clear.

    Examples
    --------
    >>> duration_remedy("1 day"), duration_remedy(24), duration_remedy("1M")
    ('write "1d"', 'write "24h" if hours are meant', 'write "30d", a month has no fixed length')
    >>> duration_remedy("soon")
    """
    match = None if isinstance(value, bool) else _LOOSE.fullmatch(str(value))
    if match is None:
        return None
    number, word = int(match[1]), match[2]
    if not word:
        return f'write "{number}h" if hours are meant'
    name = _OTHER_NAMES.get(word) or word.lower().removesuffix("s")
    name = _OTHER_NAMES.get(name, name)
    if name in _DAYS:
        return f'write "{number * _DAYS[name]}d", a {name} has no fixed length'
    unit = next((u for u, full in _UNITS.items() if name in (u, full.removesuffix("s"))), None)
    return None if unit is None else f'write "{number}{unit}"'


def timeframe_length(timeframe: str) -> timedelta:
    """Return the length of a candle of freqtrade's; a month counts as 30 days.

    Raises
    ------
    ValueError
        If the text is no timeframe, as ``"1 h"`` is not.

    Examples
    --------
    >>> timeframe_length("5m") < timeframe_length("1h") < timeframe_length("1M")
    True
    """
    match = _TIMEFRAME.fullmatch(timeframe)
    if match is None:
        raise ValueError(f'"{timeframe}" is not a timeframe: write one like "1h" or "5m"')
    return timedelta(seconds=int(match[1]) * _TIMEFRAME_SECONDS[match[2]])


def written_duration(length: timedelta) -> str:
    """Write a duration of whole minutes in its largest unit up to days.

    Examples
    --------
    >>> written_duration(timedelta(hours=36)), written_duration(timedelta(days=14))
    ('36h', '14d')
    """
    minutes = int(length.total_seconds()) // 60
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
