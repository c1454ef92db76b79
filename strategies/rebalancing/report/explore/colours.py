"""Scales of colour for figures: blue and orange, which a colour-blind person can tell apart."""

from __future__ import annotations

from typing import Any

from rebalancing.market.portfolio import Vector

GOOD = ("--l0", "--p2", "--p4", "--good")
BAD = ("--l0", "--m2", "--m4", "--bad")
PLAIN = ("--l0", "--l1", "--l2", "--l3", "--l4")


def signed(values: Vector) -> dict[str, Any]:
    """Colour gains blue and losses orange; nothing is grey if both are there."""
    low, high = float(values.min()), float(values.max())
    if low >= 0:
        return _scale(GOOD, low, high)
    if high <= 0:
        return _scale(BAD[::-1], low, high)
    reach = max(high, -low)
    return _scale((*BAD[::-1], *GOOD[1:]), -reach, reach)


def unsigned(values: Vector, names: tuple[str, ...]) -> dict[str, Any]:
    """Colour what is never below zero: the stronger, the more."""
    return _scale(names, float(values.min()), float(values.max()))


def _scale(names: tuple[str, ...], low: float, high: float) -> dict[str, Any]:
    steps = len(names) - 1
    return {
        "colorscale": [[number / steps, name] for number, name in enumerate(names)],
        "cmin": low,
        "cmax": high if high > low else low + 1e-9,
    }
