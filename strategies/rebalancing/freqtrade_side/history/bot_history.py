"""The life of a bot, from its database, its journal and downloaded candles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from freqtrade.exceptions import OperationalException
from freqtrade.misc import parse_db_uri_for_logging
from freqtrade.persistence import Trade
from sqlalchemy.engine import make_url

from rebalancing.config.cautions import cautions
from rebalancing.freqtrade_side.charts.annotations import reasons
from rebalancing.freqtrade_side.history.bot_candles import CandleFolder
from rebalancing.freqtrade_side.history.round_notes import round_notes, versions
from rebalancing.freqtrade_side.outside.bot_database import open_database
from rebalancing.freqtrade_side.records import own_orders, store
from rebalancing.freqtrade_side.records.journal_file import journal_path, read_journal
from rebalancing.freqtrade_side.records.own_orders import Executed
from rebalancing.freqtrade_side.setup.configuration import Setup, plain_setup
from rebalancing.market.portfolio import Vector
from rebalancing.performance.candle_spans import candle_spans
from rebalancing.performance.executions import ADOPTED, OTHER, WITHDRAWN, Executions, Flows
from rebalancing.performance.history import History
from rebalancing.performance.record import Record
from rebalancing.policy.reason import Cause
from rebalancing.rounds.tag import ADOPTED_TAG, IN_KIND, WITHDRAWN_TAG, parse_tag

Prices = Callable[[Sequence[str], float, float], tuple[Vector, Vector, Vector | None]]
_TIMEFRAME = "1h"  # the strategy's own
_NUMBERS = {ADOPTED_TAG: ADOPTED, WITHDRAWN_TAG: WITHDRAWN}


def read_bot(config: Mapping[str, Any], datadir: Path | None = None) -> Record:
    """Read the life of the bot whose configuration this is.

    Parameters
    ----------
    config : mapping
        freqtrade's, complete: ``db_url``, ``datadir``, ``user_data_dir``.
    datadir : Path or None
        Folder of the candles; None for that of the configuration.

    Raises
    ------
    OperationalException
        If the database cannot be read or holds no order of a round, or candles are missing.
    ValueError
        If the configuration has no valid ``rebalance`` block.
    """
    setup = plain_setup(config)
    url = str(config["db_url"])
    open_database(url)
    try:
        orders = own_orders.executed(Trade.stake_currency == setup.stake)
        flows = store.flows()
    finally:
        Trade.session.remove()
    shown = Path(make_url(url).database or "").name or parse_db_uri_for_logging(url)
    if not any(parse_tag(order.tag) for order in orders):
        raise OperationalException(f"{shown}: holds no order of a round")
    timeframe = str(config.get("timeframe") or _TIMEFRAME)
    folder = CandleFolder(datadir or Path(config["datadir"]), timeframe)
    opening = _opening(flows, config, setup, orders)
    history = history_of(setup, orders, opening, folder.prices)
    events = list(read_journal(journal_path(config)))
    return Record(
        str(config.get("bot_name") or config.get("strategy") or "SmartRebalance"),
        "dry-run" if config["dry_run"] else "live",
        shown,
        timeframe,
        history,
        setup.settings,
        reasons(order.tag for order in orders),
        journal=round_notes(events),
        remarks=(
            *_remarks(orders, flows, setup.stake),
            *_stale(history),
            *(span.sentence for span in candle_spans(history) if span.sentence),
        ),
        cautions=tuple(
            cautions(setup.settings, setup.assets, setup.stake, history.fee, float("inf"))
        ),
        exchange=str(config["exchange"]["name"]),
        versions=versions(events),
    )


def _opening(
    flows: list[tuple[datetime, float]],
    config: Mapping[str, Any],
    setup: Setup,
    orders: Sequence[Executed],
) -> list[tuple[float, float]]:
    """Return the cash flows, the first of which is what the bot started with."""
    if flows:
        return [(when.timestamp(), amount) for when, amount in flows]
    wallet = config.get("dry_run_wallet")
    start = wallet.get(setup.stake) if isinstance(wallet, dict) else wallet
    known = setup.settings.investment or (start if config["dry_run"] else None)
    if known is None:
        raise OperationalException(
            "the database tells no cash flow, and the configuration no investment: what the "
            "bot started with is not known"
        )
    return [(min(_time(order) for order in orders), float(known))]


def history_of(
    setup: Setup, orders: Sequence[Executed], flows: Sequence[tuple[float, float]], prices: Prices
) -> History:
    """Rebuild what a bot held, and was worth, from its orders.

    Parameters
    ----------
    orders : sequence of Executed
        All that were filled, at least one.
    flows : sequence of (float, float)
        Cash flows: seconds since 1970, and stake currency, deposits positive. The first one is
        what the bot started with.
    prices : callable
        Gives moments, the prices at them and the last closes, as `CandleFolder.prices` does.
    """
    sold = (order.asset for order in orders if order.asset not in setup.assets)
    assets = (*setup.assets, *dict.fromkeys(sold))
    executions = _executions(assets, sorted(orders, key=_time))
    begin = min(flows[0][0], float(executions.time[0]))
    pairs = [f"{asset}/{setup.stake}" for asset in assets]
    times, known, closes = prices(pairs, begin, float(executions.time[-1]))
    if executions.time[-1] >= times[-1]:
        times, known = _up_to_now(times, known, executions)
        closes = None if closes is None else np.vstack([closes, closes[-1:]])
    later = np.array(flows[1:]).reshape(-1, 2)
    extra = np.zeros(len(assets) - len(setup.assets))
    return History(
        (*assets, setup.stake),
        np.concatenate([setup.targets[:-1], extra, setup.targets[-1:]]),
        times,
        executions.held(times, len(assets)),
        known,
        flows[0][1],
        _fee_rate(orders),
        executions,
        Flows(later[:, 0], later[:, 1]),
        closes,
    )


def _executions(assets: tuple[str, ...], orders: list[Executed]) -> Executions:
    """Coins that the exchange kept as a fee were never bought, and cost what they were worth."""
    return Executions(
        np.array([_time(order) for order in orders]),
        np.array([assets.index(order.asset) for order in orders], dtype=np.int64),
        np.array([order.amount - order.fee_coins for order in orders]),
        np.array([order.price for order in orders]),
        np.array([_number(order.tag) for order in orders], dtype=np.int64),
        np.array([_fee(order) for order in orders]),
    )


def _fee(order: Executed) -> float:
    """Return what the fee took from the portfolio, stake currency: 0 if it was paid in BNB, say."""
    if order.tag in IN_KIND:
        return 0.0
    return -order.amount * order.price - order.cash + order.fee_coins * order.price


def _number(tag: str) -> int:
    if tag in _NUMBERS:
        return _NUMBERS[tag]
    round_ = parse_tag(tag)
    return OTHER if round_ is None else round_.number


def _time(order: Executed) -> float:
    """When; an order that is filled in part and still open has no time yet."""
    return (order.filled_at or datetime.now(UTC)).timestamp()


def _up_to_now(times: Vector, prices: Vector, orders: Executions) -> tuple[Vector, Vector]:
    """Add a moment after the newest orders, which are later than the candles."""
    newest = prices[-1].copy()
    late = orders.time >= times[-1]
    newest[orders.asset[late]] = orders.price[late]
    return np.append(times, orders.time[-1] + 1), np.vstack([prices, newest])


def _fee_rate(orders: Sequence[Executed]) -> float:
    """Of what was ordered, coins that the exchange kept as a fee among it."""
    paid = [_fee(order) / order.notional for order in orders if order.notional > 0]
    rates = [rate for rate in paid if rate > 0]
    return float(np.median(rates)) if rates else 0.0


def _remarks(orders: Sequence[Executed], flows: Sequence[object], stake: str) -> list[str]:
    said = []
    if not flows:
        said.append(
            "The database tells no cash flow: what the bot started with is that of the "
            "configuration, and deposits are not known."
        )
    elsewhere = sum(order.fee - _fee(order) for order in orders if order.fee > 2 * _fee(order))
    if elsewhere > 0:
        said.append(
            f"Fees worth about {elsewhere:.6g} {stake} were paid in another coin; the NAV does not "
            "show them."
        )
    tags = filter(None, (parse_tag(order.tag) for order in orders))
    if any(tag.reason.cause == Cause.TARGETS_CHANGED for tag in tags):
        said.append("The targets were changed on the way; drift is against the present ones.")
    return said


def _stale(history: History) -> Iterator[str]:
    """Say so if the newest candles are missing: the page is about the past then."""
    step, end = history.time[1] - history.time[0], history.time[-1]
    if datetime.now(UTC).timestamp() - end > 2 * step:
        until = datetime.fromtimestamp(end, UTC)
        yield (
            f"The candles end on {until:%Y-%m-%d %H:%M}, and with them this report; "
            "freqtrade download-data gets newer ones."
        )
