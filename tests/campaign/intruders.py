"""What other programs do to a bot: a second one on its database, one that locks it, one that uses
up what the exchange allows."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.campaign.other_hands import now_ms
from tests.campaign.witnessed import Intruder
from tests.support.bot_records import DATABASE
from tests.support.live_bots import UNLIMITED

if TYPE_CHECKING:
    from tests.campaign.life import Life

PATIENCE = 0.5  # seconds for which a bot waits for its database where one locks it
_ENDS_WITHIN = 15  # loops of the first bot in which a second one is refused
_OF_THE_DATABASE = ("the same database", "Traceback")


@dataclass(frozen=True)
class SecondProcess:
    """The same bot is started once more."""

    def happen(self, life: "Life") -> None:
        """Start it, see what becomes of it, and end it if nothing does."""
        life.wait(1)
        first = life.bot.process
        config = {name: part for name, part in life.bot.config.items() if name != "api_server"}
        second = life.ground.bot(config, f"second-{len(life.hands.intruders)}")
        (second.folder / DATABASE).symlink_to(life.bot.records.database)
        second.start()
        life.wait(_ENDS_WITHIN, lambda: not second.alive)
        status = None if second.alive else second.status
        second.kill()
        if life.bot.process is not first:
            return  # the first one ended meanwhile, and the database was free
        said = second.records.log.splitlines()
        lines = tuple(line for line in said if any(word in line for word in _OF_THE_DATABASE))
        life.hands.intruders.append(Intruder(status, lines, second.records.loops))


@dataclass(frozen=True)
class LockDatabase:
    """Prices move, and right after the first order that comes of it the database is locked."""

    prices: Mapping[str, float]
    seconds: float

    def happen(self, life: "Life") -> None:
        """Lock it, as a backup or a browser of databases does."""
        life.move(self.prices)
        life.wait_for_order()
        life.disturb()
        file = life.bot.records.database
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            try:
                database.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return  # it is busy for longer than anybody waits
            begun = now_ms()
            life.clock.sleep(self.seconds)
            database.execute("ROLLBACK")
        life.hands.locked_databases.append((begun, now_ms()))


@dataclass(frozen=True)
class LowLimits:
    """Others behind the same address use up requests, and orders, until `Repair`.

    Attributes
    ----------
    weight
        What the exchange still allows in a minute.
    orders
        How many orders may be unfilled.
    ban_after
        Refused requests after which the client is banned for a second.
    """

    weight: int
    orders: int
    ban_after: int

    def happen(self, life: "Life") -> None:
        """Lower the limits."""
        life.disturb()
        life.is_limited = True
        life.ground.set_limits(
            weight=self.weight, orders_10s=self.orders, ban_after=self.ban_after, ban_seconds=1
        )

        def lift() -> bool:
            life.disturb()
            life.is_limited = False
            life.ground.set_limits(weight=UNLIMITED.weight)
            return True

        life.hands.undo_at_repair(lift)
