"""Real ``freqtrade trade`` processes on the local exchange, to watch, kill and start again."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.binance.rate_limits import Limits
from sandbox.exchange.keys import Keys
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.trading import Trading
from sandbox.serving.faults import Faults
from sandbox.serving.server import running
from tests.support.bot_records import DATABASE, BotRecords
from tests.support.flat_candles import write_flat_candles
from tests.support.forked_bots import freqtrade_process
from tests.support.patience import PATIENCE
from tests.support.rest_requests import api_request

SIGINT_STATUS = 128 + signal.SIGINT
UNKNOWN_STATUS = 255  # where multiprocessing has missed how a process ended
ENDING = 20.0  # seconds for freqtrade to end after an interrupt
UNLIMITED = Limits(weight=10**9)
"""These bots loop more often than any limit allows."""


@dataclass
class LiveBot:
    """A bot in a folder of its own, dead or alive.

    Parameters
    ----------
    folder
        Its user folder: configuration, database, journal and log.
    config
        freqtrade's configuration; change it with `configure`.
    url, keys
        Its exchange; without keys it can only trade dry.
    patience
        Seconds for which it waits for a locked database; SQLite's own where None.
    """

    folder: Path
    config: dict[str, Any]
    url: str
    keys: Keys | None = None
    patience: float | None = None
    process: BaseProcess | None = field(default=None, init=False)
    presses: int = field(default=0, init=False)  # of Ctrl-C that the newest stop took
    _loops_before: int = field(default=0, init=False)
    _endings: tuple[tuple[int, int], ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.configure()

    @property
    def records(self) -> BotRecords:
        """What it has written."""
        return BotRecords(self.folder, self._endings)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.is_alive()

    @property
    def status(self) -> int | None:
        """Exit status of a process that has ended, negative for a signal."""
        return self.process.exitcode if self.process is not None else None

    @property
    def loops_of_this_life(self) -> int:
        """How many loops it has completed since its last start."""
        return self.records.loops - self._loops_before

    def configure(self, **changes: Any) -> None:
        """Rewrite the configuration; a running bot reads it at `reload`."""
        self.config |= changes
        ours = overlay(self.url, self.config, self.keys)
        for name, content in (("config.json", self.config), ("config-exchange.json", ours)):
            (self.folder / name).write_text(json.dumps(content))

    def start(self) -> None:
        """Start the process."""
        assert not self.alive
        self._loops_before = self.records.loops
        self.process = freqtrade_process(self.words, self.folder)

    @property
    def words(self) -> list[str]:
        """The arguments of freqtrade's command line."""
        words = ["trade"]
        for name in ("config.json", "config-exchange.json"):
            words += ["--config", str(self.folder / name)]
        words += ["--userdir", str(self.folder), "--logfile", str(self.folder / "log.txt")]
        patience = "" if self.patience is None else f"?timeout={self.patience:g}"
        return [*words, "--db-url", f"sqlite:///{self.folder / DATABASE}{patience}"]

    def kill(self) -> None:
        """Kill it where it stands, with signal 9."""
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def stop(self, presses: int = 2) -> int:
        """Interrupt it, as Ctrl-C does, and return its exit status.

        Parameters
        ----------
        presses
            How often, if it goes on for `ENDING` seconds after the one before: Python drops an
            interrupt that comes while it throws an object away.
        """
        assert self.process is not None
        assert self.process.pid is not None
        begun, self.presses = len(self.records.log), 0
        for press in range(presses):
            if self.process.is_alive():
                os.kill(self.process.pid, signal.SIGINT)
                self.presses = press + 1
                self.process.join(ENDING)
        if self.process.is_alive():
            os.kill(self.process.pid, signal.SIGUSR1)  # it prints where it is
            time.sleep(1)
            printed = (self.folder / "printed.txt").read_text()
            raise AssertionError(f"it goes on after SIGINT:\n{printed[-10_000:]}")
        self._endings += ((begun, len(self.records.log)),)
        return int(self.process.exitcode or 0)

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def wait_for(self, what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Return what comes, or fail with the log."""
        end = self._now() + seconds
        found = None
        while self._now() < end and not found:
            alive = self.alive  # asked first: what it did last counts
            if not (found := what()) and not alive:
                break
            self._sleep(0.05)
        assert found, f"it never came; status {self.status}\n{self.records.log[-20_000:]}"
        return found

    def _now(self) -> float:
        return time.monotonic()

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def wait_loops(self, count: int, seconds: float = PATIENCE) -> None:
        """Wait until it has completed so many further loops."""
        wanted = self.records.loops + count
        self.wait_for(lambda: self.records.loops >= wanted, seconds)

    def ask(self, method: str, name: str, body: Any = None, **sent: Any) -> Any:
        """Use its REST API, such as ``ask("POST", "reload_config")``; send a body or fields."""
        request = api_request(self.config, method, name, body, sent)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def reload(self, **changes: Any) -> None:
        """Rewrite the configuration, let the bot read it again and wait for two loops."""
        self.configure(**changes)
        self.ask("POST", "reload_config")
        self.wait_loops(2)


@dataclass(frozen=True)
class Ground:
    """A local exchange that is running, and whoever wants to trade there."""

    folder: Path
    url: str
    exchange: LocalExchange
    faults: Faults
    trading: Trading

    def set_prices(self, **prices: float) -> None:
        """Let coins trade at these prices against USDT."""
        for asset, price in prices.items():
            self.exchange.set_price(f"{asset}/USDT", price)

    def set_limits(self, **limits: int) -> None:
        """Let the exchange allow so much; see `sandbox.binance.rate_limits.Limits`."""
        body = json.dumps(limits).encode()
        request = urllib.request.Request(f"{self.url}/control/limits", body, method="POST")
        with urllib.request.urlopen(request, timeout=10):
            pass

    def bot(self, config: dict[str, Any], name: str = "bot") -> LiveBot:
        """Make a bot, not started yet; it has the account's keys where it trades live."""
        keys = None if config["dry_run"] else self.trading.keys
        return LiveBot(self.folder / name, config, self.url, keys)


@contextmanager
def trading_ground(
    folder: Path,
    prices: Mapping[str, float],
    balances: Mapping[str, float],
    *,
    seed: int = 0,
    **more: Any,
) -> Iterator[Ground]:
    """Run a local exchange on which coins stand at these prices against USDT.

    Parameters
    ----------
    balances
        What the account begins with.
    seed
        Of its faults.
    more
        ``depth`` and ``limits`` of the exchange and ``fees`` of the account.
    """
    ground = built_ground(folder, prices, balances, seed=seed, **more)
    serving = running(
        ground.exchange,
        Binance(more.get("limits", UNLIMITED)),
        trading=ground.trading,
        faults=ground.faults,
    )
    with serving as url:
        yield replace(ground, url=url)


def built_ground(
    folder: Path,
    prices: Mapping[str, float],
    balances: Mapping[str, float],
    *,
    seed: int = 0,
    **more: Any,
) -> Ground:
    """Build what `trading_ground` runs, without a server."""
    candles = write_flat_candles(folder / "candles", **prices)
    exchange = LocalExchange([f"{a}/USDT" for a in prices], candles, depth=more.get("depth"))
    file = folder / "ledger.jsonl"
    trading = Trading(exchange, balances=balances, fees=more.get("fees"), file=file)
    ground = Ground(folder, "", exchange, Faults(seed), trading)
    ground.set_prices(**prices)
    return ground
