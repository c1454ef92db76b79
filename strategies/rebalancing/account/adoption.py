"""How much of the coins an account already has becomes part of the portfolio."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Vector


def adopted_values(values: Vector, spare: Vector, targets: Vector, everything: bool) -> Vector:
    """Return what is adopted of each asset.

    Parameters
    ----------
    values : array, shape (assets + 1,)
        What the portfolio holds, stake currency, the cash last.
    spare : array, shape (assets,)
        What the account has beyond it, stake currency; 0 where there is nothing.
    targets : array, shape (assets + 1,)
        Fractions that sum to 1.
    everything : bool
        All that is spare; otherwise no more than the targets want, so that nothing of it is
        sold at once.

    Returns
    -------
    array, shape (assets,)
        Stake currency, at most `spare`.

    Examples
    --------
    >>> held, spare = np.array([0.0, 0.0, 100.0]), np.array([900.0, 0.0])
    >>> adopted_values(held, spare, np.array([0.5, 0.5, 0.0]), everything=False).round(2).tolist()
    [100.0, 0.0]
    """
    if everything:
        return spare.copy()
    taken = spare.copy()
    # What is adopted raises the NAV, and with it what the targets want: from above, down to the
    # largest amounts that agree with each other.
    for _ in range(200):
        nav = float(values.sum() + taken.sum())
        again = np.clip(targets[:-1] * nav - values[:-1], 0.0, spare)
        if np.allclose(again, taken, rtol=0, atol=1e-9 * nav):
            return again
        taken = again
    return taken
