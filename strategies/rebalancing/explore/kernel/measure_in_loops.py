"""The measures of a stretch in loops, of which a compiler may take several candles at once.

It does so only with slices from which it sees that no index is negative.
"""

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
    SAMPLED,
    TARGETS,
    Log,
    Numbers,
)


def sample(
    columns: Numbers, assets: int, desk: Numbers, marks: Numbers, log: Log, last: int
) -> None:
    """Note the NAV of the rows before `last` in which it is wanted."""
    count = marks[SAMPLED]
    while count < len(log.rows) and log.rows[count] < last:
        row, nav = log.rows[count], desk[CASH]
        for i in range(assets):
            nav += desk[AMOUNTS + i] * columns[i][row]
        log.navs[count] = nav
        count += 1
    marks[SAMPLED] = count


def fall(columns: Numbers, assets: int, desk: Numbers, row: int, end: int) -> None:
    """Look for a higher peak, and a deeper fall from it."""
    peak, deepest = desk[PEAK], desk[DRAWDOWN]
    lowest = peak * (1 - deepest)
    while row < end:
        count = min(CHUNK, end - row)
        add_values(columns, assets, desk, row, count)
        for k in range(count):
            nav = desk[NAVS + k]
            if nav > peak:
                peak, lowest = nav, nav * (1 - deepest)
            elif nav < lowest:
                deepest, lowest = 1 - nav / peak, nav
        row += count
    desk[PEAK], desk[DRAWDOWN] = peak, deepest


def drift(columns: Numbers, assets: int, desk: Numbers, row: int, end: int) -> None:
    """Add up the absolute drifts of members that have a target and a price."""
    while row < end:
        count = min(CHUNK, end - row)
        add_values(columns, assets, desk, row, count)
        navs, away = desk[NAVS : NAVS + count], desk[AWAY : AWAY + count]
        target = desk[TARGETS + assets]
        is_counted = desk[CONFIGURED + assets] > 0
        for k in range(count):
            navs[k] = 1 / navs[k] if navs[k] > 0 else 0.0
            away[k] = abs(desk[CASH] * navs[k] - target) if is_counted else 0.0
        desk[DRIFTED_PLACES] += count if is_counted else 0
        _add_drifts(columns, assets, desk, row, count)
        for k in range(count):
            desk[DRIFTS] += away[k]
        row += count


def add_values(columns: Numbers, assets: int, desk: Numbers, row: int, count: int) -> None:
    """Fill in the NAV of so many rows, at most `CHUNK`."""
    navs, cash = desk[NAVS : NAVS + count], desk[CASH]
    for k in range(count):
        navs[k] = cash
    for i in range(assets):
        prices, amount = columns[i][row : row + count], desk[AMOUNTS + i]
        for k in range(count):
            navs[k] += amount * prices[k]


def _add_drifts(columns: Numbers, assets: int, desk: Numbers, row: int, count: int) -> None:
    navs, away = desk[NAVS : NAVS + count], desk[AWAY : AWAY + count]
    for i in range(assets):
        if desk[CONFIGURED + i] > 0 and desk[PRICES + i] == desk[PRICES + i]:
            desk[DRIFTED_PLACES] += count
            prices, amount, target = (
                columns[i][row : row + count],
                desk[AMOUNTS + i],
                desk[TARGETS + i],
            )
            for k in range(count):
                away[k] += abs(amount * prices[k] * navs[k] - target)
