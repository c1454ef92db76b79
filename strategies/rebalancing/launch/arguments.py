"""The user's arguments, read with freqtrade's own table of options."""

import argparse
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from rebalancing.launch.errors import LaunchError

Command = Literal["backtesting", "hyperopt", "download-data"]

_SETTINGS = (
    *("timeframe", "timeframe_detail", "timerange", "max_open_trades", "stake_amount"),
    *("dry_run_wallet", "fee", "position_stacking", "spaces", "days", "timeframes"),
    *("strategy_path", "recursive_strategy_search", "dataformat_ohlcv"),
)
"""Options that freqtrade puts over the configuration as they are."""


@dataclass(frozen=True)
class Given:
    """The options of freqtrade's command that matter here, as the user gave them.

    Attributes
    ----------
    configs
        The configuration files, in order; empty where none is given.
    datadir, user_data_dir, export_directory, export_filename
        The paths given; None where they are not.
    pairs, strategy_list
        The names given; empty where they are not.
    strategy, export, cache, hyperopt_loss
        The choices given; None where they are not.
    hyperopt_path
        The folder of loss functions given; None where it is not.
    epochs
        How many hyperopt is to try; None where it is not given.
    settings
        What else beats the configuration's key of the same name, such as ``timeframe``.
    """

    configs: tuple[str, ...] = ()
    datadir: Path | None = None
    user_data_dir: Path | None = None
    export_directory: Path | None = None
    export_filename: Path | None = None
    pairs: tuple[str, ...] = ()
    strategy_list: tuple[str, ...] = ()
    strategy: str | None = None
    export: str | None = None
    cache: str | None = None
    hyperopt_loss: str | None = None
    hyperopt_path: str | None = None
    epochs: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise LaunchError(f"{message} ({self.prog} --help lists its arguments)")


def read_arguments(arguments: Sequence[str], command: Command = "backtesting") -> Given:
    """Read arguments the way freqtrade's command will.

    Raises
    ------
    LaunchError
        If freqtrade would refuse them, or a configuration is to come from standard input, which
        can be read only once.
    """
    found = vars(_parser(command).parse_args(list(arguments)))
    configs = tuple(found["config"] or ())
    if "-" in configs:
        raise LaunchError("--config -: standard input can be read only once; write it to a file")
    return Given(
        configs=configs,
        datadir=_path(found["datadir"]),
        user_data_dir=_path(found["user_data_dir"]),
        export_directory=_path(found.get("exportdirectory")),
        export_filename=_path(found.get("exportfilename")),
        pairs=tuple(found["pairs"] or ()),
        strategy_list=tuple(found.get("strategy_list") or ()),
        strategy=found.get("strategy"),
        export=found.get("export"),
        cache=found.get("backtest_cache"),
        hyperopt_loss=found.get("hyperopt_loss"),
        hyperopt_path=found.get("hyperopt_path"),
        epochs=found.get("epochs"),
        settings={name: found[name] for name in _SETTINGS if found.get(name) is not None},
    )


def _parser(command: Command) -> argparse.ArgumentParser:
    # Not freqtrade's parser itself: that one puts its default configuration in where none is given.
    from freqtrade.commands.arguments import (
        ARGS_BACKTEST,
        ARGS_COMMON,
        ARGS_DOWNLOAD_DATA,
        ARGS_HYPEROPT,
        ARGS_STRATEGY,
    )
    from freqtrade.commands.cli_options import AVAILABLE_CLI_OPTIONS

    own = {
        "backtesting": [*ARGS_STRATEGY, *ARGS_BACKTEST],
        "hyperopt": [*ARGS_STRATEGY, *ARGS_HYPEROPT],
        "download-data": ARGS_DOWNLOAD_DATA,
    }[command]
    parser = _Parser(prog=f"freqtrade {command}", add_help=False)
    for name in (*ARGS_COMMON, *own):
        option = AVAILABLE_CLI_OPTIONS[name]
        rest = {**deepcopy(option.kwargs), "default": None}
        parser.add_argument(*option.cli, dest=name, **rest)
    return parser


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
