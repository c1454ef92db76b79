"""A number of a report, with its name, its text and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

FOR_SCRIPTS = "For scripts"
"""Group of the figures that people read beside another one."""

Value = float | int | str | datetime | None


@dataclass(frozen=True)
class Figure:
    """A number.

    Parameters
    ----------
    key : str
        Its name for scripts.
    group, label : str
        Its place and name for people.
    value : float, int, str, datetime or None
        Money in the stake currency, fractions otherwise; None if it is not defined.
    text : str
        The value with its unit.
    meaning : str
        What it is, in a sentence.
    """

    key: str
    group: str
    label: str
    value: Value
    text: str
    meaning: str
