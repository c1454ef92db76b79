"""The policies of a search, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancing.config.settings import read_settings
from rebalancing.explore.exploration import Block
from rebalancing.policy.policy import Policy


class Policies:
    """Policies by their place: a block takes a tenth of the memory of its policy.

    Parameters
    ----------
    blocks : sequence of mapping
        All valid.
    assets, stake
        As in `Policy`.
    """

    def __init__(self, blocks: Sequence[Block], assets: tuple[str, ...], stake: str) -> None:
        self.blocks, self._assets, self._stake = blocks, assets, stake

    def __len__(self) -> int:
        return len(self.blocks)

    def __getitem__(self, place: int) -> Policy:
        """Return a policy, made anew."""
        settings, _ = read_settings(self.blocks[place])
        return Policy(settings, self._assets, self._stake)
