"""Download candles with freqtrade, for what the configuration trades."""

import sys
import tempfile
from collections.abc import Sequence

from rebalancing.launch.arguments import read_arguments
from rebalancing.launch.asked import Asked
from rebalancing.launch.configuration import DEFAULT_CONFIG, load_configuration, read_setup
from rebalancing.launch.connection import own_exchange
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.process import run_process
from rebalancing.launch.quiet_run import new_log, run_quietly
from rebalancing.launch.results import check_writable

_DAYS = "1000"
"""Of candles, where the user names no range: freqtrade's own default are 30 days."""


def download(asked: Asked) -> int:
    """Download from the configured exchange and return the exit status.

    Raises
    ------
    LaunchError
        If the download cannot start or fails.
    """
    given = read_arguments(asked.arguments, "download-data")
    configs = given.configs or (DEFAULT_CONFIG,)
    setup = read_setup(load_configuration(configs), given)
    words = [*asked.arguments]
    if not given.configs:
        words += ["--config", DEFAULT_CONFIG]
    if not {"days", "timerange"} & given.settings.keys():
        words += ["--days", _DAYS]
    if "timeframes" not in given.settings:
        words += ["--timeframes", _timeframe(setup.config.get("timeframe"), configs)]
    check_writable(setup.datadir, setup.user_data / "logs")
    with tempfile.TemporaryDirectory(prefix="download-", ignore_cleanup_errors=True) as room:
        connection = own_exchange(setup)
        command = [sys.executable, "-m", "rebalancing.launch.leash", room, "download-data"]
        command += [*words, *connection.arguments]
        if asked.verbose:
            return run_process(command, connection.environment)
        log = new_log(setup.user_data, "download")
        print(f"candles of {setup.exchange} into {setup.datadir}; freqtrade's output: {log}")
        try:
            run_quietly("download", command, connection.environment, log)
        except LaunchError as error:
            raise _explained(error, setup.exchange) from None
    print(f"candles are in {setup.datadir}")
    return 0


def _timeframe(configured: object, configs: Sequence[str]) -> str:
    if not isinstance(configured, str):
        names = ", ".join(configs)
        raise LaunchError(f'{names}: has no "timeframe"; add --timeframes 1h, say')
    return configured


def _explained(error: LaunchError, exchange: str) -> LaunchError:
    if not any("Markets were not loaded" in problem for problem in error.problems):
        return error
    where = error.problems[-1].rpartition(" ")[2]
    return LaunchError(
        f"{exchange} cannot be reached, so nothing was downloaded: look at the network (and at "
        "exchange.name, ccxt_config and proxies), then run it again; or put candles that you have "
        f"into --datadir FOLDER; freqtrade's output is in {where}",
        status=error.status,
    )
