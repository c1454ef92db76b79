"""SQLite that waits for a locked database on the virtual clock."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from tests.virtual.director import Director
from tests.virtual.virtual_time import VirtualTime

_AGAIN = 0.05  # seconds until a locked database is tried again
_PATIENCE = re.compile(r"PRAGMA busy_timeout\s*=\s*(\d+)", re.IGNORECASE)


def wait_on(clock: VirtualTime, director: Director) -> None:
    """Let all connections that SQLAlchemy makes from now on wait by a clock."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
            assert isinstance(self.connection, Patient)
            if found := _PATIENCE.match(sql):
                self.connection.patience = int(found[1]) / 1000
                return self
            self.connection.wait_for(lambda: super(Cursor, self).execute(sql, parameters))
            return self

        def executemany(self, sql: str, parameters: Any) -> "Cursor":
            assert isinstance(self.connection, Patient)
            self.connection.wait_for(lambda: super(Cursor, self).executemany(sql, parameters))
            return self

    class Patient(sqlite3.Connection):
        patience = 5.0  # seconds, as Python's own

        def wait_for(self, what: Callable[[], object]) -> None:
            end = clock.elapsed + self.patience
            while True:
                try:
                    what()
                    return
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or clock.elapsed >= end:
                        raise
                director.sleep(_AGAIN)

        def cursor(self, *_: Any, **__: Any) -> Cursor:
            return super().cursor(Cursor)

        def execute(self, sql: str, parameters: Any = ()) -> Cursor:
            return self.cursor().execute(sql, parameters)

        def commit(self) -> None:
            self.wait_for(super().commit)

    @event.listens_for(Engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, more: dict[str, Any]) -> Patient:
        patience = more.pop("timeout", Patient.patience)
        connection = sqlite3.connect(*arguments, factory=Patient, timeout=0, **more)
        connection.patience = float(patience)
        return connection
