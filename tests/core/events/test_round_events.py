"""What happens to rounds and orders, as journal, log and messages have it."""

import json
from typing import Any

import numpy as np
import pytest

from rebalancing.events import backtest, orders, rounds
from rebalancing.events.event import Event
from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.events import Outcome, RoundClosed, RoundOpened, RoundPlanned
from rebalancing.rounds.opening import opening_facts
from rebalancing.rounds.plan import Omission, OmissionReason, Plan, Trade
from rebalancing.rounds.round import Round
from tests.support.builders import START

TAG = "r3 threshold BTC +4.0pp"
LEFT_OUT = [{"asset": "ETH", "size": 4.0, "why": "below the smallest trade"}]
PLAN = Plan(
    (Trade("BTC", -0.01, 44_000.0), Trade("SOL", 2.0, 100.0)),
    (Omission("ETH", 4.0, OmissionReason.BELOW_MINIMUM),),
)
REASON = Reason(Cause.THRESHOLD, "BTC", 0.04)
ROUND = Round(
    number=3,
    reason=REASON,
    started=START,
    destination={"BTC": 0.4, "ETH": 0.3, "SOL": 0.2, "USDT": 0.1},
    members=("BTC", "SOL"),
    tries=2,
    plan=PLAN,
)
BEFORE = Portfolio(
    ("BTC", "ETH", "SOL"), np.array([0.1, 1.5, 20.0]), np.array([44e3, 2e3, 1e2]), 600.0
)
AFTER = Portfolio(
    ("BTC", "ETH", "SOL"), np.array([0.09, 1.5, 22.0]), np.array([44e3, 2e3, 1e2]), 839.5
)
TARGETS = np.array([0.4, 0.3, 0.2, 0.1])
CLOSED = RoundClosed(ROUND, Outcome.GAVE_UP, ("SOL",), opening_facts(PLAN, BEFORE, "USDT"), AFTER)
WEIGHTS = {
    "BTC": 4400 / 10000,
    "ETH": 3000 / 10000,
    "SOL": 2000 / 10000,
    "USDT": 600 / 10000,
}
PLANNED = {
    "round": 3,
    "tag": TAG,
    "reason": {"cause": "threshold", "asset": "BTC", "drift": 0.04},
    "try": 2,
    "nav": 10000.0,
    "cash": 600.0,
    "weights": WEIGHTS,
    "targets": dict(zip(WEIGHTS, TARGETS.tolist(), strict=True)),
    "destination": ROUND.destination,
    "trades": [
        {"asset": "BTC", "amount": -0.01, "price": 44000.0},
        {"asset": "SOL", "amount": 2.0, "price": 100.0},
    ],
    "left_out": LEFT_OUT,
    "without": {"XRP": "no price"},
}
WITHOUT = {"XRP": "no price"}

FACTS_ALONE = [
    (
        orders.Ordered(3, "BTC", "sell", 0.01),
        {"event": "order", "round": 3, "asset": "BTC", "side": "sell", "amount": 0.01},
        None,
    ),
    (
        orders.Ordered(3, "SOL", "buy", 200.0),
        {"event": "order", "round": 3, "asset": "SOL", "side": "buy", "notional": 200.0},
        None,
    ),
    (
        rounds.RoundBegan(RoundOpened(ROUND, BEFORE, TARGETS), "USDT", WITHOUT),
        {"event": "round", **PLANNED},
        f"{TAG} is under way: 440.00 USDT to sell and 200.00 USDT to buy in all (left out: ETH: "
        "below the smallest trade); without XRP: no price",
    ),
    (
        rounds.RoundPlannedAgain(RoundPlanned(ROUND, BEFORE, TARGETS), "USDT", WITHOUT),
        {"event": "plan", **PLANNED},
        f"{TAG}: try 2, 2 trades left",
    ),
    (
        rounds.RoundEnded(CLOSED, "USDT", "SOL: not filled", {"BTC": -440.0}, 440.0, 0.5, WITHOUT),
        {
            "event": "closed",
            "round": 3,
            "tag": TAG,
            "outcome": "gave up",
            "reason": "SOL: not filled",
            "planned": {"BTC": -440.0, "SOL": 200.0},
            "achieved": {"BTC": -440.0},
            "turnover": 0.022,
            "cost": 0.5,
            "nav_before": 10000.0,
            "nav_after": AFTER.nav,
            "weights_before": WEIGHTS,
            "weights_after": dict(zip(WEIGHTS, AFTER.weights.tolist(), strict=True)),
            "left_out": LEFT_OUT,
            "without": WITHOUT,
        },
        f"{TAG} gave up (SOL: not filled): turnover 2.20 %, cost 0.50 USDT, BTC 44.0 % to 39.6 %, "
        "USDT 6.0 % to 8.4 %, SOL 20.0 % to 22.0 %",
    ),
    (
        backtest.BacktestRoundEnded(CLOSED),
        {"event": "closed", "round": 3, "tag": TAG, "outcome": "gave up", "left_out": LEFT_OUT},
        f"{TAG} gave up",
    ),
    (
        backtest.BacktestBegan("0.2.0", "2026.9"),
        {"event": "began", "version": "0.2.0", "freqtrade": "2026.9"},
        "SmartRebalance 0.2.0, freqtrade 2026.9",
    ),
]


def written(event: Event) -> dict[str, Any]:
    """Return the line that the journal has of an event, without its time."""
    found: dict[str, Any] = json.loads(json.dumps({"event": event.kind, **event.line}, default=str))
    return found


@pytest.mark.parametrize("seen", FACTS_ALONE, ids=lambda seen: type(seen[0]).__name__)
def test_rounds_and_orders_are_facts_in_the_journal(
    seen: tuple[Event, dict[str, Any], str | None],
) -> None:
    event, line, text = seen
    found = written(event)
    assert list(found) == list(line)
    for key, value in line.items():
        is_mapping = isinstance(value, dict) and all(isinstance(v, float) for v in value.values())
        is_number = isinstance(value, float) or is_mapping
        assert found[key] == (pytest.approx(value) if is_number else value), key
    assert text is None or event.text == text
    is_told = isinstance(event, rounds.RoundBegan | rounds.RoundEnded)
    assert event.message == (f"Rebalancing {text}" if is_told else None)
