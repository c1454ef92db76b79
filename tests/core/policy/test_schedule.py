"""When rounds may begin, and what the state remembers of them."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from rebalancing.policy import schedule
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.round import Round
from rebalancing.state import State
from tests.support.builders import START, make_settings

ASSETS = ("BTC", "ETH")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ASKED, FAR = Reason(Cause.ASKED), Reason(Cause.THRESHOLD, "BTC", 0.1)
ROUND = Round(number=1, reason=FAR, started=START, destination={}, members=())


def make_policy(**values: Any) -> Policy:
    return Policy(make_settings(**values), ASSETS, "USDT")


def make_state(**facts: Any) -> State:
    """A portfolio that was allocated at `START`, and whose assets have all been seen."""
    return State(**{"targets": {}, "origin": START, "last_start": START, "seen": ASSETS, **facts})


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(0, 0), (1, 0), (2, 1), (3, 4), (4, 16), (5, 60), (6, 60), (1000, 60)],
)
def test_the_pause_widens_while_rounds_give_up(failures: int, minutes: int) -> None:
    assert schedule.backoff(failures) == minutes * MINUTE


@pytest.mark.parametrize(
    ("facts", "after", "cools"),
    [
        pytest.param({"last_start": None}, HOUR, False, id="no round before"),
        pytest.param({}, HOUR, True, id="within the cool-down"),
        pytest.param({}, -HOUR, True, id="a clock that went back a little"),
        pytest.param({}, 2 * HOUR, False, id="its end is not in it"),
        pytest.param({}, -3 * HOUR, False, id="a clock that was wrong by much"),
        pytest.param({"failures": 2}, 2 * HOUR, True, id="two gave up: a minute more"),
        pytest.param({"failures": 2}, 2 * HOUR + MINUTE, False, id="and that is over"),
        pytest.param({"asked": ASKED}, HOUR, False, id="an event asks at once"),
    ],
)
def test_a_round_cools(facts: dict[str, Any], after: timedelta, cools: bool) -> None:
    state = make_state(**facts)
    assert schedule.is_cooling(make_policy(cooldown="2h"), state, START + after) is cools


@pytest.mark.parametrize(
    ("facts", "after", "sleeps"),
    [
        pytest.param({}, HOUR, True, id="between boundaries"),
        pytest.param({}, 24 * HOUR, False, id="a boundary"),
        pytest.param({"served": 1}, 25 * HOUR, True, id="it has been served"),
        pytest.param({"round": ROUND}, HOUR, False, id="a round is open"),
        pytest.param({"asked": ASKED}, HOUR, False, id="an event asks"),
        pytest.param({"origin": None}, HOUR, False, id="not allocated yet"),
        pytest.param({"seen": ("BTC",)}, HOUR, False, id="an asset is awaited"),
    ],
)
def test_a_policy_that_needs_its_boundary_sleeps(
    facts: dict[str, Any], after: timedelta, sleeps: bool
) -> None:
    assert schedule.sleeps(make_policy(period="24h"), make_state(**facts), START + after) is sleeps


def test_a_policy_that_prices_may_wake_never_sleeps() -> None:
    policy = make_policy(period="24h", threshold=0.1, combine="or")
    assert not schedule.sleeps(policy, make_state(), START + HOUR)


def test_a_reason_that_was_looked_at_is_forgotten() -> None:
    policy = make_policy(threshold=0.1)
    for facts in ({"asked": ASKED}, {"again": FAR}):
        state = make_state(**facts)
        assert schedule.served(policy, state, START, None) is state
        assert schedule.served(policy, state, START, FAR) == make_state()
    state = make_state()
    assert schedule.served(policy, state, START, FAR) is state


def test_assets_are_seen_once_and_stay_so() -> None:
    policy = make_policy(threshold=0.1)
    state = make_state(seen=())
    assert schedule.seen(policy, state, np.array([False, False])) is state
    state = schedule.seen(policy, state, np.array([False, True]))
    assert state.seen == ("ETH",)
    assert schedule.seen(policy, state, np.array([False, True])) is state
    state = schedule.seen(policy, state, np.array([True, False]))
    assert state.seen == ASSETS
    assert schedule.seen(policy, state, np.array([False, False])) is state


def test_the_grid_begins_when_the_allocation_ends() -> None:
    new = make_state(origin=None, last_start=START - HOUR)
    assert schedule.allocated(new, START) == make_state(last_start=START - HOUR)
    assert schedule.allocated(make_state(origin=None, last_start=None), START) == make_state()
    state = make_state()
    assert schedule.allocated(state, START + HOUR) is state


@pytest.mark.parametrize(
    ("gave_up", "is_again", "failures", "again"),
    [
        (False, False, 0, None),
        (False, True, 0, None),
        (True, False, 3, None),
        (True, True, 3, FAR),
    ],
)
def test_a_round_that_gave_up_counts_and_may_be_due_again(
    gave_up: bool, is_again: bool, failures: int, again: Reason | None
) -> None:
    state = schedule.ended(make_state(failures=2), FAR, gave_up, is_again)
    assert (state.failures, state.again) == (failures, again)


def test_what_is_due_again_stays_due_when_another_round_ends() -> None:
    assert schedule.ended(make_state(again=FAR), ASKED, gave_up=False, is_again=False).again == FAR
