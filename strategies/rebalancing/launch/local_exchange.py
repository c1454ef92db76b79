"""A local exchange for a freqtrade process, with the candles of the configuration."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from rebalancing.launch.configuration import Setup, child_environment
from rebalancing.launch.connection import Connection, own_exchange
from rebalancing.launch.errors import LaunchError
from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.markets import checked_pairs
from sandbox.serving.server import running


def connected(
    setup: Setup, *, online: bool, quiet: bool = False
) -> AbstractContextManager[Connection]:
    """Start a local exchange for the block, or leave the user's configuration as it is.

    Parameters
    ----------
    online
        Take the markets from the real exchange.
    quiet
        Do not say where the local exchange is.

    Raises
    ------
    LaunchError
        If the local exchange cannot start.
    """
    return nullcontext(own_exchange(setup)) if online else _local(setup, quiet)


@contextmanager
def _local(setup: Setup, quiet: bool) -> Iterator[Connection]:
    candles = CandleFolder.open(setup.datadir)
    recorded = (pair for pair in candles.pairs if pair.endswith(f"/{setup.stake}"))
    pairs = checked_pairs([*setup.pairs, *recorded])
    if not pairs:
        raise LaunchError(
            f"no pairs: exchange.pair_whitelist names none and {setup.datadir} holds none "
            f"in {setup.stake}"
        )
    # Lots that fit the prices: real ones would blur the comparison of policies.
    exchange = LocalExchange(pairs, candles, rules={})
    with (
        running(exchange, Binance()) as url,
        tempfile.TemporaryDirectory(prefix="local-exchange-") as folder,
    ):
        settings: dict[str, Any] = overlay(url, setup.config)
        file = Path(folder) / "local-exchange.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        if not quiet:
            _tell(url, len(exchange.markets), setup)
        yield Connection(
            child_environment(os.environ, settings),
            ("--datadir", str(setup.datadir), "--config", str(file)),
        )


def _tell(url: str, count: int, setup: Setup) -> None:
    foreign = setup.exchange != "binance" and setup.config.get("fee") is None
    fee = '; the fee is Binance\'s 0.1 % unless "fee" or --fee is given' if foreign else ""
    print(
        f"local exchange at {url} for {count} pair{'' if count == 1 else 's'} of "
        f"{setup.exchange}; --online takes the markets from the real exchange{fee}",
        flush=True,
    )
