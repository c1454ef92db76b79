"""Which bot a command speaks of: the options, and its configuration and database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from rebalancing.cli.refusals import RefusedError


@dataclass(frozen=True)
class Bot:
    """Which bot is meant: the options of freqtrade that say so, as the user gave them.

    Parameters
    ----------
    configs : tuple of str
        Its configuration files; none for the default ones.
    db_url, userdir : str or None
        Its database and its folder; None for those of the configuration, or freqtrade's default.
    """

    configs: tuple[str, ...] = ()
    db_url: str | None = None
    userdir: str | None = None

    @property
    def words(self) -> list[str]:
        """The options as arguments of freqtrade."""
        named = {"--db-url": self.db_url, "--userdir": self.userdir}
        words = [word for file in self.configs for word in ("--config", file)]
        return [*words, *(w for name, value in named.items() if value for w in (name, value))]


def bot_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options --config, --db-url, --userdir, as its `bot`, and --json."""

    @wraps(command)
    def collected(
        configs: tuple[str, ...], db_url: str | None, userdir: str | None, **others: Any
    ) -> None:
        command(bot=Bot(configs, db_url, userdir), **others)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object."),
        click.option(
            "--db-url", metavar="URL", help="The bot's database. Default: as freqtrade's."
        ),
        click.option(
            "--userdir",
            "--user-data-dir",
            "userdir",
            metavar="FOLDER",
            help="The bot's folder. Default: user_data.",
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
        collected = option(collected)
    return collected


def bot_configuration(bot: Bot) -> dict[str, Any]:
    """Read the configuration of a bot as the bot does.

    Raises
    ------
    RefusedError
        If freqtrade would refuse it.
    """
    from rebalancing.freqtrade_side.outside.trade_configuration import with_default_files

    return read_configuration(with_default_files(bot.words))


def reader_configuration(bot: Bot) -> dict[str, Any]:
    """Read what the reader of a bot's database and journal needs, without freqtrade.

    Raises
    ------
    RefusedError
        If a file cannot be read, or something is missing.
    """
    from rebalancing.freqtrade_side.outside import bot_configuration as outside

    with refusals():
        return outside.reader_configuration(
            bot.configs, os.environ, db_url=bot.db_url, user_data=bot.userdir
        )


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


def open_bot(bot: Bot) -> dict[str, Any]:
    """Read the configuration of a bot and open its database.

    Raises
    ------
    RefusedError
        If freqtrade would refuse the configuration, or there is no database.
    """
    from rebalancing.freqtrade_side.outside.bot_database import open_database

    config = bot_configuration(bot)
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
