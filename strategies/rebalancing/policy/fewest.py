"""The fewest trades that bring a portfolio well inside its bands."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.drift import TOLERANCE

SHARE = 0.25
"""Share of its band within which every drift must end."""

LAST_BIT = 1e-15
"""What sums of drifts may differ by: a rounding error."""


def fewest_trades(drift: Vector, targets: Vector, bands: Vector, smallest: Vector) -> Vector:
    """Return the drifts after the fewest trades that leave every one within a quarter of its band.

    Parameters
    ----------
    drift : array, shape (assets + 1,)
        Weight - target now; sums to 0.
    targets : array, shape (assets + 1,)
        Target weights: no weight may end below 0.
    bands : array, shape (assets + 1,)
        Half-widths of the tolerance bands.
    smallest : array, shape (assets,)
        Smallest trade of each asset as a fraction of the NAV. An asset whose correction would
        be smaller is exempt and keeps its drift.

    Returns
    -------
    array, shape (assets + 1,)
        Wanted drift of each member; it sums to 0 unless exemptions leave no way to balance.

    Notes
    -----
    An asset outside its quarter must trade, at least to the edge of it; cash moves without a
    trade of its own. If cash would then end outside its quarter, the traded assets go further,
    and only if they have no room left are others traded too. All sets of the fewest trades have
    the same turnover then, since each unit of cash is moved by exactly one unit of trade: the
    tie falls to the order of the configuration.
    """
    low, high = -np.minimum(SHARE * bands, targets), SHARE * bands
    final = drift.copy()
    final[:-1], exempt = _corrected(drift[:-1], low[:-1], high[:-1], smallest)
    moved = np.sign(final[:-1] - drift[:-1])
    cash = -float(final[:-1].sum())
    push = _beyond(cash, float(low[-1]), float(high[-1]))
    room = high[:-1] - final[:-1] if push > 0 else final[:-1] - low[:-1]
    opposed = moved * np.sign(push) < 0
    room = np.where(exempt | opposed, 0.0, np.maximum(room, 0.0))
    traded = (moved != 0) | _helpers(abs(push), room, moved != 0, smallest)
    total = float(room[traded].sum())
    if total > 0:
        final[:-1] += np.sign(push) * np.where(traded, room, 0.0) * min(1.0, abs(push) / total)
    too_small = np.abs(final[:-1] - drift[:-1]) < smallest - TOLERANCE
    final[:-1] = np.where(too_small, drift[:-1], final[:-1])
    final[-1] = -float(final[:-1].sum())
    return final


def _corrected(drift: Vector, low: Vector, high: Vector, smallest: Vector) -> tuple[Vector, Mask]:
    """Bring what is outside its quarter to the edge of it.

    Or as far inside as the smallest trade takes it. The second value tells which assets are exempt
    because that would carry them out again.
    """
    correction = np.clip(drift, low, high) - drift
    correction = np.where(np.abs(correction) < TOLERANCE, 0.0, correction)
    size = np.maximum(np.abs(correction), smallest)
    most = np.where(correction < 0, drift - low, high - drift)
    exempt = (correction != 0) & (size > most + TOLERANCE)
    trades = (correction != 0) & ~exempt
    return np.where(trades, drift + np.sign(correction) * size, drift), exempt


def _beyond(value: float, low: float, high: float) -> float:
    """Return how far a value lies outside a range: negative below it, 0 inside."""
    return value - min(max(value, low), high)


def _helpers(push: float, room: Vector, traded: Mask, smallest: Vector) -> Mask:
    """Choose the fewest further assets whose room suffices; the first ones if several do."""
    chosen = np.zeros(len(room), dtype=np.bool_)
    missing = push - room[traded].sum()
    free = ~traded & (room > np.maximum(smallest, 0.0))
    reach = np.cumsum(_largest(room[free]))
    count = np.searchsorted(reach, missing - LAST_BIT) + 1 if missing > LAST_BIT else 0
    count = min(count, len(reach))
    for index in np.flatnonzero(free):
        if count == 0:
            break
        later = _largest(room[index + 1 :][free[index + 1 :]])
        if missing - room[index] <= later[: count - 1].sum() + LAST_BIT or len(later) < count:
            chosen[index] = True
            missing -= room[index]
            count -= 1
    return chosen


def _largest(room: Vector) -> Vector:
    return np.sort(room)[::-1]
