"""The configuration as ``freqtrade trade`` would read it: files, environment, default database."""

from __future__ import annotations

import logging
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from freqtrade.commands import Arguments
from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException

from rebalancing.freqtrade_side.outside.bot_configuration import default_files
from rebalancing.freqtrade_side.setup.first_check import check_configuration, merged_configuration


class _WithoutLog(Configuration):  # type: ignore[misc]  # freqtrade comes without types
    """Sets no log up: a log file that the configuration names belongs to the bot."""

    def _process_logging_options(self, config: dict[str, Any]) -> None:
        config["verbosity"] = 0


def trade_arguments(words: Sequence[str]) -> dict[str, Any]:
    """Read arguments as ``freqtrade trade`` does, its default configuration file included.

    Parameters
    ----------
    words : sequence of str
        What would stand after ``freqtrade trade``.

    Raises
    ------
    SystemExit
        If freqtrade would refuse them; it has said why.
    """
    arguments: dict[str, Any] = Arguments(["trade", *words]).get_parsed_arg()
    return arguments


def with_default_files(words: Sequence[str]) -> list[str]:
    """Name the default configuration files where the arguments name none.

    Parameters
    ----------
    words : sequence of str
        What would stand after ``freqtrade trade``.
    """
    parser = ArgumentParser(add_help=False)
    parser.add_argument("-c", "--config", action="append")
    parser.add_argument("--userdir", "--user-data-dir")
    found = parser.parse_known_args(list(words))[0]
    if found.config:
        return list(words)
    files = default_files(found.userdir)
    return [*(word for file in files for word in ("--config", file)), *words]


def trade_configuration(arguments: dict[str, Any]) -> dict[str, Any]:
    """Read the configuration as ``freqtrade trade`` would with the same arguments.

    Parameters
    ----------
    arguments : dict
        From `trade_arguments`.

    Returns
    -------
    dict
        Complete: with `runmode`, `dry_run` and the `db_url` the bot uses.

    Raises
    ------
    OperationalException
        If freqtrade would refuse it: a line for each problem.
    """
    written = merged_configuration(arguments["config"], arguments, os.environ, RunMode.DRY_RUN)
    logging.getLogger().addHandler(logging.NullHandler())  # else warnings go to standard error
    names = ", ".join(arguments["config"])
    try:
        config: dict[str, Any] = _WithoutLog(arguments, None).get_config()
    except OperationalException as error:
        # freqtrade stops at the first problem; its further lines show file or schema.
        problems = check_configuration(written) or [f"{names}: {str(error).splitlines()[0]}"]
        raise OperationalException("\n".join(problems)) from error
    except (AttributeError, KeyError, TypeError) as error:
        raise OperationalException(
            f"{names}: not a whole configuration of freqtrade, {error} is missing or wrong"
        ) from error
    return config
