"""A limit that a round would exceed, or has exceeded, stops it and keeps the coins."""

from datetime import timedelta
from typing import Any

import pytest

from rebalancing.policy.limits import Done
from rebalancing.policy.reason import Cause
from rebalancing.rounds.events import Outcome
from rebalancing.rounds.round import Fill
from tests.support.builders import START, make_settings
from tests.support.driven_rebalancer import DrivenRebalancer
from tests.support.rounds_at_work import RULES, outcomes, planned, snapshot

MINUTE = timedelta(minutes=1)


def begun(done: list[Done], cause: Cause | None = None, **limits: float) -> DrivenRebalancer:
    """Find a portfolio of 1000 that a round would sell 100 of, once it has been allocated."""
    rebalancer = DrivenRebalancer(
        make_settings(threshold=0.05, limits=limits), ("BTC", "ETH"), "USDT"
    )
    facts: dict[str, Any] = {"origin": START, "last_start": START, "seen": ("BTC", "ETH")}
    rebalancer.state = rebalancer.state.changed(number=4, **facts)
    if cause is not None:
        rebalancer.ask(cause)
    now = START + timedelta(days=2)
    rebalancer.look(now, snapshot(600, 400), lambda: RULES, day=lambda: done)
    return rebalancer


FEW, MANY = [Done(3, 1000.0)], [Done(number, 20.0) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("done", "limits", "breach"),
    [
        pytest.param([], {"round_turnover": 0.1}, None, id="just the turnover of a round"),
        pytest.param(
            [],
            {"round_turnover": 0.09995},
            "limits.round_turnover: 0.10 would be more than 0.09995 a round",
            id="more of it",
        ),
        pytest.param(FEW, {"day_turnover": 0.6}, None, id="just the turnover of a day"),
        pytest.param(
            FEW,
            {"day_turnover": 0.599},
            "limits.day_turnover: 0.60 would be more than 0.599 a day",
            id="more of that",
        ),
        pytest.param(MANY, {"day_rounds": 4}, None, id="just the rounds of a day"),
        pytest.param(
            MANY,
            {"day_rounds": 3},
            "limits.day_rounds: 4 rounds would be more than 3 a day",
            id="one more",
        ),
    ],
)
def test_a_round_does_not_begin_beyond_a_limit(
    done: list[Done], limits: dict[str, float], breach: str | None
) -> None:
    rebalancer = begun(done, **limits)
    assert rebalancer.state.stopped == breach
    assert (rebalancer.round is None) == (breach is not None)
    assert outcomes(rebalancer) == [], "one that never began does not end"


def test_what_a_person_asks_for_counts_for_no_limit() -> None:
    assert planned(begun(MANY, Cause.ASKED, day_rounds=3)) == {"BTC": -100, "ETH": 100}


@pytest.mark.parametrize(
    ("lost", "breach"),
    [
        (20.0, None),
        (20.1, "limits.round_loss: 2.01 % of NAV would be more than 2.00 % a round"),
    ],
)
@pytest.mark.parametrize("open_orders", [False, True])
def test_a_round_that_loses_too_much_stops(
    lost: float, breach: str | None, open_orders: bool
) -> None:
    rebalancer = begun([])
    opened = rebalancer.state.opening
    assert opened is not None
    assert (opened["nav"], opened["prices"]) == (1000.0, {"BTC": 1.0, "ETH": 1.0})
    asked = []

    def cost(prices: dict[str, float]) -> float:
        asked.append(prices)
        return lost

    rebalancer.look(
        START + timedelta(days=2, minutes=1),
        snapshot(500, 400, 100 - lost),
        lambda: RULES,
        {"BTC": Fill(100, 0)},
        open_orders,
        day=list,
        cost=cost,
    )
    assert asked == [opened["prices"]]
    assert rebalancer.state.stopped == breach
    assert (rebalancer.round is None) == (breach is not None)


def test_a_round_stops_where_what_is_left_of_it_would_be_too_much() -> None:
    """Its sell was made at half the price, and now the buy counts for more of the NAV."""
    rebalancer = begun([], round_turnover=0.11)
    fills = {"BTC": Fill(100, 0)}
    look = (START + timedelta(days=2, minutes=1), snapshot(400, 300, 100), lambda: RULES, fills)
    rebalancer.look(*look, day=lambda: [Done(4, 100.0)])
    why = "limits.round_turnover: 0.12 would be more than 0.11 a round"
    assert rebalancer.state.stopped == why
    assert outcomes(rebalancer) == [Outcome.STOPPED]


@pytest.mark.parametrize("minutes", [1, 24 * 60 - 1, 24 * 60])
def test_a_round_waits_a_day_for_orders_that_do_not_fill(minutes: float) -> None:
    rebalancer = begun([])
    for asset in ("BTC", "ETH"):
        rebalancer.take(asset, START + timedelta(days=2))
    now = START + timedelta(days=2) + minutes * MINUTE
    rebalancer.look(now, snapshot(600, 400), lambda: RULES, {}, open_orders=True, may_open=False)
    assert outcomes(rebalancer) == ([Outcome.GAVE_UP] if minutes == 24 * 60 else [])


def test_a_round_remembers_when_its_newest_order_was_filled() -> None:
    rebalancer = begun([])
    filled = START + timedelta(days=2, seconds=30)
    rebalancer.look(
        filled, snapshot(550, 400, 50), lambda: RULES, {}, open_orders=True, last_fill=filled
    )
    assert rebalancer.round is not None
    assert rebalancer.round.ordered_at == filled
    before = rebalancer.state
    rebalancer.look(
        filled, snapshot(550, 400, 50), lambda: RULES, {}, open_orders=True, last_fill=filled
    )
    assert rebalancer.state == before
