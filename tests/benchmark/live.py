"""``python -m tests.benchmark.live``: what a quiet loop of a trading bot costs, and keeps."""

import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.support.bot_configs import make_bot_config
from tests.support.forked_bots import call_apart
from tests.support.live_bots import Ground, trading_ground

GOAL_TIMES = "at most 1.8"
GOAL_CPU, GOAL_REQUESTS, GOAL_GROWTH = 5.0, 2.0, 1.05
LOOPS, MANY = 200, 10_000
WARM_UP = 300


@dataclass(frozen=True)
class Loops:
    """Loops of one kind: CPU milliseconds of our part and of the request for prices within it
    (their medians), requests for each loop."""

    cpu: float
    asking: float
    requests: float


@dataclass(frozen=True)
class Memory:
    """Resident megabytes after the warm-up and at the end."""

    before: float
    after: float


def quiet_loops(arguments: list[str], url: str, loops: int) -> tuple[Loops, Loops]:
    """Run a whole bot in this process; return its loops with us, and with a strategy asleep."""
    bot = allocated(arguments)
    ours = _timed(bot, url, loops)
    bot.strategy.bot_loop_start = lambda **_: None
    return ours, _timed(bot, url, loops)


def many_loops(arguments: list[str], loops: int) -> Memory:
    """Run a bot for long in this process and return what memory it held."""
    bot = allocated(arguments)
    for _ in range(WARM_UP):
        bot.process()
    before = _resident()
    for _ in track(range(loops), "many loops", transient=True):
        bot.process()
    return Memory(before, _resident())


def allocated(arguments: list[str]) -> Any:
    """Start freqtrade's bot and let it make the initial allocation."""
    from freqtrade.commands.arguments import Arguments
    from freqtrade.worker import Worker

    bot = Worker(Arguments(arguments).get_parsed_arg()).freqtrade
    bot.startup()
    for _ in range(12):
        bot.process()
    from freqtrade.persistence import Trade

    wanted = len(bot.config["exchange"]["pair_whitelist"])
    assert Trade.get_open_trade_count() == wanted, "the initial allocation is not complete"
    return bot


def _timed(bot: Any, url: str, loops: int) -> Loops:
    think: Callable[..., Any] = bot.strategy.bot_loop_start
    ask: Callable[..., Any] = bot.exchange.get_tickers
    spent: list[float] = []
    asked: list[float] = []
    bot.strategy.bot_loop_start = _clocked(think, spent)
    bot.exchange.get_tickers = _clocked(ask, asked)
    before = _requests(url)
    for _ in range(loops):
        bot.process()
    requests = (_requests(url) - before) / loops
    bot.strategy.bot_loop_start, bot.exchange.get_tickers = think, ask
    return Loops(median(spent), median(asked) if asked else 0.0, requests)


def _clocked(function: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """Note the CPU milliseconds of each call."""

    def clocked(*values: Any, **named: Any) -> Any:
        begin = time.thread_time()
        try:
            return function(*values, **named)
        finally:
            spent.append((time.thread_time() - begin) * 1000)

    return clocked


def _requests(url: str) -> int:
    from urllib.request import urlopen

    with urlopen(f"{url}/control/requests", timeout=10) as answer:
        return sum(json.load(answer).values())


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def arguments(ground: Ground, assets: list[str]) -> list[str]:
    config = make_bot_config({"targets": "equal", "threshold": 0.1}, assets, dry_run=False)
    config["internals"] = {"process_throttle_secs": 0}
    bot = ground.bot(config, f"bot-{len(assets)}")
    words = ["trade"]
    for name in ("config.json", "config-exchange.json"):
        words += ["--config", str(bot.folder / name)]
    words += ["--userdir", str(bot.folder), "--logfile", str(bot.folder / "log.txt")]
    return [*words, "--db-url", f"sqlite:///{bot.folder / 'trades.sqlite'}"]


@click.command()
@click.option("--assets", type=click.IntRange(2, 50), default=20, show_default=True)
@click.option("--loops", type=click.IntRange(1), default=LOOPS, show_default=True)
@click.option("--many", type=click.IntRange(0), default=MANY, show_default=True)
def main(assets: int, loops: int, many: int) -> None:
    """Measure quiet loops of a live bot on the local exchange, and memory over many of them."""
    names = [f"COIN{n}" for n in range(assets)]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        ground = trading_ground(Path(folder), dict.fromkeys(names, 10.0), {"USDT": 10_000})
        with ground as place, Console(stderr=True).status("quiet loops"):
            words = arguments(place, names)
            ours, bare = call_apart(quiet_loops, words, place.url, loops)
            memory = call_apart(many_loops, arguments(place, names[:4]), many) if many else None
    table = Table("Quiet loop", "Measured", "Goal", title=f"{assets} assets, {loops} loops")
    table.add_row("own CPU, milliseconds", f"{ours.cpu:.2f}", f"at most {GOAL_CPU:g}")
    table.add_row("of it ccxt's request for prices", f"{ours.asking:.2f}", "")
    table.add_row("own CPU, times that request", f"{ours.cpu / ours.asking:.2f}", GOAL_TIMES)
    extra = ours.requests - bare.requests
    table.add_row("requests beside freqtrade's own", f"{extra:.2f}", f"at most {GOAL_REQUESTS:g}")
    table.add_row("freqtrade's own requests", f"{bare.requests:.2f}", "")
    if memory is not None:
        growth = memory.after / memory.before
        text = f"{memory.before:.0f} to {memory.after:.0f} MB ({growth:.3f})"
        table.add_row(f"memory over {many} loops", text, f"at most {GOAL_GROWTH:g}")
    Console().print(table)


if __name__ == "__main__":
    main()
