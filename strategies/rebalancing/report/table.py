"""Tables, cards and notes: the parts of the page that need no drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

LEVELS = 4
"""Steps of colour on either side of nothing."""


@dataclass(frozen=True)
class Cell:
    """A number or a sentence in a table.

    Parameters
    ----------
    text : str
        As it is read.
    shade : float
        Its colour: from -1 (as far below nothing as any) to 1; 0 for none.
    title : str
        What is told of it when it is pointed at.
    is_prose : bool
        It is a sentence, no number.
    """

    text: str
    shade: float = 0.0
    title: str = ""
    is_prose: bool = False

    @property
    def style(self) -> str:
        """Name in the style sheet: of prose, or its colour "p1" to "p4", "m1" to "m4", or none.

        Examples
        --------
        >>> Cell("", 1.0).style, Cell("", -0.1).style, Cell("", 0.0).style
        ('p4', 'm1', '')
        """
        if self.is_prose:
            return "prose"
        if not math.isfinite(self.shade) or self.shade == 0:
            return ""
        level = min(LEVELS, math.ceil(abs(self.shade) * LEVELS))
        return f"{'p' if self.shade > 0 else 'm'}{level}"


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it, the others are numbers.

    Parameters
    ----------
    title : str
        What it shows.
    note : str
        How to read it, a sentence or two.
    head : tuple of str
        Titles of the columns.
    rows : sequence of rows
        As long as the head.
    is_map : bool
        The colours matter more than the numbers: the cells stand close together.
    """

    kind: ClassVar[str] = "table"

    title: str
    note: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    is_map: bool = False


@dataclass(frozen=True)
class Card:
    """A figure by itself, with what it is to be compared with beside it."""

    label: str
    text: str
    beside: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards that stand together."""

    kind: ClassVar[str] = "cards"

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Note:
    """Plain sentences, in the place of a chart or a table or beside them."""

    kind: ClassVar[str] = "note"

    title: str
    sentences: tuple[str, ...]


def shaded(value: float | None, largest: float, text: str, title: str = "") -> Cell:
    """Colour a number by its size against the largest one of the table; absent: no colour."""
    if value is None or not math.isfinite(value) or largest <= 0:
        return Cell(text, title=title)
    return Cell(text, max(-1.0, min(1.0, value / largest)), title)
