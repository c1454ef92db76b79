"""The running bot's database, opened from another process."""

from __future__ import annotations

from freqtrade.exceptions import OperationalException
from freqtrade.misc import parse_db_uri_for_logging
from freqtrade.persistence import Trade, init_db
from freqtrade.persistence.base import ModelBase
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from rebalancing.freqtrade_side.records.database import check_file, check_tables


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
        check_file(url)
        check_tables(create_engine(url), set(ModelBase.metadata.tables), shown)
        init_db(url)
    except (SQLAlchemyError, ImportError) as error:  # the driver of another database
        reason = str(error).splitlines()[0]
        raise OperationalException(f"{shown}: the database cannot be opened: {reason}") from error


def see_changes() -> None:
    """End the transaction of this process, so that the next read shows what the bot has written."""
    Trade.rollback()
