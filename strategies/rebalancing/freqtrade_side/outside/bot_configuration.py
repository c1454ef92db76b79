"""What the reader of a bot's database and journal has to know of its configuration.

freqtrade's own reader imports every exchange and takes seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from freqtrade.constants import (
    DEFAULT_CONFIG,
    DEFAULT_DB_DRYRUN_URL,
    DEFAULT_DB_PROD_URL,
)
from freqtrade.exceptions import OperationalException

from rebalancing.freqtrade_side.setup.config_files import read_files

LIVE_FILE = "live.json"
"""What makes a rehearsed configuration a live one: the keys, and that it is no dry-run."""


def default_files(user_data: str | None) -> list[str]:
    """Name the configuration files of a bot that is given none.

    freqtrade's default, and after it ``live.json`` of the user folder, if there is one.

    Parameters
    ----------
    user_data : str or None
        freqtrade's ``--userdir``; None for its default.
    """
    folder = Path(user_data or "user_data")
    own, live = folder / DEFAULT_CONFIG, folder / LIVE_FILE
    file = str(own) if own.is_file() else DEFAULT_CONFIG
    return [file, *([str(live)] if live.is_file() else [])]


def reader_configuration(
    files: Sequence[str],
    environment: Mapping[str, str],
    *,
    db_url: str | None = None,
    user_data: str | None = None,
) -> dict[str, Any]:
    """Read the configuration of a bot for somebody who only reads what it has written.

    Parameters
    ----------
    files : sequence of str
        Its configuration files; none for the default ones.
    environment : mapping of str to str
        Variables; those that begin with ``FREQTRADE__`` count.
    db_url, user_data : str or None
        freqtrade's ``--db-url`` and ``--userdir``; None where they are not given.

    Returns
    -------
    dict
        With `user_data_dir`, `dry_run` and `db_url` as the bot has them. What else freqtrade
        would refuse is not looked for.

    Raises
    ------
    OperationalException
        If a file cannot be read, or what the reader needs is missing.
    """
    files = list(files) or default_files(user_data)
    config = read_files(files, environment)
    for key, kind in (("exchange", dict), ("stake_currency", str)):
        if not isinstance(config.get(key), kind):
            raise OperationalException(
                f"{', '.join(files)}: not a whole configuration of freqtrade, '{key}' is missing "
                "or wrong"
            )
    config["dry_run"] = bool(config.get("dry_run"))
    folder = user_data or config.get("user_data_dir") or Path.cwd() / "user_data"
    config["user_data_dir"] = Path(str(folder))
    if db_url not in (None, DEFAULT_DB_PROD_URL):  # freqtrade takes its default for none given
        config["db_url"] = db_url
    if config.get("db_url") in (None, "", DEFAULT_DB_PROD_URL):
        config["db_url"] = DEFAULT_DB_DRYRUN_URL if config["dry_run"] else DEFAULT_DB_PROD_URL
    return config
