"""The probability of backtest overfitting, by combinatorially symmetric cross-validation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from rebalancing.market.portfolio import Mask, Vector

BLOCKS = 16
_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Overfitting:
    """How a policy that is the best in one half of a history does in the other half.

    Parameters
    ----------
    probability : float
        Share of the divisions in which it is in the lower half of all policies there. In plain
        words: 0.5 or more means that being the best so far says nothing about what comes.
    ranks : array, shape (divisions,)
        Its relative rank in the other half, between 0 (the worst) and 1 (the best).
    loss : float
        Share of the divisions in which it falls short of the benchmark in the other half.
    """

    probability: float
    ranks: Vector
    loss: float


def overfitting(difference: Vector, blocks: int = BLOCKS) -> Overfitting:
    """Divide a history into blocks, and choose on every half of them.

    Parameters
    ----------
    difference : array, shape (policies, stretches)
        Growth less that of the benchmark; what is left over at the beginning is left out.
    blocks : int
        Even; 16 give 12,870 divisions.

    Raises
    ------
    ValueError
        If the number of blocks is odd, there are fewer than two policies, or a block would be
        empty.

    Notes
    -----
    Policies are ranked by growth, as the explorer ranks them; ties share the mean of their ranks.

    References
    ----------
    .. [1] D. H. Bailey, J. M. Borwein, M. Lopez de Prado and Q. J. Zhu, "The Probability of
       Backtest Overfitting", Journal of Computational Finance 20 (4), 2017.
    """
    policies, stretches = difference.shape
    if blocks < 2 or blocks % 2:
        raise ValueError(f"the number of blocks must be even, is {blocks}")
    if policies < 2 or stretches < blocks:
        raise ValueError(
            f"overfitting needs at least 2 policies and {blocks} stretches of growth, there are "
            f"{policies} and {stretches}"
        )
    length = stretches // blocks
    sums = difference[:, -length * blocks :].reshape(policies, blocks, length).sum(axis=2)
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    halves = np.zeros((len(chosen), blocks))
    np.put_along_axis(halves, chosen, 1.0, axis=1)
    ranks, outside = np.empty((2, len(halves)))
    at_once = max(1, _CELLS // policies)
    for first in range(0, len(halves) // 2, at_once):
        these = np.arange(first, min(first + at_once, len(halves) // 2))
        rest = len(halves) - 1 - these  # the first half without a block, and the last with it
        grown, left = halves[these] @ sums.T, halves[rest] @ sums.T
        ranks[these], outside[these] = _outside(grown, left)
        ranks[rest], outside[rest] = _outside(left, grown)
    return Overfitting(float((ranks <= 0.5).mean()), ranks, float((outside < 0).mean()))


def _outside(inside: Vector, outside: Vector) -> tuple[Vector, Vector]:
    """Return rank and growth, outside each half, of the policy that is the best in it."""
    own = np.take_along_axis(outside, inside.argmax(axis=1)[:, None], axis=1)
    below, within = _count(outside < own), _count(outside <= own)
    ranks: Vector = (below + within + 1) / 2 / (outside.shape[1] + 1)
    return ranks, own[:, 0]


def _count(mask: Mask) -> Vector:
    """Count what is true in each row; eight at a time, which is faster than a sum."""
    counts: Vector = np.bitwise_count(np.packbits(mask, axis=1)).sum(axis=1, dtype=float)
    return counts
