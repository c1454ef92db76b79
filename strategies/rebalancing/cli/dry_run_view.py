"""The view of a dry-run: a page of text, then the rounds as they come."""

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.status import Status

from rebalancing.cli.bot_options import Bot, bot_configuration
from rebalancing.cli.watching import Watcher
from rebalancing.launch.dry_run import Session
from rebalancing.launch.dry_run_settings import POLICY, TIMEFRAME

_STARTING = "freqtrade is starting"
_SECONDS = {True: 2.0, False: 30.0}
"""Between two lines of weights: on a terminal, where one replaces the other, and elsewhere."""


@contextmanager
def shown(session: Session) -> Iterator[Callable[[], None]]:
    """Show a session; the function yielded shows what is new since its last call."""
    watcher = Watcher(bot_configuration(Bot(session.configs)), session.market.exchange.price)
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(page(session, watcher.journal))
    if not console.is_terminal:
        yield _View(watcher, console, None).look
        return
    with console.status(_STARTING) as status:
        yield _View(watcher, console, status).look


class _View:
    def __init__(self, watcher: Watcher, console: Console, status: Status | None) -> None:
        self._watcher, self._console, self._status = watcher, console, status
        self._every = _SECONDS[status is not None]
        self._next = time.monotonic()

    def look(self) -> None:
        for line in self._watcher.events():
            self._console.print(line)
        if time.monotonic() < self._next:
            return
        weights = self._watcher.weights()
        if weights is None:
            return
        self._next = time.monotonic() + self._every
        if self._status is not None:
            self._status.update(weights)
        else:
            self._console.print(f"{datetime.now(UTC):%H:%M:%S} {weights}")


def page(session: Session, journal: Path) -> str:
    """Return the page of text: what happens, and where to look."""
    market, api = session.market, session.api
    ends = datetime.now(UTC) + (market.last - market.start) / market.speed
    configs = " ".join(f"--config {shlex.quote(file)}" for file in session.configs)
    points = POLICY["threshold"] * 100
    return f"""
A dry-run on a local exchange. Orders are simulated, prices are recorded ones: nothing is real.

  Prices    from {market.start:%Y-%m-%d} on, {market.speed} times as fast, until {ends:%H:%M} UTC
  Policy    your targets; every {POLICY["period"]} or at {points:g} point of drift, in place of \
your own rules
  Watch     the first round buys the targets, the next follows about a minute later
  Log       {session.log} (freqtrade's own)
  Journal   {journal} (every decision, as JSON)
  Ask it    .venv/bin/rebalance status {configs}
            or, instead of status: now, pause, resume, journal
  REST API  {api.url}/status, user {api.user}, password {api.password}
            (until this ends; candles are of {TIMEFRAME})
  Stop      Ctrl-C

Times are UTC.
"""
