"""The history of a portfolio, from the trades and the wallet of a backtest result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pandas import DataFrame, DatetimeIndex

from rebalancing.freqtrade_side.history.result_candles import candle_prices
from rebalancing.freqtrade_side.history.result_orders import (
    at_last_close,
    executions,
    order_rows,
    price_purchases,
)
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.portfolio import Vector
from rebalancing.performance.history import History


def history_of_result(
    config: dict[str, Any],
    setup: Setup,
    run: dict[str, Any],
    wallet: DataFrame,
    datadir: Path,
) -> tuple[History, list[str]]:
    """Rebuild what a backtest held, and was worth, from its orders.

    Parameters
    ----------
    config : mapping
        freqtrade's configuration of the run.
    run : mapping
        freqtrade's statistics of the strategy, with its trades.
    wallet : DataFrame
        freqtrade's captures of the wallet, by date and currency.

    Returns
    -------
    History
        Prices are those of the candles, if they are the run's; those of the wallet otherwise.
    list of str
        What a reader has to know of these prices, a sentence each.

    Raises
    ------
    ValueError
        If the result holds no orders, or they do not explain what the wallet held.
    """
    columns = [*setup.assets, setup.stake]
    rates = wallet.pivot(index="date", columns="currency", values="rate").reindex(columns=columns)
    index = DatetimeIndex(rates.index).tz_convert(None)
    recorded = rates[list(setup.assets)].to_numpy(dtype=float, copy=True)
    prices, closes, remarks = _prices(setup, run, datadir, index, recorded)
    start = float(run["starting_balance"])
    history = history_of_trades(setup, run["trades"], start, index, prices, closes)
    _check_holdings(config, setup, wallet, history.amounts)
    return history, remarks


def history_of_trades(
    setup: Setup,
    trades: Sequence[Mapping[str, Any]],
    start: float,
    index: DatetimeIndex,
    prices: Vector,
    closes: Vector | None,
) -> History:
    """Rebuild what was held, and was worth, from closed trades and prices.

    Parameters
    ----------
    trades : sequence of mapping
        freqtrade's, with their orders.
    start : float
        Stake currency of the account at the beginning.
    index : DatetimeIndex
        The moments, without a time zone, UTC.
    prices : array, shape (moments, assets)
        Stake currency for one coin, NaN where there is none; what first purchases paid is entered.
    closes : array, shape (moments, assets), or None
        The last close known; None where only `prices` are.

    Raises
    ------
    ValueError
        If there are no orders.
    """
    own = [trade for trade in trades if trade["pair"] in setup.pairs]
    rows = [row for trade in own for row in order_rows(setup.pairs, trade)]
    if not rows:
        raise ValueError("the result holds no orders")
    times = index.to_numpy().astype("datetime64[s]").astype(float)
    price_purchases(rows, times, prices)
    fee = float(own[0]["fee_open"])
    orders = executions(rows, fee)
    history = History(
        (*setup.assets, setup.stake),
        setup.targets,
        times,
        orders.held(times, len(setup.assets)),
        prices,
        min(start, setup.settings.investment or np.inf),
        fee,
        orders,
        closes=closes,
    )
    last, ended = history.known_prices()[-1], np.isnan(prices[-1])
    valued = executions([at_last_close(row, last, ended) for row in rows], fee)
    return replace(history, executions=valued)


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
