"""The last line of defence."""

import pytest

from rebalancing.config.limits import Limits
from rebalancing.policy.limits import Done, breach_after, breach_before

LIMITS = Limits(round_turnover=0.5, day_turnover=1.0, day_rounds=3, round_loss=0.02)


@pytest.mark.parametrize(
    ("planned", "day", "named"),
    [
        pytest.param(1000, [], None, id="half of the portfolio changes hands"),
        pytest.param(1001, [], "limits.round_turnover: 0.50", id="more than that"),
        pytest.param(600, [Done(7, 401)], "limits.round_turnover", id="what it did before counts"),
        pytest.param(600, [Done(6, 1400)], None, id="another round's is another round's"),
        pytest.param(601, [Done(6, 700), Done(5, 700)], "limits.day_turnover", id="the day's"),
        pytest.param(10, [Done(6, 1), Done(5, 1)], None, id="the third round of a day"),
        pytest.param(10, [Done(n, 1) for n in (4, 5, 6)], "limits.day_rounds: 4", id="the fourth"),
        pytest.param(10, [Done(n, 1) for n in (5, 6, 7)], None, id="going on is no new round"),
    ],
)
def test_a_plan_may_exceed_no_limit(planned: float, day: list[Done], named: str | None) -> None:
    breach = breach_before(LIMITS, 1000, 7, planned, day)
    assert breach is None if named is None else breach is not None and breach.startswith(named)


def test_a_round_may_not_lose_more_than_its_limit() -> None:
    assert breach_after(LIMITS, 1000, 20) is None
    assert breach_after(LIMITS, 1000, -50) is None
    breach = breach_after(LIMITS, 1000, 21)
    assert breach == "limits.round_loss: 2.10 % of NAV would be more than 2.00 % a round"
