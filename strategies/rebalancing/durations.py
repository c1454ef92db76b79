"""Durations as people write them in a configuration: ``"30m"``, ``"4h"``, ``"7d"``."""

import re
from datetime import timedelta

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PATTERN = re.compile(r"([0-9]{1,6})([mhdw])")


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
