"""Pairs that freqtrade will not open a trade of."""

from __future__ import annotations

from datetime import datetime

from freqtrade.persistence import PairLocks

AUTO_LOCK = "Auto lock"
"""freqtrade's reason for keeping a pair from being bought again in the candle of its sale; a round
takes such a lock away."""

ALL_PAIRS = "*"


def locked_pairs(now: datetime) -> set[str]:
    """Return the pairs that a person or another program has locked; `ALL_PAIRS` for all."""
    locks = PairLocks.get_pair_locks(None, now)
    return {lock.pair for lock in locks if lock.reason != AUTO_LOCK and lock.side != "short"}
