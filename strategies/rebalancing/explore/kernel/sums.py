"""Sums in the order in which numpy adds, so that they are equal to its own to the last bit."""

from __future__ import annotations

from rebalancing.explore.kernel.memory import Numbers


def total(values: Numbers, first: int, count: int) -> float:
    """Add up `count` values, at most 128, from the place `first` on."""
    found, i = 0.0, 0
    if count >= 8:
        a, b, c, d = values[first], values[first + 1], values[first + 2], values[first + 3]
        e, f, g, h = values[first + 4], values[first + 5], values[first + 6], values[first + 7]
        i = 8
        while i + 8 <= count:
            k = first + i
            a, b, c, d = a + values[k], b + values[k + 1], c + values[k + 2], d + values[k + 3]
            e, f, g = e + values[k + 4], f + values[k + 5], g + values[k + 6]
            h += values[k + 7]
            i += 8
        found = ((a + b) + (c + d)) + ((e + f) + (g + h))
    while i < count:
        found += values[first + i]
        i += 1
    return found
