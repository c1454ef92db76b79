"""The running bot's database, opened from another process."""

from __future__ import annotations

from pathlib import Path

from freqtrade.exceptions import OperationalException
from freqtrade.misc import parse_db_uri_for_logging
from freqtrade.persistence import Trade, init_db
from freqtrade.persistence.base import ModelBase
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError


def open_database(url: str) -> None:
    """Open the database of a bot, running or not, for freqtrade's models.

    Parameters
    ----------
    url : str
        freqtrade's `db_url`.

    Raises
    ------
    OperationalException
        If there is none yet, if it lives in the bot's memory, or if it is not one of this
        freqtrade: it is neither made nor migrated here, the bot does that.
    """
    shown = parse_db_uri_for_logging(url)
    try:
        _check_file(url)
        engine = create_engine(url)
        missing = set(ModelBase.metadata.tables) - set(inspect(engine).get_table_names())
        engine.dispose()
        if missing:
            raise OperationalException(
                f"{shown}: not a database of this freqtrade, it lacks {', '.join(sorted(missing))}"
            )
        init_db(url)
    except (SQLAlchemyError, ImportError) as error:  # the driver of another database
        reason = str(error).splitlines()[0]
        raise OperationalException(f"{shown}: the database cannot be opened: {reason}") from error


def see_changes() -> None:
    """End the transaction of this process, so that the next read shows what the bot has written."""
    Trade.rollback()


def _check_file(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    if not parsed.database or parsed.database == ":memory:":
        raise OperationalException(
            f"{url}: the database is in the bot's memory, where nobody else can read it; "
            "leave db_url out for a file"
        )
    if not Path(parsed.database).is_file():
        raise OperationalException(
            f"no database {Path(parsed.database).absolute()}: no bot has run with this "
            "configuration in this folder; name its database with --db-url"
        )
