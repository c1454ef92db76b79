"""What the campaign expects of the weights in the end, and of coins that left, to a tick."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.campaign.checks.books import cash_flows_are_booked
from tests.campaign.checks.policy import the_portfolio_is_inside_its_bands
from tests.campaign.evidence import Evidence, in_ms
from tests.campaign.honest_books import honest_history
from tests.campaign.witnessed import PART_SOLD, Move, Renamed, Touched

TICK = 0.5
END_MS = in_ms("2998-01-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def honest() -> Evidence:
    return honest_history()


def with_policy(seen: Evidence, **block: Any) -> Evidence:
    rebalance = {**seen.scenario.rebalance, **block}
    return replace(seen, scenario=replace(seen.scenario, rebalance=rebalance))


def test_coins_that_left_are_worth_a_price_to_a_tick(honest: Evidence) -> None:
    """A book cannot stand nearer to a price than its ticks."""
    ticks = {**honest.markets, "ETH": replace(honest.markets["ETH"], tick=Decimal(str(TICK)))}
    amount = Decimal(str(honest.held()["ETH"]))
    renamed = Renamed(END_MS, "ETH", "NEW", amount, amount)
    for price, is_found in ((10 - TICK, False), (10 + TICK, False), (10 - 2 * TICK, True)):
        booked = {"ft_order_tag": "withdrawn", "order_date": "2998-01-01T00:00:01+00:00"}
        row = {**booked, "filled": float(amount), "price": price}
        seen = replace(
            honest, markets=ticks, renamed=(renamed,), kept_orders=(*honest.kept_orders, row)
        )
        assert bool([*cash_flows_are_booked(seen)]) is is_found


def test_an_ended_coin_that_a_person_sold_in_part_counts_nothing(honest: Evidence) -> None:
    """The bot knows no price for it: half of the rest is BTC, the other half cash."""
    seen = replace(
        with_policy(honest, targets={"BTC": 0.98, "ETH": 0.02}),
        ended=frozenset({"ETH"}),
        touched=(Touched(PART_SOLD, "ETH", END_MS, END_MS),),
    )
    assert [*the_portfolio_is_inside_its_bands(seen)] == []


def test_a_policy_with_a_period_waits_for_the_boundary_after_its_first_round(
    honest: Evidence,
) -> None:
    first = honest.journal[:2]
    begun = in_ms(str((first[0] or {})["time"]))
    late = {**(first[1] or {}), "time": "2998-01-01T00:00:00+00:00"}
    policy = with_policy(honest, threshold=0.0, period="1h")
    for moved, journal, is_found in (
        (begun + 1, (first[0], late), False),
        (begun + 1, (*first, *honest.journal[2:]), True),
        (END_MS + 1, (first[0], late), True),
    ):
        moves = (*honest.moves, Move(moved, "BTC", 120.0))
        seen = replace(policy, journal=journal, moves=moves)
        assert bool([*the_portfolio_is_inside_its_bands(seen)]) is is_found
