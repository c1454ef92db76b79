"""What the user asks of a run of freqtrade, and the arguments that freqtrade is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from rebalancing.launch.arguments import Given
from rebalancing.launch.configuration import DEFAULT_CONFIG, Setup
from rebalancing.launch.connection import Connection


@dataclass(frozen=True)
class Asked:
    """What the user wants of a run.

    Attributes
    ----------
    arguments
        Those of freqtrade's command; they win over the defaults used here.
    online
        Take the markets from the real exchange, with the user's configuration as it is.
    verbose
        Show all that freqtrade prints, and keep no log of it.
    pages
        How many pages of backtests stay; None for all, 0 if none is to be written.
    """

    arguments: tuple[str, ...]
    online: bool = False
    verbose: bool = False
    pages: int | None = 0


def words_for(
    defaults: Sequence[str], asked: Asked, given: Given, setup: Setup, connection: Connection
) -> list[str]:
    """Return the arguments for freqtrade: defaults, what the user asked for, and the exchange."""
    words = [*defaults]
    if not given.configs:
        words += ["--config", DEFAULT_CONFIG]
    if not given.strategy_list:
        words += ["--strategy", *setup.strategies]
    return [*words, *asked.arguments, *connection.arguments]
