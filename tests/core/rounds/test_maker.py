"""How long a round waits for others to trade at its prices."""

from datetime import timedelta

import pytest

from rebalancing.config.settings import MAKER_TRIES
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds import maker
from rebalancing.rounds.round import Round
from tests.support.builders import START, make_settings

MINUTE = timedelta(minutes=1)
HURRIED, PATIENT = make_settings(), make_settings(maker="9m")


def a_round(tries: int = 1) -> Round:
    reason = Reason(Cause.PERIOD)
    return Round(number=1, reason=reason, started=START, destination={}, members=(), tries=tries)


@pytest.mark.parametrize(
    ("tries", "after", "waits"),
    [
        pytest.param(1, 0 * MINUTE, True, id="at first"),
        pytest.param(MAKER_TRIES, 9 * MINUTE - timedelta(seconds=1), True, id="to the last moment"),
        pytest.param(1, 9 * MINUTE, False, id="its time is over"),
        pytest.param(MAKER_TRIES + 1, 0 * MINUTE, False, id="it has tried often enough"),
    ],
)
def test_a_round_waits_as_maker_for_its_time(tries: int, after: timedelta, waits: bool) -> None:
    current = a_round(tries)
    assert maker.waits_as_maker(PATIENT, current, START + after) is waits
    assert maker.falls_back(PATIENT, current, START + after) is not waits


def test_without_a_time_or_a_round_nothing_waits_and_nothing_falls_back() -> None:
    for settings, current in ((HURRIED, a_round()), (HURRIED, None), (PATIENT, None)):
        for answer in (maker.waits_as_maker, maker.falls_back):
            assert answer(settings, current, START) is False


def test_an_order_rests_for_its_share_of_the_time() -> None:
    share = 9 * MINUTE / MAKER_TRIES
    assert not maker.is_overdue(PATIENT, START, START + share - timedelta(seconds=1))
    assert maker.is_overdue(PATIENT, START, START + share)
    assert not maker.is_overdue(HURRIED, START, START + 1000 * MINUTE)
