"""Everything that can be known to be wrong before freqtrade is started, in under two seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from freqtrade.enums import OPTIMIZE_MODES, RunMode

from rebalancing.freqtrade_side.setup.checks.candles import candle_problems
from rebalancing.freqtrade_side.setup.checks.names import name_problems
from rebalancing.freqtrade_side.setup.checks.schema import schema_problems
from rebalancing.freqtrade_side.setup.config_files import read_files
from rebalancing.freqtrade_side.setup.configuration import examine

DEFAULT_FILE = "config.json"

DOWNLOAD = ("freqtrade", "download-data")

TIMEFRAME = "1h"
"""The strategy's own, where the configuration names none."""

_OPTIONS = (
    "strategy",
    "strategy_path",
    "timeframe",
    "timeframe_detail",
    "timerange",
    "max_open_trades",
    "stake_amount",
    "fee",
    "dry_run_wallet",
    "dataformat_ohlcv",
    "datadir",
    "user_data_dir",
    "spaces",
    "position_stacking",
    "pairs",
)


def merged_configuration(
    files: Sequence[str],
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    runmode: RunMode,
) -> dict[str, Any]:
    """Read a configuration as freqtrade's command would with these arguments.

    Parameters
    ----------
    files : sequence of str
        The configuration files.
    options : mapping
        Values by the names of freqtrade's own table of options (``timeframe``, ``datadir``, ...);
        None where an option is not given.
    environment : mapping of str to str
        Variables.
    runmode : RunMode
        Of the command.

    Raises
    ------
    OperationalException
        If a file is missing, is not readable or is not valid: one line with file, line and column.
    """
    written = read_files(files, environment)
    given = {key: options[key] for key in _OPTIONS if options.get(key) is not None}
    config = {**written, **given, "original_config": written, "runmode": runmode}
    config["config_files"] = list(files) if list(files) != [DEFAULT_FILE] else []
    exchange = written.get("exchange")
    if given.get("pairs") and isinstance(exchange, dict):
        config["exchange"] = {**exchange, "pair_whitelist": given["pairs"]}
    user_data = Path(str(config.get("user_data_dir") or "user_data"))
    config["datadir_given"] = "datadir" in given
    if "datadir" not in given:
        name = str((exchange or {}).get("name", "")).lower() if isinstance(exchange, dict) else ""
        config["datadir"] = user_data / "data" / name
    return config


def check_configuration(config: Mapping[str, Any], download: Sequence[str] = DOWNLOAD) -> list[str]:
    """Find everything that is wrong with a configuration, without freqtrade and an exchange.

    Parameters
    ----------
    config : mapping
        From `merged_configuration`.
    download : sequence of str
        The words of the command that gets candles, for the remedies.

    Returns
    -------
    list of str
        One line for each problem, with key, rule, value and remedy; empty if nothing is wrong.
    """
    schema = schema_problems(config)
    broken = {line.split(":")[0].split(".")[0] for line in schema} - {"exchange"}
    sound = {key: value for key, value in config.items() if key not in broken}
    timeframe = str(sound.get("timeframe") or TIMEFRAME)
    setup, problems = examine(sound, timeframe)
    own = [line for line in problems if line.split(":")[0].split(".")[0] not in broken]
    names = name_problems(sound)
    said = {line.split(":")[0] for line in [*own, *names]}
    found = [*names, *(line for line in schema if line.split(":")[0] not in said), *own]
    if not found and config["runmode"] in OPTIMIZE_MODES:
        found = candle_problems(config, setup.pairs, timeframe, download)
    return found
