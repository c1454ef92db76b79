"""The measures of a stretch in loops, of which a compiler may take several candles at once."""

from __future__ import annotations

from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    AWAY,
    CASH,
    CHUNK,
    CONFIGURED,
    DRAWDOWN,
    DRIFTED_PLACES,
    DRIFTS,
    NAVS,
    PEAK,
    PRICES,
    TARGETS,
    Numbers,
)


def fall(columns: Numbers, assets: int, desk: Numbers, row: int, end: int) -> None:
    """Look for a higher peak, and a deeper fall from it."""
    peak, deepest = desk[PEAK], desk[DRAWDOWN]
    while row < end:
        count = min(CHUNK, end - row)
        _value(columns, assets, desk, row, count)
        for k in range(count):
            peak = max(peak, desk[NAVS + k])
            deepest = max(deepest, 1 - desk[NAVS + k] / peak)
        row += count
    desk[PEAK], desk[DRAWDOWN] = peak, deepest


def drift(columns: Numbers, assets: int, desk: Numbers, row: int, end: int) -> None:
    """Add up the absolute drifts of members that have a target and a price."""
    while row < end:
        count = min(CHUNK, end - row)
        _value(columns, assets, desk, row, count)
        for k in range(count):
            nav = desk[NAVS + k]
            desk[NAVS + k] = 1 / nav if nav > 0 else 0.0
            desk[AWAY + k] = 0.0
        _add_drifts(columns, assets, desk, row, count)
        for k in range(count):
            desk[DRIFTS] += desk[AWAY + k]
        row += count


def _value(columns: Numbers, assets: int, desk: Numbers, row: int, count: int) -> None:
    for k in range(count):
        desk[NAVS + k] = desk[CASH]
    for i in range(assets):
        column, amount = columns[i], desk[AMOUNTS + i]
        for k in range(count):
            desk[NAVS + k] += amount * column[row + k]


def _add_drifts(columns: Numbers, assets: int, desk: Numbers, row: int, count: int) -> None:
    for i in range(assets):
        if desk[CONFIGURED + i] > 0 and desk[PRICES + i] == desk[PRICES + i]:
            desk[DRIFTED_PLACES] += count
            column, amount, target = columns[i], desk[AMOUNTS + i], desk[TARGETS + i]
            for k in range(count):
                desk[AWAY + k] += abs(amount * column[row + k] * desk[NAVS + k] - target)
    if desk[CONFIGURED + assets] > 0:
        desk[DRIFTED_PLACES] += count
        for k in range(count):
            desk[AWAY + k] += abs(desk[CASH] * desk[NAVS + k] - desk[TARGETS + assets])
