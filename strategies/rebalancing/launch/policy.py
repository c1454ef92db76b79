"""A configuration checked by the strategy's own rules, before anything starts."""

import os
from datetime import timedelta

from rebalancing.launch.arguments import Given
from rebalancing.launch.configuration import DEFAULT_CONFIG, DEFAULT_STRATEGY, Setup
from rebalancing.launch.errors import LaunchError

DOWNLOAD = ("./setup.sh", "data")


def check(setup: Setup, given: Given, *, hyperopt: bool = False) -> None:
    """Check the configuration of a run of SmartRebalance, and whether there are candles for it.

    Raises
    ------
    LaunchError
        A line for each problem.
    """
    if DEFAULT_STRATEGY not in setup.strategies:
        return
    from freqtrade.enums import RunMode

    from rebalancing.freqtrade_side.setup.first_check import (
        check_configuration,
        merged_configuration,
    )

    options = {
        **given.settings,
        "pairs": list(given.pairs) or None,
        "strategy": DEFAULT_STRATEGY,
        "datadir": setup.datadir_argument,
        "user_data_dir": given.user_data_dir,
    }
    files, mode = given.configs or (DEFAULT_CONFIG,), RunMode.BACKTEST
    mode = RunMode.HYPEROPT if hyperopt else RunMode.BACKTEST
    config = merged_configuration(files, options, os.environ, mode)
    if problems := check_configuration(config, DOWNLOAD):
        raise LaunchError(*problems)


def period_of(setup: Setup) -> timedelta | None:
    """Return the period, if no round starts without it.

    None if prices alone start rounds, or another strategy runs. The configuration was checked.
    """
    if DEFAULT_STRATEGY not in setup.strategies:
        return None
    from rebalancing.freqtrade_side.setup.configuration import plain_setup

    settings = plain_setup(setup.config).settings
    return settings.period_duration if settings.needs_boundary else None
