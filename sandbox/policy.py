"""The policy of a configuration, checked by the strategy's own rules before anything starts."""

from datetime import timedelta

from sandbox.configuration import DEFAULT_STRATEGY, Setup
from sandbox.errors import SandboxError


def checked_period(setup: Setup) -> timedelta | None:
    """Check the configuration of a backtest as the strategy will.

    Returns
    -------
    timedelta or None
        The period, if no round starts without it; None if prices alone start rounds, or another
        strategy runs.

    Raises
    ------
    SandboxError
        A line for each problem.
    """
    if DEFAULT_STRATEGY not in setup.strategies:
        return None
    from freqtrade.enums import RunMode
    from freqtrade.exceptions import OperationalException

    from rebalancing.freqtrade_side.configuration import read_setup

    config = {**setup.config, "runmode": RunMode.BACKTEST}
    try:
        settings = read_setup(config, "1h").settings
    except OperationalException as error:
        raise SandboxError(*str(error).splitlines()) from None
    alone = settings.threshold is None or settings.combine == "and"
    return settings.period_duration if alone else None
