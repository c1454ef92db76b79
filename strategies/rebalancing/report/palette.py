"""Colours that a colour-blind person can tell apart, for up to fifty assets."""

from __future__ import annotations

from dataclasses import dataclass

OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#7f7f7f")
"""Okabe and Ito's eight; the yellow is darker and black is grey, to be seen on white and black."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px,2px")

NAV, HODL, MIX, ALERT = "#0072b2", "#e69f00", "#009e73", "#d55e00"
GREY, INK = "#888888", "#24292f"


@dataclass(frozen=True)
class Style:
    """How an asset is drawn: eight colours, and every eight assets another kind of line."""

    color: str
    dash: str
    pattern: str


PATTERNS = ("", "/", "x", ".", "-", "\\", "+")
"""Of filled areas and bars, likewise."""


def style_of(number: int) -> Style:
    """Return the style of the asset with this number, the stake currency's being the last."""
    turn, color = divmod(number, len(OKABE_ITO))
    return Style(OKABE_ITO[color], DASHES[turn % len(DASHES)], PATTERNS[turn % len(PATTERNS)])
