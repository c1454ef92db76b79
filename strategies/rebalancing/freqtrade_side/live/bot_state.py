"""Is freqtrade itself running, paused or stopped by its user?"""

from __future__ import annotations

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import State


def freqtrade_state(dataprovider: DataProvider) -> State | None:
    """Return freqtrade's state; None where it cannot be read: no public call shows it."""
    try:
        rpc = dataprovider._DataProvider__rpc
        return State(rpc._rpc._freqtrade.state)
    except (AttributeError, ValueError):
        return None


def is_running(dataprovider: DataProvider) -> bool:
    """Tell whether freqtrade buys as well as it sells.

    Notes
    -----
    While paused freqtrade refuses buys and executes sells. Where the state cannot be read it
    counts as not running: no round is better than one that sells into cash that may not be bought
    back.
    """
    return freqtrade_state(dataprovider) is State.RUNNING
