"""The tags of orders: which round made them, or that they are no round's."""

from __future__ import annotations

import re
from typing import NamedTuple

from rebalancing.policy.reason import CAUSES, Reason

ENTRY_TAG = "rebalance"
"""Tag under which freqtrade opens a trade; the tag of the round takes its place."""

ADOPTED_TAG = "adopted"
"""Tag of coins that were in the account before they became part of the portfolio."""

WITHDRAWN_TAG = "withdrawn"
"""Tag of coins of the portfolio that left the account."""

IN_KIND = frozenset({ADOPTED_TAG, WITHDRAWN_TAG})
"""Tags of coins that came or went without an order: they moved no cash and cost no fee."""

_CAUSES = "|".join(map(re.escape, CAUSES))
_FORM = re.compile(rf"r(\d+) ({_CAUSES})(?: ([^\s+-]\S*))?(?: ([+-]\d+\.\d)pp)?", re.ASCII)


class RoundTag(NamedTuple):
    """Number and reason of a round."""

    number: int
    reason: Reason


def round_tag(number: int, reason: Reason | str) -> str:
    """Name a round as its orders do, like ``r12 threshold BTC +3.4pp``."""
    return f"r{number} {reason}"


def parse_tag(tag: object) -> RoundTag | None:
    """Read the tag of an order; None if no round has written it.

    Parameters
    ----------
    tag : object
        What the order has: nothing, or a text that anybody may have written.

    Examples
    --------
    >>> parse_tag("r12 period").number
    12

    Notes
    -----
    Whoever sends an order by hand names it as they like: what only begins like a round is none.
    """
    match = _FORM.fullmatch(tag) if isinstance(tag, str) else None
    if match is None:
        return None
    number, cause, asset, drift = match.groups()
    points = None if drift is None else float(drift) / 100
    return RoundTag(int(number), Reason(cause, asset, points))
