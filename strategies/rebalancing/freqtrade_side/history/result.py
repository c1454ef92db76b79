"""freqtrade's exported backtest result, as the history of a portfolio."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

from freqtrade.data.btanalysis import (
    get_backtest_wallet_change,
    get_latest_backtest_filename,
    load_backtest_stats,
)
from freqtrade.exceptions import FreqtradeException
from pandas import DataFrame

from rebalancing.config.cautions import cautions
from rebalancing.freqtrade_side.charts.annotations import reasons
from rebalancing.freqtrade_side.history.backtest_journal import backtest_events
from rebalancing.freqtrade_side.history.result_archive import (
    check_archive,
    read_configuration,
    read_parameters,
)
from rebalancing.freqtrade_side.history.result_history import history_of_result
from rebalancing.freqtrade_side.history.round_notes import round_notes, versions
from rebalancing.freqtrade_side.setup.configuration import plain_setup
from rebalancing.freqtrade_side.setup.parameters import CONFIGURATION, recorded_policy
from rebalancing.performance.candle_spans import candle_spans
from rebalancing.performance.record import Record
from rebalancing.rounds.tag import parse_tag

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
    tags = (order["ft_order_tag"] for trade in run["trades"] for order in trade["orders"])
    return any(map(parse_tag, tags))


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
    ran, source = recorded_policy(setup.settings, read_parameters(path, name))
    orders = (order["ft_order_tag"] for trade in run["trades"] for order in trade["orders"])
    tags = reasons(orders)
    events = backtest_events(path, name, run, tags)
    history, remarks = history_of_result(config, setup, run, wallet, datadir)
    return Record(
        *(name, "backtest", path.name),
        timeframe=str(run["timeframe"]),
        history=history,
        settings=ran,
        policy_source=source,
        tags=tags,
        journal=None if events is None else round_notes(events),
        remarks=(
            *_overridden(source),
            *remarks,
            *(span.sentence for span in candle_spans(history) if span.sentence),
        ),
        cautions=tuple(
            cautions(
                ran,
                setup.assets,
                setup.stake,
                history.fee,
                float(run["starting_balance"]),
            )
        ),
        exchange=str(exchange.get("name", "")),
        detail=str(run.get("timeframe_detail") or ""),
        versions=versions(events or ()),
    )


def _overridden(source: str) -> tuple[str, ...]:
    return () if source == CONFIGURATION else (f"The policy that ran is from {source}.",)
