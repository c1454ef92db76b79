"""The record of a simulated policy, as a backtest of it would leave one."""

from __future__ import annotations

from dataclasses import dataclass

from rebalancing.config.cautions import cautions
from rebalancing.config.policy_words import in_short
from rebalancing.events.backtest import BacktestRoundEnded
from rebalancing.freqtrade_side.backtest.inputs import Inputs
from rebalancing.freqtrade_side.charts.annotations import reasons
from rebalancing.freqtrade_side.history.round_notes import round_notes
from rebalancing.performance.candle_spans import candle_spans
from rebalancing.performance.record import Record
from rebalancing.performance.simulated import simulated_history
from rebalancing.policy.policy import Policy
from rebalancing.simulate import simulate


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
    history = simulated_history(policy, inputs.prices, inputs.markets, cash, found)
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
