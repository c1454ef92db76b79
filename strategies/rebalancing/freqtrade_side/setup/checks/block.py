"""Whether the block is called by its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

NAME = "rebalance"
LOSS_NAME = "rebalance_loss"
"""Of the block that RebalancingLoss reads."""


def block_problems(config: Mapping[str, Any]) -> list[str]:
    """Find blocks whose name is nearly that of the block.

    freqtrade passes over keys that it does not know, so that what stands in them would be silently
    lost.
    """
    near = [
        key
        for key in config
        if key not in (NAME, LOSS_NAME)
        and (
            key.lower().startswith(NAME[:-1])
            or difflib.SequenceMatcher(None, key.lower(), NAME).ratio() > 0.8
        )
    ]
    remedy = "remove it, nobody reads it" if NAME in config else f'call it "{NAME}"'
    return [f'{key}: the block is called "{NAME}"; {remedy}' for key in near]
