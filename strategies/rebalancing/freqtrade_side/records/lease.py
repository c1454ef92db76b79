"""The right to trade with a database: one process has it, until it ends or its server drops it."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from freqtrade.exceptions import OperationalException
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

ENDING = 2.0
"""Seconds in which a process that is about to end may still hold the lease."""

KEY = 0x72656261
"""Of the advisory lock; PostgreSQL keeps those of each database apart."""

SOMEBODY = "another process"

_held: dict[URL, Any] = {}
"""What holds the lease of this process: it lives as long as the process does, so that reading the
configuration again finds it here. None where a server has dropped it."""


def take_lease(db_url: str) -> None:
    """Take the lease of a database, or refuse to trade with it.

    Parameters
    ----------
    db_url : str
        freqtrade's. SQLite and PostgreSQL have leases; a database in memory needs none.

    Raises
    ------
    OperationalException
        If another process has it, or if the database cannot be asked.
    """
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            return
        url = url.set(database=str(Path(url.database).resolve()))
    elif url.get_backend_name() != "postgresql":
        return
    if _held.get(url) is not None:
        return
    take = _lock_file if url.get_backend_name() == "sqlite" else _lock_server
    last = time.monotonic() + ENDING
    while (holder := take(url)) is not None:
        if time.monotonic() > last:
            shown = url.render_as_string(hide_password=True)
            raise OperationalException(
                f"db_url: {holder} trades with the same database, {shown}: stop it first, or give "
                "this bot a db_url of its own"
            )
        time.sleep(0.1)


def keep_lease() -> str | None:
    """Take the leases again that a server has dropped with its connection.

    Returns
    -------
    str or None
        Who has got one meanwhile; None if this process holds all that it took.

    Raises
    ------
    OperationalException
        If the server cannot be asked.
    """
    for url, holder in list(_held.items()):
        if url.get_backend_name() == "postgresql" and not _is_alive(holder):
            _held[url] = None  # nobody asks that connection again: it would connect anew, unlocked
            if (other := _lock_server(url)) is not None:
                return other
    return None


def _is_alive(connection: Connection | None) -> bool:
    """Tell whether a connection, and with it its lock, still exists."""
    if connection is None:
        return False
    try:
        connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def lease_holder(db_url: str) -> str | None:
    """Return who trades with a database; empty if nobody does, None if that cannot be told.

    Parameters
    ----------
    db_url : str
        freqtrade's.
    """
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return _file_holder(Path(f"{Path(url.database).resolve()}.lease"))
    if url.get_backend_name() != "postgresql":
        return None
    try:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            return _server_holder(connection) or ""
    except SQLAlchemyError:
        return None


def _file_holder(path: Path) -> str | None:
    try:
        import fcntl

        # Whoever takes the lease at this moment tries again.
        with path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip() or SOMEBODY
        return ""
    except FileNotFoundError:
        return ""
    except (ImportError, OSError):
        return None


def _lock_file(url: URL) -> str | None:
    """Lock a file beside a database; return who has locked it, None if this process now has.

    Notes
    -----
    The database itself carries SQLite's own locks, which closing it here would end.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    path = Path(f"{url.database}.lease")
    try:
        file: IO[str] = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise OperationalException(f"{path}: {error.strerror}: the lease cannot be taken") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            return file.read().strip() or SOMEBODY
    file.truncate(0)
    file.write(_holder(f"process {os.getpid()}", datetime.now(UTC)))
    file.flush()
    _held[url] = file
    return None


def _lock_server(url: URL) -> str | None:
    """Take an advisory lock on a connection of its own.

    Return who has it, None if this process now has.
    """
    try:
        connection = create_engine(url, poolclass=NullPool).connect()
        connection.execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}):
            _held[url] = connection
            return None
        with connection:
            return _server_holder(connection) or SOMEBODY
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        shown = url.render_as_string(hide_password=True)
        raise OperationalException(f"{shown}: the lease cannot be taken: {reason}") from None


def _server_holder(connection: Connection) -> str | None:
    found = connection.execute(
        text(
            "SELECT coalesce(client_addr::text, 'this machine'), client_port, backend_start "
            "FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE locktype = 'advisory' AND granted AND objid = :key AND pg_locks.database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        {"key": KEY},
    ).first()
    if found is None:
        return None
    return _holder(f"a process on {found[0]}, port {found[1]}", found[2].astimezone(UTC))


def _holder(name: str, since: datetime) -> str:
    return f"{name}, since {since:%Y-%m-%d %H:%M:%S} UTC,"
