"""freqtrade's exported backtest result, as the history of a portfolio."""

from __future__ import annotations

import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from freqtrade.data.btanalysis import (
    get_backtest_wallet_change,
    get_latest_backtest_filename,
    load_backtest_stats,
)
from freqtrade.data.btanalysis.bt_fileutils import load_file_from_zip
from freqtrade.data.history import load_pair_history
from freqtrade.misc import json_load
from pandas import DataFrame, DatetimeIndex, to_datetime

from rebalancing.freqtrade_side.annotations import ROUND_TAG
from rebalancing.freqtrade_side.configuration import Setup, plain_setup
from rebalancing.portfolio import Vector
from rebalancing.summary import CLOSING, INITIAL, Executions, History

Row = tuple[float, int, float, float, int]
"""Time, column of the asset, signed amount, price and round of one order."""

ALONE = 1_000_000
"""Added to make the number of a round of which no order was exported."""


class ResultError(ValueError):
    """A result that cannot be read: one line that names the file and what is wrong."""


def read_histories(path: Path, datadir: Path | None = None) -> dict[str, History]:
    """Read a result.

    Parameters
    ----------
    path : Path
        The zip file that ``freqtrade backtesting --export trades`` wrote.
    datadir : Path or None
        freqtrade's folder of candles; None if it is not at hand.

    Returns
    -------
    dict of str to History
        By name of the strategy, of those that rebalanced; a result may hold several.

    Raises
    ------
    ResultError
        If the file is damaged or foreign, or no strategy in it has rebalanced.

    Notes
    -----
    A holding that fell below the tick of its opening cannot be closed by freqtrade, which then
    leaves its trade out of the export. Its orders are taken from the wallet history instead, at
    the opens of the candles; without the candles the first one is priced a candle late.
    """
    try:
        runs: dict[str, dict[str, Any]] = load_backtest_stats(path)["strategy"]
        config = _config(path) if any(map(_rebalanced, runs.values())) else {}
        histories = {
            name: _history(config, run, get_backtest_wallet_change(path, name), datadir)
            for name, run in runs.items()
            if _rebalanced(run)
        }
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise ResultError(f"{path}: is not a readable backtest result ({reason})") from error
    if not histories:
        raise ResultError(f"{path}: holds no run that rebalanced")
    return histories


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


def _config(path: Path) -> dict[str, Any]:
    text = load_file_from_zip(path, f"{path.stem}_config.json").decode()
    config: dict[str, Any] = json_load(StringIO(text))
    return config


def _rebalanced(run: dict[str, Any]) -> bool:
    tags = (str(order["ft_order_tag"]) for trade in run["trades"] for order in trade["orders"])
    return any(map(ROUND_TAG.fullmatch, tags))


def _history(
    config: dict[str, Any], run: dict[str, Any], wallet: DataFrame, datadir: Path | None
) -> History:
    exchange = {**config["exchange"], "pair_whitelist": run["pairlist"]}
    setup = plain_setup({**config, "exchange": exchange})
    columns = [*setup.assets, setup.stake]
    held = wallet.pivot(index="date", columns="currency", values="balance").reindex(columns=columns)
    rates = wallet.pivot(index="date", columns="currency", values="rate").reindex(columns=columns)
    index = DatetimeIndex(held.index).tz_convert(None)
    times = index.to_numpy().astype("datetime64[s]").astype(float)
    prices = rates[list(setup.assets)].to_numpy(dtype=float)
    amounts = held[list(setup.assets)].ffill().fillna(0.0).to_numpy(dtype=float)
    amounts = np.maximum(amounts - _not_ours(config, setup), 0.0)
    trades = [trade for trade in run["trades"] if trade["pair"] in setup.pairs]
    rows = [row for trade in trades for row in _orders(setup, trade)]
    for column in set(range(len(setup.assets))) - {int(row[1]) for row in rows}:
        opens = _opens(setup.pairs[column], run["timeframe"], times, datadir)
        opens = np.where(np.isnan(opens), prices[:, column], opens)
        rows += _inferred(column, times, amounts[:, column], opens, rows)
    fee = float(trades[0]["fee_open"]) if trades else 0.0
    return History(
        (*setup.assets, setup.stake),
        setup.targets,
        times,
        amounts,
        prices,
        min(float(run["starting_balance"]), setup.settings.investment or np.inf),
        fee,
        _executions(rows),
    )


def _not_ours(config: dict[str, Any], setup: Setup) -> Vector:
    """Coins that the account had before: freqtrade's wallet shows them with the bot's."""
    account = config.get("dry_run_wallet")
    coins = account if isinstance(account, dict) else {}
    return np.array([float(coins.get(asset, 0.0)) for asset in setup.assets])


def _orders(setup: Setup, trade: dict[str, Any]) -> list[Row]:
    column = setup.pairs.index(trade["pair"])
    rows = []
    for order in trade["orders"]:
        sign = 1 if order["ft_order_side"] == "buy" else -1
        tag = ROUND_TAG.fullmatch(str(order["ft_order_tag"]))
        number = int(tag[1]) if tag else CLOSING
        when = order["order_filled_timestamp"] / 1000
        rows.append((when, column, sign * order["amount"], order["safe_price"], number))
    return rows


def _opens(pair: str, timeframe: str, times: Vector, datadir: Path | None) -> Vector:
    if datadir is None:
        return np.full(len(times), np.nan)
    candles = load_pair_history(pair, timeframe, datadir)
    if candles.empty:
        return np.full(len(times), np.nan)
    moments = to_datetime(times, unit="s", utc=True)
    opens: Vector = candles.set_index("date")["open"].reindex(moments).to_numpy(dtype=float)
    return opens


def _inferred(
    column: int, times: Vector, amounts: Vector, opens: Vector, exported: list[Row]
) -> list[Row]:
    """Orders of one asset as its balances show them: filled one moment earlier, at that open,
    in the round of the exported orders of that moment."""
    rounds = {row[0]: row[4] for row in exported}
    rows: list[Row] = []
    for row in np.flatnonzero(np.diff(amounts, prepend=0.0)):
        before = max(int(row) - 1, 0)
        price = opens[before] if np.isfinite(opens[before]) else opens[row]
        number = rounds.get(times[before], INITIAL if not rows else ALONE + int(row))
        change = amounts[row] - (amounts[row - 1] if row else 0.0)
        rows.append((times[before], column, float(change), float(price), number))
    return rows


def _executions(rows: list[Row]) -> Executions:
    if not rows:
        raise ResultError("the result holds no orders")
    time, asset, amount, price, number = np.array(sorted(rows, key=lambda row: row[0])).T
    return Executions(time, asset.astype(np.int64), amount, price, number.astype(np.int64))
