"""At `/reload_config` an invalid configuration keeps the one before in force."""

from __future__ import annotations

from typing import Any

from freqtrade.enums import TRADE_MODES
from freqtrade.exceptions import OperationalException

from rebalancing.freqtrade_side.setup.configuration import Setup, read_setup

_in_force: dict[str, Any] = {}
"""Setup and whitelist of this process's bot: a reload makes a new strategy, not a new process."""


def read_or_keep(config: dict[str, Any], timeframe: str) -> tuple[Setup, str]:
    """Read and check the configuration; while trading, keep the last valid one instead.

    Parameters
    ----------
    config : dict
        freqtrade's, complete. Where the one before is kept, it gets its whitelist back.
    timeframe : str
        The main timeframe if the configuration does not name one.

    Returns
    -------
    Setup
        In force from now on.
    str
        What is wrong with the new configuration; empty if nothing is.

    Raises
    ------
    OperationalException
        If it is invalid and there is none before it, or if the stake currency changed.
    """
    if config.get("runmode") not in TRADE_MODES:
        return read_setup(config, timeframe), ""
    try:
        setup = read_setup(config, timeframe)
    except OperationalException as error:
        before: Setup | None = _in_force.get("setup")
        if before is None or before.stake != config.get("stake_currency"):
            raise
        config["exchange"]["pair_whitelist"] = list(_in_force["whitelist"])
        return before, "; ".join(str(error).splitlines())
    _in_force.update(setup=setup, whitelist=tuple(config["exchange"]["pair_whitelist"]))
    return setup, ""
