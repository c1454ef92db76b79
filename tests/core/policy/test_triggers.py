"""When a round is due, and why."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from rebalancing.policy import schedule
from rebalancing.policy.period import is_due, next_boundary
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause, Reason
from rebalancing.policy.triggers.period_and_threshold import trigger
from rebalancing.state import State
from tests.support.builders import START, SimulatedAccount, make_settings

NAN = float("nan")
FAR = Reason(Cause.THRESHOLD, "BTC", 0.034)


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


DAY = timedelta(hours=24)


def allocated(served: int = 0) -> State:
    """The initial allocation has ended, and so many boundaries have been served."""
    return State(targets={}, origin=START, served=served)


def serve(state: State, now: datetime) -> State:
    """Look at the boundaries up to now under a period of a day."""
    policy = Policy(make_settings(period="24h"), ("BTC", "ETH"), "USDT")
    return schedule.served(policy, state, now, None)


@pytest.mark.parametrize(
    ("hours", "served", "due"),
    [
        pytest.param(0, 0, False, id="the origin is no boundary"),
        pytest.param(23.99, 0, False, id="before the first"),
        pytest.param(24, 0, True, id="exactly at the first"),
        pytest.param(31, 0, True, id="late for the first"),
        pytest.param(24, 1, False, id="the first is served"),
        pytest.param(47.99, 1, False, id="before the second"),
        pytest.param(48, 1, True, id="the second"),
        pytest.param(241, 1, True, id="nine missed"),
    ],
)
def test_a_boundary_is_due_until_it_is_served(hours: float, served: int, due: bool) -> None:
    assert is_due(DAY, allocated(served), after(hours)) is due


def test_several_missed_boundaries_count_as_one() -> None:
    state = serve(allocated(), after(24 * 7 + 5))
    assert not is_due(DAY, state, after(24 * 8 - 1))
    assert is_due(DAY, state, after(24 * 8))


def test_serving_late_does_not_shift_the_grid() -> None:
    state = serve(allocated(), after(24 + 13))
    assert not is_due(DAY, state, after(47))
    assert is_due(DAY, state, after(48))


def test_serving_never_takes_back_what_was_served() -> None:
    state = allocated(served=5)
    assert serve(state, after(24)) is state


@pytest.mark.parametrize(
    ("period", "origin"),
    [
        pytest.param(None, START, id="no period"),
        pytest.param(timedelta(hours=1), None, id="before the initial allocation ended"),
    ],
)
def test_without_period_or_origin_nothing_is_due(
    period: timedelta | None, origin: datetime | None
) -> None:
    assert not is_due(period, State(targets={}, origin=origin), after(10_000))


@pytest.mark.parametrize(
    ("state", "boundary"),
    [
        pytest.param(State(targets={}, period="24h", origin=START), START + DAY, id="the first"),
        pytest.param(
            State(targets={}, period="24h", origin=START, served=4), START + 5 * DAY, id="the fifth"
        ),
        pytest.param(State(targets={}, origin=START), None, id="no period"),
        pytest.param(State(targets={}, period="24h"), None, id="not allocated yet"),
    ],
)
def test_the_next_boundary_is_told(state: State, boundary: datetime | None) -> None:
    assert next_boundary(state) == boundary


@pytest.mark.parametrize(
    ("boundary", "reached", "combine", "both", "cause"),
    [
        pytest.param(False, False, "and", True, None, id="and: neither"),
        pytest.param(True, False, "and", True, None, id="and: boundary alone"),
        pytest.param(False, True, "and", True, None, id="and: threshold alone"),
        pytest.param(True, True, "and", True, Cause.PERIOD_AND_THRESHOLD, id="and: both"),
        pytest.param(False, False, "or", True, None, id="or: neither"),
        pytest.param(True, False, "or", True, Cause.PERIOD, id="or: boundary alone"),
        pytest.param(False, True, "or", True, Cause.THRESHOLD, id="or: threshold alone"),
        pytest.param(True, True, "or", True, Cause.PERIOD, id="or: both"),
        pytest.param(False, False, "and", False, None, id="one configured: not reached"),
        pytest.param(True, False, "and", False, Cause.PERIOD, id="period alone"),
        pytest.param(False, True, "and", False, Cause.THRESHOLD, id="threshold alone"),
    ],
)
def test_the_truth_table(
    boundary: bool, reached: bool, combine: str, both: bool, cause: Cause | None
) -> None:
    found = trigger(boundary, FAR if reached else None, combine, both)  # type: ignore[arg-type]  # a str of the table
    assert (None if found is None else found.cause) == cause
    if found is not None and reached:
        assert (found.asset, found.drift) == ("BTC", 0.034)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason(Cause.INITIAL), "initial"),
        (Reason(Cause.PERIOD), "period"),
        (FAR, "threshold BTC +3.4pp"),
        (Reason(Cause.PERIOD_AND_THRESHOLD, "ETH", -0.05), "period+threshold ETH -5.0pp"),
        (Reason(Cause.NEW_ASSET, "SOL"), "new asset SOL"),
    ],
)
def test_a_reason_reads_as_in_the_order_tags(reason: Reason, text: str) -> None:
    assert str(reason) == text


def pair_of_coins(minimum: float = 5.0, **settings: object) -> SimulatedAccount:
    account = SimulatedAccount(
        make_settings(**settings), {"BTC": 1.0, "ETH": 1.0}, 1000, minimum=minimum
    )
    account.at(0)
    return account


def causes(account: SimulatedAccount) -> list[str]:
    """Close the open round, if any, and return why each round started."""
    account.at(100_000)
    return [str(record.round.reason) for record in account.rebalancer.closed]


def test_the_first_round_is_the_initial_allocation() -> None:
    account = pair_of_coins(period="24h")
    account.at(1)
    (record,) = account.rebalancer.closed
    assert (record.round.number, str(record.round.reason)) == (0, "initial")


def test_the_grid_begins_at_the_end_of_the_initial_allocation() -> None:
    account = SimulatedAccount(make_settings(period="24h"), {"BTC": NAN, "ETH": NAN}, 1000)
    assert account.at(0) == {}
    account.at(10, BTC=1.0, ETH=1.0)
    assert account.at(24, BTC=1.2) == {}
    assert account.at(33, BTC=1.2) == {}
    assert account.at(34, BTC=1.2) == {"BTC": -50, "ETH": 50}


@pytest.mark.parametrize("hours", [24, 29], ids=["at the boundary", "late"])
def test_a_boundary_is_served_once(hours: int) -> None:
    account = pair_of_coins(period="24h")
    assert account.at(hours, BTC=1.2) == {"BTC": -50, "ETH": 50}
    assert account.at(hours + 1, BTC=1.8) == {}
    assert account.at(47.9) == {}
    assert account.at(48) != {}


def test_a_boundary_is_served_even_if_there_was_nothing_to_trade() -> None:
    account = pair_of_coins(period="24h")
    assert account.at(24) == {}
    assert account.at(25, BTC=1.2) == {}
    assert account.at(48) == {"BTC": -50, "ETH": 50}


@pytest.mark.parametrize(
    "settings", [{"period": "24h"}, {"threshold": 0.001}], ids=["period", "threshold"]
)
def test_dust_opens_no_round(settings: dict[str, object]) -> None:
    account = pair_of_coins(minimum=5, **settings)
    assert account.at(24, BTC=1.009) == {}
    assert account.rebalancer.round is None
    assert [record.round.number for record in account.rebalancer.closed] == [0]


def test_a_cooldown_postpones_a_boundary_and_does_not_cancel_it() -> None:
    account = pair_of_coins(period="24h", threshold=0.05, combine="or", cooldown="3h")
    assert account.at(23, BTC=1.3) != {}
    assert account.at(24, BTC=1.4) == {}
    assert account.at(25.9) == {}
    assert account.at(26) != {}
    assert [reason.split()[0] for reason in causes(account)] == ["initial", "threshold", "period"]


def test_a_cooldown_does_not_shift_the_grid() -> None:
    account = pair_of_coins(period="24h", cooldown="30h")
    assert account.at(24, BTC=1.2) == {}
    assert account.at(30) == {"BTC": -50, "ETH": 50}
    assert account.at(59, BTC=1.4) == {}
    assert account.at(60) != {}
    assert account.at(71, BTC=1.8) == {}


def test_a_cooldown_counts_from_start_to_start() -> None:
    account = pair_of_coins(threshold=0.03, cooldown="2h")
    assert account.at(2, BTC=1.2) != {}
    assert account.at(3.99, BTC=1.5) == {}
    assert account.at(4) != {}


def test_a_threshold_alone_is_looked_at_all_the_time() -> None:
    account = pair_of_coins(threshold=0.03)
    assert [bool(account.at(hour, BTC=1 + hour / 20)) for hour in (1, 2, 3, 4)] == [
        False,
        False,
        True,
        False,
    ]


def test_a_new_asset_starts_a_round_when_it_appears() -> None:
    account = SimulatedAccount(
        make_settings(period="30d"), {"BTC": 1.0, "ETH": 1.0, "SOL": NAN}, 900, minimum=5
    )
    assert account.at(0) == {"BTC": 450, "ETH": 450}
    assert account.at(5) == {}
    assert account.at(6, SOL=2.0) == {"BTC": -150, "ETH": -150, "SOL": 300}
    assert account.at(7) == {}
    assert [str(record.round.reason) for record in account.rebalancer.closed] == [
        "initial",
        "new asset SOL",
    ]


@pytest.mark.parametrize("policy", [{"threshold": 0.03}, {"period": "30d"}])
def test_more_taken_out_than_there_is_in_cash_is_sold_at_once(policy: dict[str, Any]) -> None:
    """An `investment` that is lowered leaves less than nothing in cash."""
    halves, prices = {"BTC": 0.5, "ETH": 0.5}, {"BTC": 1.0, "ETH": 1.0}
    settings = make_settings(targets=halves, **policy)
    account = SimulatedAccount(settings, prices, 1000, 0.005, fee=0.001, lot=0.3)
    account.at(0)
    account.cash -= 900
    assert account.at(1).keys() == {"BTC", "ETH"}
    assert account.at(2) == {}
    assert causes(account) == ["initial", "withdrawal"]
    assert 0 <= account.cash <= 0.01 * account.portfolio.nav


def test_an_asset_that_comes_back_is_not_new() -> None:
    account = pair_of_coins(period="30d")
    account.at(1, BTC=NAN)
    assert account.at(2, BTC=1.5) == {}
    assert len(account.rebalancer.closed) == 1


def test_a_new_asset_with_a_target_of_0_starts_nothing() -> None:
    settings = make_settings(targets={"BTC": 1, "ETH": 0})
    account = SimulatedAccount(settings, {"BTC": 1.0, "ETH": NAN}, 900)
    account.at(0)
    assert account.at(1, ETH=1.0) == {}
    assert account.rebalancer.round is None


def test_a_clock_that_is_set_back_does_not_prolong_the_cooldown() -> None:
    account = pair_of_coins(threshold=0.03, cooldown="2h")
    account.at(0)
    assert account.at(48, BTC=1.2)
    assert not account.at(47, BTC=1.0)
    assert account.at(24, BTC=1.0)


def test_a_new_asset_waits_for_the_cooldown() -> None:
    account = SimulatedAccount(
        make_settings(period="30d", cooldown="6h"), {"BTC": 1.0, "SOL": NAN}, 900
    )
    account.at(0)
    assert account.at(5, SOL=1.0) == {}
    assert account.at(6) == {"BTC": -450, "SOL": 450}


def test_the_threshold_watches_cash_too() -> None:
    account = pair_of_coins(threshold=0.03)
    account.at(1)
    account.cash += 29
    assert account.at(2) == {}
    account.cash += 5
    assert account.at(3) == {"BTC": 17, "ETH": 17}
    assert causes(account)[-1] == "threshold USDT +3.3pp"
