"""freqtrade's exported backtest result, as the history of a portfolio."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from freqtrade.data.btanalysis import (
    get_backtest_wallet_change,
    get_latest_backtest_filename,
    load_backtest_stats,
)
from freqtrade.exceptions import FreqtradeException
from pandas import DataFrame, DatetimeIndex

from rebalancing.cautions import cautions
from rebalancing.freqtrade_side.annotations import ROUND_TAG, reasons
from rebalancing.freqtrade_side.configuration import Setup, plain_setup
from rebalancing.freqtrade_side.history.backtest_journal import backtest_notes
from rebalancing.freqtrade_side.history.result_archive import check_archive, read_configuration
from rebalancing.freqtrade_side.history.result_candles import candle_prices
from rebalancing.freqtrade_side.history.result_orders import (
    at_last_close,
    executions,
    order_rows,
    price_purchases,
)
from rebalancing.performance.candle_spans import candle_spans
from rebalancing.performance.history import History
from rebalancing.performance.record import Record
from rebalancing.portfolio import Vector

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
        freqtrade's folder of candles; None for that of the result's own user_data folder.

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
    What has no candle any more, or comes back from a gap as another coin, is valued at its last
    close before. Only the candles show that: without them it counts at the last open.
    """
    try:
        check_archive(path)
        runs: dict[str, dict[str, Any]] = load_backtest_stats(path)["strategy"]
        config = read_configuration(path) if any(map(_rebalanced, runs.values())) else {}
        records = {
            name: _record(
                name,
                path,
                config,
                run,
                get_backtest_wallet_change(path, name),
                datadir or _own_candles(path, config),
            )
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


def _own_candles(path: Path, config: dict[str, Any]) -> Path:
    """Where freqtrade keeps the candles if the result lies where freqtrade puts it."""
    return path.resolve().parent.parent / "data" / str(config["exchange"]["name"])


def _rebalanced(run: dict[str, Any]) -> bool:
    tags = (str(order["ft_order_tag"]) for trade in run["trades"] for order in trade["orders"])
    return any(map(ROUND_TAG.fullmatch, tags))


def _record(
    name: str,
    path: Path,
    config: dict[str, Any],
    run: dict[str, Any],
    wallet: DataFrame,
    datadir: Path,
) -> Record:
    exchange = {**config["exchange"], "pair_whitelist": run["pairlist"]}
    setup = plain_setup({**config, "exchange": exchange})
    orders = (order["ft_order_tag"] for trade in run["trades"] for order in trade["orders"])
    tags = reasons(orders)
    history, remarks = _history(config, setup, run, wallet, datadir)
    return Record(
        *(name, "backtest", path.name),
        timeframe=str(run["timeframe"]),
        history=history,
        settings=setup.settings,
        tags=tags,
        journal=backtest_notes(path, name, run, tags),
        remarks=(*remarks, *(span.sentence for span in candle_spans(history) if span.sentence)),
        cautions=tuple(
            cautions(
                setup.settings,
                setup.assets,
                setup.stake,
                history.fee,
                float(run["starting_balance"]),
            )
        ),
        exchange=str(exchange.get("name", "")),
        detail=str(run.get("timeframe_detail") or ""),
    )


def _history(
    config: dict[str, Any],
    setup: Setup,
    run: dict[str, Any],
    wallet: DataFrame,
    datadir: Path,
) -> tuple[History, list[str]]:
    """The history, and what a reader has to know of its prices."""
    columns = [*setup.assets, setup.stake]
    rates = wallet.pivot(index="date", columns="currency", values="rate").reindex(columns=columns)
    index = DatetimeIndex(rates.index).tz_convert(None)
    times = index.to_numpy().astype("datetime64[s]").astype(float)
    trades = [trade for trade in run["trades"] if trade["pair"] in setup.pairs]
    rows = [row for trade in trades for row in order_rows(setup.pairs, trade)]
    if not rows:
        raise ResultError("the result holds no orders")
    recorded = rates[list(setup.assets)].to_numpy(dtype=float, copy=True)
    prices, closes, remarks = _prices(setup, run, datadir, index, recorded)
    price_purchases(rows, times, prices)
    fee = float(trades[0]["fee_open"])
    orders = executions(rows, fee)
    amounts = orders.held(times, len(setup.assets))
    _check_holdings(config, setup, wallet, amounts)
    history = History(
        (*setup.assets, setup.stake),
        setup.targets,
        times,
        amounts,
        prices,
        min(float(run["starting_balance"]), setup.settings.investment or np.inf),
        fee,
        orders,
        closes=closes,
    )
    last, ended = history.known_prices()[-1], np.isnan(prices[-1])
    valued = executions([at_last_close(row, last, ended) for row in rows], fee)
    return replace(history, executions=valued), remarks


def _prices(
    setup: Setup,
    run: dict[str, Any],
    datadir: Path,
    index: DatetimeIndex,
    recorded: Vector,
) -> tuple[Vector, Vector | None, list[str]]:
    """Prices and last closes from the candles, or the prices that the run has recorded."""
    found = candle_prices(setup, str(run["timeframe"]), datadir, index)
    if found is None:
        return recorded, None, []
    if not found.agree_with(recorded):
        said = (
            f"The candles in {datadir} are not those of this run: prices are those that the run "
            "recorded, and what has ended counts at the open of its last candle."
        )
        return recorded, None, [said]
    return found.prices, found.closes, []


def _check_holdings(
    config: dict[str, Any], setup: Setup, wallet: DataFrame, amounts: Vector
) -> None:
    """Refuse a result whose orders do not explain what the wallet held."""
    held = wallet.pivot(index="date", columns="currency", values="balance")
    shown = held.reindex(columns=list(setup.assets)).fillna(0.0).to_numpy(dtype=float)
    missing = (shown - _not_ours(config, setup)) * (1 - 1e-6) > amounts + 1e-12
    if missing.any():
        names = ", ".join(setup.assets[i] for i in np.flatnonzero(missing.any(axis=0)))
        raise ValueError(f"the trade of {names} is missing, freqtrade could not close it")


def _not_ours(config: dict[str, Any], setup: Setup) -> Vector:
    """Coins that the account had before: freqtrade's wallet shows them with the bot's."""
    account = config.get("dry_run_wallet")
    coins = account if isinstance(account, dict) else {}
    return np.array([float(coins.get(asset, 0.0)) for asset in setup.assets])
