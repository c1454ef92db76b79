"""freqtrade's database: the tables that are read here, and a session.

freqtrade's own models bring every exchange with them, which costs seconds. The bot has them; a
process that only reads the database does without.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from freqtrade.exceptions import OperationalException
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Engine,
    Float,
    FromClause,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    inspect,
    make_url,
)
from sqlalchemy.exc import SQLAlchemyError

_TABLES = MetaData()


def _table(name: str, columns: dict[Any, str]) -> Table:
    """Describe a table: the names of its columns by their type."""
    typed = ((kind, word) for kind, words in columns.items() for word in words.split())
    return Table(name, _TABLES, *(Column(word, kind) for kind, word in typed))


_ORDERS = _table(
    "orders",
    {
        Integer: "id ft_trade_id",
        Boolean: "ft_is_open",
        Float: "ft_price price average filled ft_fee_base",
        String: "order_id ft_pair ft_order_side ft_order_tag",
        DateTime: "order_date order_filled_date",
    },
)
_TRADES = _table(
    "trades",
    {
        Integer: "id",
        Boolean: "is_open",
        Float: "amount stake_amount fee_open fee_close",
        String: "pair base_currency stake_currency fee_open_currency fee_close_currency",
    },
)
_KEYS = _table(
    "KeyValueStore", {Integer: "id", String: "key string_value", DateTime: "datetime_value"}
)


@dataclass(frozen=True)
class Database:
    """The tables that are read, and the session or connection to ask.

    They are those of orders, of trades and of the key-value store.
    """

    session: Any
    orders: FromClause
    trades: FromClause
    keys: FromClause


_read: Database | None = None


def database() -> Database:
    """Return the database that `reading` has opened; else that of freqtrade in this process."""
    if _read is not None:
        return _read
    from freqtrade.persistence import Order, Trade

    from rebalancing.freqtrade_side.internals import KeyValueRow

    return Database(
        Trade.session.connection(), Order.__table__, Trade.__table__, KeyValueRow.__table__
    )


@contextmanager
def reading(url: str) -> Iterator[None]:
    """Read the database of a bot, running or not, in the block, without freqtrade's models.

    Parameters
    ----------
    url : str
        freqtrade's `db_url`.

    Raises
    ------
    OperationalException
        If there is none yet, if it lives in the bot's memory, or if it is not one of freqtrade's.
    """
    global _read
    try:
        shown = make_url(url).render_as_string(hide_password=True)
        check_file(url)
        engine = create_engine(url)
        check_tables(engine, set(_TABLES.tables), shown)
        with engine.connect() as connection:
            _read = Database(connection, _ORDERS, _TRADES, _KEYS)
            yield
    except (SQLAlchemyError, ImportError) as error:  # the driver of another database
        reason = str(error).splitlines()[0]
        raise OperationalException(f"db_url: the database cannot be read: {reason}") from error
    finally:
        _read = None


def check_tables(engine: Engine, names: set[str], shown: str) -> None:
    """Check that a database has tables.

    Raises
    ------
    OperationalException
        If one is missing.
    """
    missing = names - set(inspect(engine).get_table_names())
    engine.dispose()
    if missing:
        raise OperationalException(
            f"{shown}: not a database of this freqtrade, it lacks {', '.join(sorted(missing))}"
        )


def check_file(url: str) -> None:
    """Check that there is a file, where the database is one.

    Raises
    ------
    OperationalException
        If there is none, or the database lives in the bot's memory.
    """
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
