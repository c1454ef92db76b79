"""freqtrade's exported backtest result, as the history of a portfolio."""

from __future__ import annotations

import zipfile
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from freqtrade.data.btanalysis import (
    get_backtest_wallet_change,
    get_latest_backtest_filename,
    load_backtest_stats,
)
from freqtrade.data.history import load_pair_history
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame, DatetimeIndex

from rebalancing.freqtrade_side.annotations import ROUND_TAG, reasons
from rebalancing.freqtrade_side.candles import PairCandles, PriceTable
from rebalancing.freqtrade_side.configuration import Setup, plain_setup
from rebalancing.freqtrade_side.history.backtest_journal import backtest_notes
from rebalancing.freqtrade_side.history.result_archive import (
    check_archive,
    read_configuration,
    read_parameters,
)
from rebalancing.freqtrade_side.history.result_orders import (
    at_last_price,
    executions,
    order_rows,
    price_purchases,
)
from rebalancing.freqtrade_side.parameters import CONFIGURATION, recorded_policy
from rebalancing.performance.history import History
from rebalancing.performance.record import Record
from rebalancing.portfolio import Mask, Vector

_UNREADABLE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, RuntimeError, zlib.error, zipfile.BadZipFile, FreqtradeException),
)
"""What freqtrade and pandas raise on files that are damaged or not theirs."""


class ResultError(ValueError):
    """A result that cannot be read: one line that names the file and what is wrong."""


def read_records(path: Path, datadir: Path | None = None) -> dict[str, Record]:
    """Read a result.

    Parameters
    ----------
    path : Path
        The zip file that ``freqtrade backtesting --export trades`` wrote.
    datadir : Path or None
        freqtrade's folder of candles; None if it is not at hand.

    Returns
    -------
    dict of str to Record
        By name of the strategy, of those that rebalanced; a result may hold several.

    Raises
    ------
    ResultError
        If the file is damaged or foreign, or no strategy in it has rebalanced.

    Notes
    -----
    A symbol that comes back from a gap as another coin is valued at its last price before; only
    the candles show that, so that it counts in full without them.
    """
    try:
        check_archive(path)
        runs: dict[str, dict[str, Any]] = load_backtest_stats(path)["strategy"]
        config = read_configuration(path) if any(map(_rebalanced, runs.values())) else {}
        records = {
            name: _record(name, path, config, run, get_backtest_wallet_change(path, name), datadir)
            for name, run in runs.items()
            if _rebalanced(run)
        }
    except _UNREADABLE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ResultError(f"{path}: is not a readable backtest result ({reason[:200]})") from error
    if not records:
        names = ", ".join(runs)
        raise ResultError(
            f"{path}: holds no rebalanced trade ({names}): another strategy, or too short a period"
        )
    return records


def newest_result(place: Path) -> Path:
    """Return the newest result of a folder; a file is returned as it is.

    Raises
    ------
    ResultError
        If the folder holds none.
    """
    if not place.is_dir():
        return place
    try:
        return place / str(get_latest_backtest_filename(place))
    except ValueError as error:
        raise ResultError(f"{place}: holds no backtest result ({error})") from error


def _rebalanced(run: dict[str, Any]) -> bool:
    tags = (str(order["ft_order_tag"]) for trade in run["trades"] for order in trade["orders"])
    return any(map(ROUND_TAG.fullmatch, tags))


def _record(
    name: str,
    path: Path,
    config: dict[str, Any],
    run: dict[str, Any],
    wallet: DataFrame,
    datadir: Path | None,
) -> Record:
    exchange = {**config["exchange"], "pair_whitelist": run["pairlist"]}
    setup = plain_setup({**config, "exchange": exchange})
    ran, source = recorded_policy(setup.settings, read_parameters(path, name))
    orders = (order["ft_order_tag"] for trade in run["trades"] for order in trade["orders"])
    tags = reasons(orders)
    return Record(
        *(name, "backtest", path.name),
        timeframe=str(run["timeframe"]),
        history=_history(config, setup, run, wallet, datadir),
        settings=ran,
        tags=tags,
        journal=backtest_notes(path, name, run, tags),
        remarks=() if source == CONFIGURATION else (f"The policy that ran is from {source}.",),
        policy_source=source,
    )


def _history(
    config: dict[str, Any],
    setup: Setup,
    run: dict[str, Any],
    wallet: DataFrame,
    datadir: Path | None,
) -> History:
    columns = [*setup.assets, setup.stake]
    held = wallet.pivot(index="date", columns="currency", values="balance").reindex(columns=columns)
    rates = wallet.pivot(index="date", columns="currency", values="rate").reindex(columns=columns)
    index = DatetimeIndex(held.index).tz_convert(None)
    times = index.to_numpy().astype("datetime64[s]").astype(float)
    prices = rates[list(setup.assets)].to_numpy(dtype=float, copy=True)
    amounts = held[list(setup.assets)].ffill().fillna(0.0).to_numpy(dtype=float)
    amounts = np.maximum(amounts - _not_ours(config, setup), 0.0)
    trades = [trade for trade in run["trades"] if trade["pair"] in setup.pairs]
    rows = [row for trade in trades for row in order_rows(setup.pairs, trade)]
    unsold = set(np.flatnonzero(amounts.any(axis=0))) - {row[1] for row in rows}
    if unsold:
        names = ", ".join(setup.assets[i] for i in sorted(unsold))
        raise ValueError(f"the trade of {names} is missing, freqtrade could not close it")
    price_purchases(rows, times, prices)
    if datadir is not None:
        prices[~_fresh(setup, run["timeframe"], datadir, index)] = np.nan
        rows = [at_last_price(row, times, prices) for row in rows]
    if not rows:
        raise ResultError("the result holds no orders")
    fee = float(trades[0]["fee_open"])
    return History(
        (*setup.assets, setup.stake),
        setup.targets,
        times,
        amounts,
        prices,
        min(float(run["starting_balance"]), setup.settings.investment or np.inf),
        fee,
        executions(rows, fee),
    )


def _not_ours(config: dict[str, Any], setup: Setup) -> Vector:
    """Coins that the account had before: freqtrade's wallet shows them with the bot's."""
    account = config.get("dry_run_wallet")
    coins = account if isinstance(account, dict) else {}
    return np.array([float(coins.get(asset, 0.0)) for asset in setup.assets])


def _fresh(setup: Setup, timeframe: str, datadir: Path, moments: DatetimeIndex) -> Mask:
    """Tell which prices the strategy knew, as its own table of the candles says."""
    step = timedelta(seconds=timeframe_to_seconds(timeframe))
    frames = {
        asset: load_pair_history(pair, timeframe, datadir)
        for asset, pair in zip(setup.assets, setup.pairs, strict=True)
    }
    found = {asset: PairCandles.of(frame) for asset, frame in frames.items() if len(frame)}
    if not found:
        return np.ones((len(moments), len(setup.assets)), dtype=bool)
    table = PriceTable(setup.assets, found, step)
    nothing = np.full(len(setup.assets), np.nan)
    known = [table.at(moment) for moment in moments.tz_localize("UTC").to_pydatetime()]
    fresh: Mask = np.isfinite(np.array([nothing if row is None else row for row in known]))
    return fresh
