"""A dry-run at speed: the local exchange, and a bot beside it that trades on it."""

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rebalancing.launch.arguments import Given
from rebalancing.launch.configuration import (
    DEFAULT_CONFIG,
    DEFAULT_STRATEGY,
    Setup,
    child_environment,
    load_configuration,
    read_setup,
)
from rebalancing.launch.dry_run_settings import TIMEFRAME, RestApi, dry_run_settings
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.process import termination_as_exit
from sandbox.binance.dialect import Binance
from sandbox.exchange.candles import CandleFolder, timeframe_ms
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.serving.command import Wishes, exchange_of
from sandbox.serving.server import running

USUAL_SPEED = 240
"""Candles of 4h become candles of 1m."""

_LOOK_EVERY = 0.5  # seconds
_GRACE_SECONDS = 15.0
_PAST = 0.25  # the share of the recorded candles that has passed when the bot starts
_SPREAD = Decimal("0.0005")


@dataclass(frozen=True)
class Market:
    """The local exchange of a session, and which candles pass on it how fast."""

    exchange: LocalExchange
    speed: int
    start: datetime
    last: datetime


@dataclass(frozen=True)
class Session:
    """A dry-run that has begun.

    Attributes
    ----------
    configs
        The files the bot reads, the session's own last.
    """

    configs: tuple[str, ...]
    market: Market
    api: RestApi
    log: Path


Show = Callable[[Session], AbstractContextManager[Callable[[], None]]]
"""Tells the user of a session; the function it yields is called again and again meanwhile."""


def dry_run(
    show: Show, *, configs: Sequence[str] = (), datadir: Path | None = None, speed: int | None
) -> int:
    """Let a bot trade on the local exchange until it is interrupted, and return its status.

    Parameters
    ----------
    configs
        The user's configuration files. Default: config.json.
    datadir
        The folder of candles. Default: freqtrade's.
    speed
        How many times faster than recorded the candles pass. None: `USUAL_SPEED`, or what it
        takes for the candles there are.

    Raises
    ------
    LaunchError
        If the exchange cannot start.
    """
    configs = tuple(configs) or (DEFAULT_CONFIG,)
    config = load_configuration(configs)
    setup = read_setup(config, Given(datadir=datadir))
    market, api = _market(setup, speed), RestApi.fresh()
    with (
        termination_as_exit(),
        running(market.exchange, Binance()) as url,
        tempfile.TemporaryDirectory(prefix="dry-run-", ignore_cleanup_errors=True) as folder,
    ):
        file = Path(folder) / "dry-run.json"
        settings = dry_run_settings(config, url, api, file.with_suffix(".sqlite"))
        _write_private(file, settings)
        log = Path(str(config.get("user_data_dir") or "user_data")) / "logs" / "dry-run.log"
        session = Session((*configs, str(file)), market, api, log)
        command = _command(session, folder, config)
        environment = child_environment(os.environ, settings)
        with _bot(command, environment, file.with_suffix(".txt")) as bot, show(session) as look:
            while bot.poll() is None:
                look()
                time.sleep(_LOOK_EVERY)
        _complain(log, file.with_suffix(".txt"))
        return bot.returncode or 1  # only an interruption ends it well


def _market(setup: Setup, wanted: int | None) -> Market:
    candles = CandleFolder.open(setup.datadir)
    finest = {pair: next(iter(candles.timeframes(pair)), None) for pair in setup.pairs}
    minutes, moments = [], []
    for pair, timeframe in finest.items():
        recorded = candles.read(pair, timeframe) if timeframe else None
        if timeframe is None or recorded is None or not len(recorded):
            raise LaunchError(f"{pair}: no candles in {setup.datadir}; ./setup.sh data gets them")
        minutes.append(timeframe_ms(timeframe) // timeframe_ms(TIMEFRAME))
        moments.append((int(recorded.opened[0]), int(recorded.opened[-1])))
    speed = math.lcm(USUAL_SPEED, *minutes) if wanted is None else wanted
    for length, timeframe in zip(minutes, finest.values(), strict=True):
        if speed % length:
            rule = f"candles of {timeframe} cannot pass as candles of {TIMEFRAME}"
            raise LaunchError(f"--speed {speed}: {rule}; use {length} or a multiple of it")
    first, last = max(begin for begin, _ in moments), min(end for _, end in moments)
    start, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (_begin(first, last), last))
    wishes = Wishes(
        datadir=setup.datadir, pairs=",".join(finest), start=start, speed=speed, spread=_SPREAD
    )
    return Market(exchange_of(wishes), speed, start, end)


def _begin(first_ms: int, last_ms: int) -> float:
    if first_ms >= last_ms:
        raise LaunchError("the candles of the pairs have no time in common")
    return first_ms + _PAST * (last_ms - first_ms)


def _write_private(file: Path, settings: Mapping[str, Any]) -> None:
    file.touch(mode=0o600)
    file.write_text(json.dumps(settings, indent=2), encoding="utf-8")


def _command(session: Session, folder: str, config: Mapping[str, Any]) -> list[str]:
    session.log.parent.mkdir(parents=True, exist_ok=True)
    session.log.write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "rebalancing.launch.leash", folder, "trade"]
    command += ["--logfile", str(session.log)]
    for file in session.configs:
        command += ["--config", file]
    return command if config.get("strategy") else [*command, "--strategy", DEFAULT_STRATEGY]


@contextmanager
def _bot(
    command: Sequence[str], environment: Mapping[str, str], printed: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot; whatever ends the block ends it too.

    Notes
    -----
    It has a session of its own, so that Ctrl-C reaches it once, from here. Its standard input is
    the leash.
    """
    with printed.open("wb") as output:
        bot = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield bot
    finally:
        if bot.poll() is None:
            print("stopping the bot", flush=True)
            bot.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                bot.wait(_GRACE_SECONDS)
            bot.kill()
            bot.wait()


def _complain(log: Path, printed: Path) -> None:
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if " - ERROR - " in line]
    last = lines or printed.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    print("the bot ended:", *last, sep="\n", file=sys.stderr)
