"""Which bot a command speaks of: the options, and its configuration and database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from rebalancing.cli.refusals import RefusedError

_Command = TypeVar("_Command", bound=Callable[..., Any])


def bot_options(command: _Command) -> _Command:
    """Give a command the options --config, --db-url and --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object."),
        click.option(
            "--db-url", metavar="URL", help="The bot's database. Default: as freqtrade's."
        ),
        click.option(
            "--config",
            "-c",
            "configs",
            multiple=True,
            metavar="FILE",
            help="The bot's configuration; repeat it as for freqtrade. "
            "Default: user_data/config.json, else config.json; then user_data/live.json.",
        ),
    ):
        command = option(command)
    return command


def bot_configuration(configs: Sequence[str], db_url: str | None) -> dict[str, Any]:
    """Read the configuration of a bot as the bot does.

    Parameters
    ----------
    configs : sequence of str
        Its configuration files; none for the default ones.
    db_url : str or None
        Its database; None for that of the configuration, or freqtrade's default.

    Raises
    ------
    RefusedError
        If freqtrade would refuse it.
    """
    from rebalancing.freqtrade_side.outside.trade_configuration import with_default_files

    words = [word for file in configs for word in ("--config", file)]
    if db_url is not None:
        words += ["--db-url", db_url]
    return read_configuration(with_default_files(words))


def read_configuration(words: Sequence[str]) -> dict[str, Any]:
    """Read the configuration that ``freqtrade trade`` would read with these arguments.

    Raises
    ------
    RefusedError
        If freqtrade would refuse it.
    """
    from rebalancing.freqtrade_side.outside.trade_configuration import (
        trade_arguments,
        trade_configuration,
    )

    with refusals():
        return trade_configuration(trade_arguments(words))


def open_bot(configs: Sequence[str], db_url: str | None) -> dict[str, Any]:
    """Read the configuration of a bot and open its database.

    Raises
    ------
    RefusedError
        If freqtrade would refuse the configuration, or there is no database.
    """
    from rebalancing.freqtrade_side.outside.bot_database import open_database

    config = bot_configuration(configs, db_url)
    with refusals():
        open_database(str(config["db_url"]))
    return config


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what freqtrade or the database refuse in the block into lines without a traceback."""
    from freqtrade.exceptions import FreqtradeException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except FreqtradeException as error:
        raise RefusedError(str(error)) from error
    except SQLAlchemyError as error:
        raise RefusedError(f"the database: {str(error).splitlines()[0]}") from error
