"""Where a round takes the weights, as `destination_weights` says."""

from __future__ import annotations

from rebalancing.explore.kernel.fewest import fewest_trades
from rebalancing.explore.kernel.memory import (
    ALL,
    BANDS,
    CHOSEN,
    DESTINATION,
    DRIFT,
    DRIFTED,
    FEWEST,
    FINAL,
    ROOM,
    TARGETS,
    Numbers,
    Terms,
)
from rebalancing.explore.kernel.sums import total
from rebalancing.policy.destination import EDGE
from rebalancing.policy.drift import TOLERANCE


def set_destination(is_of_policy: bool, terms: Terms, desk: Numbers, marks: Numbers) -> None:
    """Fill in the destination of a round: the targets, unless the policy asks for the round."""
    members = terms.assets + 1
    if not is_of_policy:
        for i in range(members):
            desk[DESTINATION + i] = desk[TARGETS + i]
        return
    if terms.has_threshold and terms.scope == FEWEST:
        fewest_trades(terms.assets, desk, marks)
    else:
        for i in range(members):
            drift, most = desk[DRIFT + i], EDGE * desk[BANDS + i]
            if terms.has_threshold and terms.is_edge:
                desk[FINAL + i] = min(max(drift, -most), most)
            else:
                desk[FINAL + i] = drift * (1 - terms.share)
        if terms.has_threshold and (terms.is_edge or terms.scope != ALL):
            _keep_some(terms.scope == DRIFTED, members, desk, marks)
            _balance(members, desk, marks)
    for i in range(members):
        desk[DESTINATION + i] = desk[TARGETS + i] + desk[FINAL + i]


def _keep_some(drifted_only: bool, members: int, desk: Numbers, marks: Numbers) -> None:
    """Leave those who are not traded where they are."""
    for i in range(members):
        drift = desk[DRIFT + i]
        is_traded = desk[FINAL + i] != drift
        if drifted_only:
            is_traded = abs(drift) >= desk[BANDS + i] - TOLERANCE
        marks[CHOSEN + i] = 1 if is_traded else 0
        if not is_traded:
            desk[FINAL + i] = drift


def _balance(members: int, desk: Numbers, marks: Numbers) -> None:
    """Let others take up what the traded members leave: cash, then assets, then the traded."""
    for pool in range(3):
        excess = total(desk, FINAL, members)
        for i in range(members):
            kind = 2 if marks[CHOSEN + i] == 1 else 0 if i == members - 1 else 1
            final = desk[FINAL + i]
            is_same = (final > 0) == (excess > 0) and (final < 0) == (excess < 0)
            desk[ROOM + i] = abs(final) if kind == pool and is_same else 0.0
        whole = total(desk, ROOM, members)
        if whole > 0:
            share = min(1.0, abs(excess) / whole)
            sign = 1.0 if excess > 0 else -1.0
            for i in range(members):
                desk[FINAL + i] -= sign * desk[ROOM + i] * share
