"""Whether freqtrade itself is running, paused or stopped by its user."""

from __future__ import annotations

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import State

from rebalancing.freqtrade_side.internals import freqtrade_state


def is_running(dataprovider: DataProvider) -> bool:
    """Tell whether freqtrade buys as well as it sells.

    Notes
    -----
    While paused freqtrade refuses buys and executes sells. Where the state cannot be read it
    counts as not running: no round is better than one that sells into cash that may not be bought
    back.
    """
    return freqtrade_state(dataprovider) is State.RUNNING
