"""The record of a simulated policy, as a backtest of it would leave one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.config.cautions import cautions
from rebalancing.config.policy_words import in_short
from rebalancing.events.backtest import BacktestRoundEnded
from rebalancing.freqtrade_side.backtest.inputs import Inputs
from rebalancing.freqtrade_side.charts.annotations import reasons
from rebalancing.freqtrade_side.history.round_notes import round_notes
from rebalancing.market.portfolio import Vector
from rebalancing.performance.candle_spans import candle_spans
from rebalancing.performance.executions import CLOSING, Executions
from rebalancing.performance.history import History
from rebalancing.performance.record import Record
from rebalancing.policy.policy import Policy
from rebalancing.rounds.tag import parse_tag
from rebalancing.simulate import Simulation, simulate


@dataclass(frozen=True)
class Origin:
    """Where a simulated policy comes from.

    Parameters
    ----------
    source : str
        Name of its file.
    timeframe : str
        Of the candles, like "1h".
    exchange : str
        Whose candles they are.
    """

    source: str
    timeframe: str
    exchange: str


def simulated_record(policy: Policy, inputs: Inputs, origin: Origin) -> Record:
    """Simulate a policy and return all that is known of its run.

    Raises
    ------
    ValueError
        If it never bought anything.
    """
    cash = policy.settings.investment or inputs.cash
    found = simulate(policy, inputs.prices, inputs.markets, cash)
    if not found.orders:
        raise ValueError(f"{origin.source}: {in_short(policy.settings)} never bought anything")
    history = _history(policy, inputs, found, cash)
    closed = (BacktestRoundEnded(event) for event in found.rounds)
    spans = (span.sentence for span in candle_spans(history) if span.sentence)
    fee = inputs.markets.fee
    return Record(
        *(in_short(policy.settings), "simulation", origin.source, origin.timeframe),
        history=history,
        settings=policy.settings,
        tags=reasons(order.tag for order in found.orders),
        journal=round_notes({"event": event.kind, **event.line} for event in closed),
        remarks=tuple(spans),
        cautions=tuple(cautions(policy.settings, policy.assets, policy.stake, fee, inputs.cash)),
        exchange=origin.exchange,
    )


def _history(policy: Policy, inputs: Inputs, found: Simulation, cash: float) -> History:
    """Return the moments of a backtest: it begins with the second candle."""
    prices, fee = inputs.prices, inputs.markets.fee
    times = found.times[1:].astype(float)
    opens = np.where(np.isfinite(prices.known), prices.opens(), np.nan)[1:]
    closes = prices.newest()[1:]
    closes = np.where(closes > 0, closes, np.nan)
    last = np.where(np.isfinite(opens[-1]), opens[-1], closes[-1])
    orders = _executions(policy, found, float(times[-1]), last, fee)
    held = orders.held(times, len(policy.assets))
    return History(
        policy.members, policy.targets, times, held, opens, cash, fee, orders, closes=closes
    )


def _executions(
    policy: Policy, found: Simulation, end: float, last: Vector, fee: float
) -> Executions:
    """Return the orders, and those that sell everything at the end."""
    rows: list[tuple[float, int, float, float, int]] = []
    for order in found.orders:
        tag = parse_tag(order.tag)
        assert tag is not None
        place = policy.assets.index(order.asset)
        rows.append((order.time.timestamp(), place, order.amount, order.price, tag.number))
    held = np.flatnonzero(found.amounts > 0).tolist()
    rows += [(end, k, -float(found.amounts[k]), float(last[k]), CLOSING) for k in held]
    time, asset, amount, price, number = np.array(rows).T
    fees = fee * np.abs(amount) * price
    return Executions(time, asset.astype(np.int64), amount, price, number.astype(np.int64), fees)
