"""A configuration checked by the strategy's own rules, before anything starts."""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rebalancing.launch.arguments import Given
from rebalancing.launch.configuration import DEFAULT_CONFIG, DEFAULT_STRATEGY, Setup
from rebalancing.launch.errors import LaunchError

if TYPE_CHECKING:
    from freqtrade.enums import RunMode

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

    config = merged(setup, given, RunMode.HYPEROPT if hyperopt else RunMode.BACKTEST)
    refuse_problems(config)


def merged(setup: Setup, given: Given, mode: "RunMode") -> dict[str, Any]:
    """Return the configuration as freqtrade's command would read it for SmartRebalance."""
    from rebalancing.freqtrade_side.setup.first_check import merged_configuration

    options = {
        **given.settings,
        "pairs": list(given.pairs) or None,
        "strategy": DEFAULT_STRATEGY,
        "datadir": setup.datadir_argument,
        "user_data_dir": given.user_data_dir,
    }
    return merged_configuration(given.configs or (DEFAULT_CONFIG,), options, os.environ, mode)


def refuse_problems(config: Mapping[str, Any]) -> None:
    """Refuse a configuration from `merged` that has any problem.

    Raises
    ------
    LaunchError
        A line for each problem.
    """
    from rebalancing.freqtrade_side.setup.first_check import check_configuration

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
