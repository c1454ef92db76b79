"""The six worked examples of the specification, through the pure core alone, to the cent."""

import pytest

from rebalancing.policy.reason import Cause
from tests.support.builders import SimulatedAccount, make_settings

DAY = 24


def two_coins(value: float, **settings: object) -> SimulatedAccount:
    """Hold BTC and ETH 1:1, bought at time 0 with `value`: half a coin costs a quarter of it."""
    account = SimulatedAccount(
        make_settings(**settings), {"BTC": value / 2, "ETH": value / 2}, value
    )
    assert account.at(0) == {"BTC": value / 2, "ETH": value / 2}
    return account


def drifted(account: SimulatedAccount, hours: float, points: float) -> dict[str, float]:
    """Let BTC weigh 50 % + `points` at this hour, whatever is held, at a NAV of 1000."""
    btc, eth = account.held["BTC"], account.held["ETH"]
    return account.at(hours, BTC=(500 + 10 * points) / btc, ETH=(500 - 10 * points) / eth)


def test_example_1_what_has_grown_most_is_sold() -> None:
    account = two_coins(100)
    assert account.at(DAY, BTC=60, ETH=80) == {"ETH": -10, "BTC": 10}
    assert account.worth == {"BTC": 70, "ETH": 70, "USDT": 0}
    assert account.portfolio.nav == pytest.approx(140)


def test_example_1_a_rebalance_is_worth_nothing_at_its_own_moment() -> None:
    account = two_coins(100)
    hodl = 60 + 80
    account.at(DAY, BTC=60, ETH=80)
    assert account.portfolio.nav == pytest.approx(hodl)


def test_example_2_what_has_lost_least_is_sold() -> None:
    account = two_coins(300)
    assert account.at(DAY, BTC=130, ETH=110) == {"BTC": -10, "ETH": 10}
    assert account.worth == {"BTC": 120, "ETH": 120, "USDT": 0}
    assert 300 - account.portfolio.nav == pytest.approx(60)


def test_example_3_after_a_period_both_are_equal_again() -> None:
    account = two_coins(1000)
    assert account.at(DAY, BTC=520, ETH=480) == {"BTC": -20, "ETH": 20}
    assert account.worth == {"BTC": 500, "ETH": 500, "USDT": 0}


@pytest.mark.parametrize(
    ("points", "traded"),
    [
        pytest.param(3, {"BTC": -30, "ETH": 30}, id="53 and 47 fire"),
        pytest.param(-3, {"BTC": 30, "ETH": -30}, id="47 and 53 fire"),
        pytest.param(2.99, {}, id="52.99 and 47.01 do not"),
        pytest.param(-2.99, {}, id="47.01 and 52.99 do not"),
    ],
)
def test_example_4_a_threshold_of_three_points(points: float, traded: dict[str, float]) -> None:
    account = two_coins(1000, threshold=0.03)
    assert drifted(account, 1, points) == traded


@pytest.mark.parametrize(
    ("combine", "expected"),
    [
        pytest.param(
            "and",
            {12: {}, 24: {}, 36: {}, 48: {"BTC": -30, "ETH": 30}, 60: {}, 72: {}},
            id="and: only at a boundary, and only if the threshold is reached there",
        ),
        pytest.param(
            "or",
            {
                12: {"BTC": -50, "ETH": 50},
                24: {"BTC": -20, "ETH": 20},
                36: {"BTC": -40, "ETH": 40},
                48: {"BTC": -30, "ETH": 30},
                60: {},
                72: {"BTC": -10, "ETH": 10},
            },
            id="or: as soon as the threshold is reached, and at every boundary",
        ),
    ],
)
def test_example_5_period_and_threshold(
    combine: str, expected: dict[int, dict[str, float]]
) -> None:
    account = two_coins(1000, period="24h", threshold=0.03, combine=combine)
    path = {12: 5, 24: 2, 36: 4, 48: 3, 60: 2.5, 72: 1}
    assert {hour: drifted(account, hour, points) for hour, points in path.items()} == expected


def test_example_5_a_boundary_with_too_little_drift_waits_for_the_next_boundary() -> None:
    account = two_coins(1000, period="24h", threshold=0.03, combine="and")
    assert drifted(account, 24, 2) == {}
    assert [drifted(account, hour, 5) for hour in (24.5, 30, 47.9)] == [{}, {}, {}]
    assert drifted(account, 48, 5) == {"BTC": -50, "ETH": 50}
    account.at(49)
    assert account.rebalancer.closed[-1].round.reason.cause == Cause.PERIOD_AND_THRESHOLD


def test_example_6_three_doublings_in_a_row() -> None:
    lot = 0.001
    settings = make_settings(targets={"BTC": 0.25, "ETH": 0.25, "SOL": 0.25, "USDT": 0.25})
    account = SimulatedAccount(settings, {"BTC": 10, "ETH": 10, "SOL": 10}, 1000, lot=lot)
    account.at(0)
    for times in (1, 2, 3):
        price = 10 * 2**times
        before = account.portfolio.values[0] * 2
        traded = account.at(DAY * times, BTC=price)
        nav = account.portfolio.nav
        assert account.portfolio.weights == pytest.approx([0.25] * 4, abs=4 * lot * price / nav)
        assert -traded["BTC"] == pytest.approx(before - nav / 4, abs=lot * price)
        assert list(traded) == ["BTC", "ETH", "SOL"]
