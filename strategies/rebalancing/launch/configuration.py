"""The user's configuration, merged as freqtrade does, and what follows from it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing.launch.arguments import Given
from rebalancing.launch.errors import LaunchError

DEFAULT_CONFIG = "config.json"
DEFAULT_STRATEGY = "SmartRebalance"
ENVIRONMENT_PREFIX = "FREQTRADE__"


@dataclass(frozen=True)
class Setup:
    """Where a backtest finds its candles and leaves its result, and for which pairs.

    Attributes
    ----------
    config
        Merged, with the arguments that beat it.
    exchange
        The user's exchange, in lower case.
    pairs
        The pair whitelist and the pairs given as arguments; may hold wildcards.
    strategies
        The names of those that will run.
    user_data
        freqtrade's folder for all it writes.
    datadir_argument
        The folder to name in ``--datadir``; None where freqtrade would find it by itself.
    """

    config: Mapping[str, Any]
    exchange: str
    stake: str
    pairs: tuple[str, ...]
    strategies: tuple[str, ...]
    user_data: Path
    datadir: Path
    datadir_argument: Path | None


def load_configuration(files: Sequence[str]) -> dict[str, Any]:
    """Merge configuration files and the environment as freqtrade does.

    Raises
    ------
    LaunchError
        If a file is missing, is not readable, or is not a JSON object: file, line and column.
    """
    from freqtrade.exceptions import OperationalException

    from rebalancing.freqtrade_side.setup.config_files import read_files

    try:
        return read_files(files, os.environ)
    except OperationalException as error:
        raise LaunchError(str(error)) from None


def read_setup(config: Mapping[str, Any], given: Given) -> Setup:
    """Work out a backtest's folders and pairs from the merged configuration and the arguments.

    Raises
    ------
    LaunchError
        If the exchange, the stake currency or the whitelist is missing or of the wrong kind.
    """
    exchange = config.get("exchange")
    if not isinstance(exchange, dict):
        raise LaunchError("exchange: missing from the configuration, must be an object")
    name = _text(exchange, "name", "exchange.").lower()
    whitelist = exchange.get("pair_whitelist", [])
    if not isinstance(whitelist, list):
        raise LaunchError("exchange.pair_whitelist: must be a list of pairs such as BTC/USDT")
    user_data = given.user_data_dir or Path(str(config.get("user_data_dir") or "user_data"))
    # freqtrade ignores a "datadir" in the configuration; as an argument it heeds it.
    named = given.datadir or (Path(str(config["datadir"])) if config.get("datadir") else None)
    only = {"exchange": {**exchange, "pair_whitelist": list(given.pairs)}} if given.pairs else {}
    strategy = given.strategy or str(config.get("strategy") or DEFAULT_STRATEGY)
    return Setup(
        config={**config, **given.settings, **only},
        exchange=name,
        stake=_text(config, "stake_currency", ""),
        pairs=(*whitelist, *given.pairs),
        strategies=given.strategy_list or (strategy,),
        user_data=user_data,
        datadir=named or user_data / "data" / name,
        datadir_argument=named,
    )


def _text(parent: Mapping[str, Any], key: str, prefix: str) -> str:
    found = parent.get(key)
    if not isinstance(found, str) or not found:
        raise LaunchError(f"{prefix}{key}: missing from the configuration, must be a name")
    return found


def child_environment(environment: Mapping[str, str], overlay: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment without the variables that would beat the overlay.

    Notes
    -----
    freqtrade lets ``FREQTRADE__EXCHANGE__*`` win over every file. What the overlay does not set,
    such as the pair whitelist, stays.
    """
    taken = {
        (section.lower(), key.lower()) if key else (section.lower(),)
        for section, value in overlay.items()
        for key in (value if isinstance(value, Mapping) else [""])
    }

    def beats(name: str) -> bool:
        parts = tuple(name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"))
        return name.startswith(ENVIRONMENT_PREFIX) and not taken.isdisjoint({parts[:1], parts[:2]})

    return {name: value for name, value in environment.items() if not beats(name)}
