"""A local exchange in memory, on a virtual clock."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.binance.dialect import Binance
from sandbox.serving.server import application_of
from tests.support.live_bots import UNLIMITED, Ground, LiveBot, built_ground
from tests.virtual.memory_http import MemoryServer
from tests.virtual.virtual_bot import Place, VirtualBot
from tests.virtual.virtual_time import VirtualLoop, travelling

_URL = "http://127.0.0.1:9"  # where nobody listens: a request that leaves the process fails
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_SPREAD = 90 * 86_400  # seconds within which lives begin
_KILLS_PER_SECOND = 100  # points where a bot may die, about as many as it passes in a second
_LONGEST = 6.0  # seconds until a bot that hangs is killed where it stands


@dataclass(frozen=True)
class VirtualGround(Ground):
    """A local exchange whose bots are virtual."""

    place: Place

    def set_limits(self, **limits: int) -> None:
        """Let the exchange allow so much; see `sandbox.binance.rate_limits.Limits`."""
        body = json.dumps(limits).encode()
        asked = self.place.server.ask("POST", "/control/limits", {}, body)
        answer = self.place.loop.run_until_complete(asked)
        assert answer is not None
        assert answer.status == 200, answer

    def bot(self, config: dict[str, Any], name: str = "bot") -> LiveBot:
        """Make a bot, not started yet; it has the account's keys where it trades live."""
        keys = None if config["dry_run"] else self.trading.keys
        return VirtualBot(self.folder / name, config, self.url, keys, place=self.place)


@dataclass(frozen=True)
class VirtualClock:
    """The time of a virtual ground."""

    place: Place

    def now(self) -> float:
        """Return the seconds since the start."""
        return self.place.clock.elapsed

    def sleep(self, seconds: float) -> None:
        """Let the bots go on for so long."""
        self.place.sleep(seconds)

    def sleep_until_killed(self, bot: VirtualBot, seconds: float) -> None:
        """Let a bot go on to one of the points where it may die."""
        bot.go_to_point(int(seconds * _KILLS_PER_SECOND), _LONGEST)

    def skip(self, _bot: VirtualBot, seconds: float) -> None:
        """Let so much time pass."""
        self.place.sleep(seconds)


@contextmanager
def virtual_time(
    folder: Path,
    prices: Mapping[str, float],
    balances: Mapping[str, float],
    *,
    seed: int,
    **more: Any,
) -> Iterator[tuple[VirtualGround, VirtualClock]]:
    """Build an exchange whose time is virtual; the parameters are those of `trading_ground`.

    Notes
    -----
    The life begins at a moment that the seed draws.
    """
    start = _EPOCH + timedelta(seconds=seed * 7_919 % _SPREAD)
    with travelling(start) as clock:
        loop = VirtualLoop(clock)
        ground = built_ground(folder, prices, balances, seed=seed, **more)
        dialect = Binance(more.get("limits", UNLIMITED))
        application = application_of(ground.exchange, dialect, ground.trading, ground.faults)
        server = MemoryServer(application, loop)
        place = Place(clock, loop, server, seed)
        fields = vars(replace(ground, url=_URL))
        try:
            yield VirtualGround(**fields, place=place), VirtualClock(place)
        finally:
            server.close()
            loop.close()
