"""Orders of one candle and their fills, as freqtrade's backtest makes them."""

from __future__ import annotations

from rebalancing.explore.kernel.lots import ordered_lots
from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    BOUGHT,
    CASH,
    COUNTED,
    FEES,
    HELD,
    HODL,
    HODL_CASH,
    HOLDS,
    IS_LATE,
    LOTS,
    NAV,
    NOW,
    NUMBER,
    ORDERED_AT,
    ORDERS,
    PARTS,
    PLANNED,
    ROUNDS,
    ROW,
    SCALES,
    SOLD,
    STEPS,
    TURN,
    TURNOVER,
    WAITING,
    Log,
    Numbers,
    Terms,
)
from rebalancing.simulate import FULL


def order(
    terms: Terms, opens: Numbers, desk: Numbers, marks: Numbers, log: Log, is_last: bool
) -> None:
    """Order what the round wants, sells first, as far as there are candles to fill it.

    Parameters
    ----------
    opens : floats, by asset
        Stake currency for one coin.
    is_last : bool
        It is the last candle of the history.
    """
    count = _set_turn(terms.assets, desk, marks)
    for i in range(terms.assets):
        desk[PARTS + i] = desk[AMOUNTS + i]  # at the start of the candle
    for position in range(count):
        i = marks[TURN + position]
        # freqtrade opens no trade in the last candle.
        if opens[i] != opens[i] or (is_last and desk[PARTS + i] == 0):
            continue
        if desk[WAITING + i] > 0 and _has_sells(terms.assets, desk):
            continue
        amount = _amount(terms, opens[i], i, desk)
        desk[WAITING + i] = 0.0
        marks[ORDERED_AT] = marks[NOW]
        if amount != 0:
            _fill(terms.fee, opens[i], amount, i, desk, marks)
            _record(terms.fee, opens[i], amount, i, desk, marks, log)


def _set_turn(assets: int, desk: Numbers, marks: Numbers) -> int:
    """Fill in sellers, then buyers of what is held, then of what is not; return their number.

    What is held stays in this order.
    """
    count, traded = 0, 0
    for kind in range(3):
        for position in range(marks[HOLDS]):
            i = marks[HELD + position]
            waiting = desk[WAITING + i]
            if (0 if waiting < 0 else 1 if waiting > 0 else 2) == kind:
                marks[TURN + count] = i
                count += 1
                traded = count if kind < 2 else traded
    for position in range(count):
        marks[HELD + position] = marks[TURN + position]
    for i in range(assets):
        if desk[AMOUNTS + i] == 0 and desk[WAITING + i] != 0:
            marks[TURN + traded] = i
            traded += 1
    return traded


def _has_sells(assets: int, desk: Numbers) -> bool:
    for i in range(assets):
        if desk[WAITING + i] < 0:
            return True
    return False


def _amount(terms: Terms, price: float, i: int, desk: Numbers) -> float:
    """Return the coins that freqtrade orders, bought positive."""
    waiting, held, lot = desk[WAITING + i], desk[AMOUNTS + i], desk[LOTS + i]
    if waiting < 0:
        return float(-held if -waiting >= held - lot * FULL else waiting)
    others, notional = 0.0, waiting * desk[PLANNED + i]
    for k in range(terms.assets):
        if k != i and desk[WAITING + k] > 0:
            others += desk[WAITING + k] * desk[PLANNED + k]
    share = max(0.0, desk[CASH]) / ((notional + others) * (1 + terms.fee))
    stake = notional * min(1.0, share)
    return ordered_lots(stake / price, lot, desk[STEPS + i], desk[SCALES + i])


def _fill(fee: float, price: float, amount: float, i: int, desk: Numbers, marks: Numbers) -> None:
    paid = abs(amount) * price * fee
    if desk[AMOUNTS + i] == 0:
        marks[HELD + marks[HOLDS]] = i
        marks[HOLDS] += 1
    desk[AMOUNTS + i] += amount
    if desk[AMOUNTS + i] == 0:
        _drop(i, marks)
    desk[CASH] -= amount * price + paid
    desk[FEES] += paid
    desk[SOLD + i] += max(0.0, -amount)
    desk[BOUGHT + i] += max(0.0, amount) * price


def _drop(i: int, marks: Numbers) -> None:
    """Take an asset out of those that are held."""
    found = 0
    for position in range(marks[HOLDS]):
        if marks[HELD + position] != i:
            marks[HELD + found] = marks[HELD + position]
            found += 1
    marks[HOLDS] = found


def _record(
    fee: float, price: float, amount: float, i: int, desk: Numbers, marks: Numbers, log: Log
) -> None:
    position = marks[ORDERS]
    if position < len(log.trades[0]):
        log.places[0][position], log.places[1][position] = marks[ROW], marks[NUMBER] - 1
        log.places[2][position] = i
        log.trades[0][position], log.trades[1][position] = amount, price
    marks[ORDERS] = position + 1
    if marks[NUMBER] == 1:
        desk[HODL + i] += amount
        desk[HODL_CASH] -= amount * price + abs(amount) * price * fee
        return
    if amount > 0 and desk[HODL + i] == 0:
        marks[IS_LATE] = 1
    if desk[NAV] > 0:
        desk[TURNOVER] += abs(amount) * price / (2 * desk[NAV])
    if marks[COUNTED] != marks[NUMBER]:
        marks[COUNTED] = marks[NUMBER]
        marks[ROUNDS] += 1
