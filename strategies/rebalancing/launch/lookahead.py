"""The proof that no order knows the future: change it, run again, and compare earlier orders."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from rebalancing.launch.arguments import Given, read_arguments
from rebalancing.launch.asked import Asked, words_for
from rebalancing.launch.configuration import DEFAULT_CONFIG, Setup, load_configuration, read_setup
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.freqtrade_log import LogTail
from rebalancing.launch.local_exchange import connected
from rebalancing.launch.policy import check
from rebalancing.launch.process import run_process
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.markets import price_decimals

_PRICES = ["open", "high", "low", "close"]

Order = tuple[int, str, str, float, float]
"""Time it filled (milliseconds since 1970), pair, side, amount and price."""


@dataclass(frozen=True)
class Finding:
    """What a cut showed.

    Attributes
    ----------
    cut
        Start of the candle from which on all is changed but its open, milliseconds since 1970.
    compared
        Orders until then, that candle's among them.
    first_difference
        The first one that differs, as it was and as it became, None where there is none on a side;
        None if all are the same.
    """

    cut: int
    compared: int
    first_difference: tuple[Order | None, Order | None] | None


def look_ahead(arguments: Sequence[str], cuts: int, tell: Callable[[str], None]) -> list[Finding]:
    """Backtest from the current directory, then once for each cut with other candles after it.

    Parameters
    ----------
    arguments
        Arguments of ``freqtrade backtesting``.
    cuts
        How many moments; each is one of an order.
    tell
        Called with a line whenever a run begins.

    Raises
    ------
    LaunchError
        If a run fails, or there are no orders to compare.
    """
    given = read_arguments(arguments)
    setup = read_setup(load_configuration(given.configs or (DEFAULT_CONFIG,)), given)
    check(setup, given)
    asked = Asked(tuple(arguments))
    with tempfile.TemporaryDirectory(prefix="lookahead-", ignore_cleanup_errors=True) as name:
        room = Path(name)
        tell("the run as it is")
        orders = _orders(_backtest(asked, given, setup, room / "as it is"))
        findings = []
        moments = cut_moments(orders, cuts)
        for number, cut in enumerate(moments, 1):
            shown = pd.Timestamp(cut, unit="ms")
            tell(f"cut {number} of {len(moments)}: other candles from {shown:%Y-%m-%d %H:%M} on")
            folder = room / f"cut {number}"
            other = changed_candles(setup.datadir, cut, folder / "candles")
            changed = replace(setup, datadir=other, datadir_argument=other)
            findings.append(compare(cut, orders, _orders(_backtest(asked, given, changed, folder))))
        return findings


def cut_moments(orders: Sequence[Order], cuts: int) -> list[int]:
    """Choose moments of orders, evenly over them, the first and the closing ones left out.

    Raises
    ------
    LaunchError
        If there is none.
    """
    moments = sorted({order[0] for order in orders})[1:-1]
    if not moments:
        raise LaunchError(
            "the backtest orders nothing between its first purchase and its end, so there is "
            "nothing to compare; choose a longer --timerange"
        )
    wanted = min(cuts, len(moments))
    return [moments[int((number + 0.5) * len(moments) / wanted)] for number in range(wanted)]


def compare(cut: int, before: Sequence[Order], after: Sequence[Order]) -> Finding:
    """Compare the orders of two runs up to a cut, that candle's among them."""
    was = [order for order in before if order[0] <= cut]
    now = [order for order in after if order[0] <= cut]
    for index in range(max(len(was), len(now))):
        pair = tuple(orders[index] if index < len(orders) else None for orders in (was, now))
        if pair[0] != pair[1]:
            return Finding(cut, len(was), (pair[0], pair[1]))
    return Finding(cut, len(was), None)


def changed_candles(datadir: Path, cut: int, folder: Path) -> Path:
    """Write a data folder in which everything from a cut on is another future.

    Parameters
    ----------
    cut
        Milliseconds since 1970. A candle that begins there keeps its open.
    folder
        A new one.

    Notes
    -----
    Prices jump by up to a half and swing from then on, each pair's its own way, with as many
    decimals as before: tick and lots of the local exchange stay. Volumes change places.
    """
    folder.mkdir(parents=True)
    for (pair, _), file in CandleFolder.open(datadir).files.items():
        frame = pd.read_feather(file)
        _change(frame, cut, np.random.default_rng(crc32(f"{pair} {cut}".encode())))
        frame.to_feather(folder / file.name)
    return folder


def _change(frame: pd.DataFrame, cut: int, rng: np.random.Generator) -> None:
    opened = frame["date"].astype("datetime64[ms, UTC]").astype("int64").to_numpy()
    later = opened >= cut
    if not later.any():
        return
    decimals = price_decimals(frame["close"].to_numpy(dtype=float))
    jump = rng.choice([-1.0, 1.0]) * rng.uniform(0.2, 0.5)
    days = (opened[later] - cut) / 86_400_000
    factor = np.exp(jump + 0.3 * np.sin(2 * np.pi * days / rng.uniform(1, 9)))
    prices = frame.loc[later, _PRICES].to_numpy(dtype=float) * factor[:, None]
    prices = np.maximum(prices.round(decimals), 10.0**-decimals)
    if opened[later][0] == cut:
        prices[0, 0] = frame.loc[later, "open"].iloc[0]
        prices[0, 1], prices[0, 2] = prices[0].max(), prices[0].min()
    frame.loc[later, _PRICES] = prices
    frame.loc[later, "volume"] = rng.permutation(frame.loc[later, "volume"].to_numpy(dtype=float))


def _backtest(asked: Asked, given: Given, setup: Setup, folder: Path) -> Path:
    """Run a backtest into a folder of its own and return its result."""
    results = folder / "results"
    results.mkdir(parents=True)
    with connected(setup, online=False, quiet=True) as connection:
        words = words_for(["--cache", "none"], asked, given, setup, connection)
        words += ["--export", "trades", "--backtest-directory", str(results)]
        command = [
            sys.executable,
            "-m",
            "rebalancing.launch.leash",
            str(folder),
            "backtesting",
            *words,
        ]
        status = run_process(command, connection.environment, folder / "freqtrade.log")
    tail = LogTail(folder / "freqtrade.log")
    problems = [line for entry in tail.new(ended=True) for line in entry.problems]
    found = list(results.glob("*.zip"))
    if status or problems or len(found) != 1:
        raise LaunchError(*(problems or tail.last_lines(1)), "lookahead: a backtest failed")
    return found[0]


def _orders(result: Path) -> list[Order]:
    from freqtrade.data.btanalysis import load_backtest_stats

    (run,) = load_backtest_stats(result)["strategy"].values()
    rows = [
        (
            int(order["order_filled_timestamp"]),
            str(trade["pair"]),
            str(order["ft_order_side"]),
            float(order["amount"]),
            float(order["safe_price"]),
        )
        for trade in run["trades"]
        for order in trade["orders"]
    ]
    return sorted(rows)
