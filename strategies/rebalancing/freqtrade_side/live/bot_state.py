"""Is freqtrade itself running, or paused by its user?"""

from __future__ import annotations

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import State


def is_running(dataprovider: DataProvider) -> bool:
    """Tell whether freqtrade buys as well as it sells.

    Notes
    -----
    While paused freqtrade refuses buys and executes sells, and no public call shows it to a
    strategy. Where the state cannot be read it counts as not running: no round is better than
    one that sells into cash that may not be bought back.
    """
    try:
        rpc = dataprovider._DataProvider__rpc
        return bool(rpc._rpc._freqtrade.state == State.RUNNING)
    except AttributeError:
        return False
