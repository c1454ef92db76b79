"""The exchange that a freqtrade process is given: the user's own, or a local one."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from rebalancing.launch.configuration import Setup


@dataclass(frozen=True)
class Connection:
    """What the freqtrade process is given to reach its exchange."""

    environment: Mapping[str, str]
    arguments: tuple[str, ...] = field(default=())


def own_exchange(setup: Setup) -> Connection:
    """Leave the user's configuration as it is."""
    named = setup.datadir_argument
    return Connection(os.environ, () if named is None else ("--datadir", str(named)))
