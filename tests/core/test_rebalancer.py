"""The rebalancer: opens rounds when one is due, and sees them through."""

from typing import Any

import numpy as np
import pytest

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.rounds.round import Fill
from tests.support.builders import START, SimulatedAccount, make_settings
from tests.support.driven_rebalancer import DrivenRebalancer
from tests.support.rounds_at_work import MINUTE, NAN, RULES, at_work, planned, proceed, snapshot


def test_rounds_are_numbered_from_the_initial_allocation() -> None:
    account = SimulatedAccount(make_settings(period="24h"), {"BTC": 1.0, "ETH": 1.0}, 1000)
    for day, price in enumerate([1.0, 1.2, 1.5, 1.5, 1.1]):
        account.at(24 * day, BTC=price)
    account.at(24 * 5 - 1)
    assert [record.round.tag for record in account.rebalancer.closed] == [
        "r0 initial",
        "r1 period",
        "r2 period",
        "r3 period",
    ]


def test_the_rules_are_asked_for_only_when_a_round_is_due() -> None:
    account = SimulatedAccount(make_settings(threshold=0.05), {"BTC": 1.0, "ETH": 1.0}, 1000)
    account.at(0)
    account.at(1, BTC=1.1)
    asked = []

    def rules() -> MarketRules:
        asked.append(True)
        return account.rules

    account.rebalancer.watch(START + 120 * MINUTE, account.portfolio, rules)
    assert asked == []
    account.prices["BTC"] = 1.3
    account.rebalancer.watch(START + 121 * MINUTE, account.portfolio, rules)
    assert asked == [True]


def test_after_a_round_nothing_is_left_to_trade() -> None:
    account = SimulatedAccount(
        make_settings(threshold=0.0001), {"BTC": 1.0, "ETH": 1.0}, 1000, fee=0.001, minimum=0.5
    )
    account.at(0)
    assert account.at(1, BTC=1.3) != {}
    assert [account.at(hour) for hour in (2, 3, 4)] == [{}, {}, {}]
    assert [record.round.number for record in account.rebalancer.closed] == [0, 1]


def test_investment_in_one_round_leaves_no_cash_and_makes_no_debt() -> None:
    account = SimulatedAccount(
        make_settings(), {"BTC": 7.0, "ETH": 11.0, "SOL": 13.0}, 1000, fee=0.01
    )
    account.at(0)
    assert account.cash == pytest.approx(0, abs=1e-9)
    assert account.portfolio.weights[:-1].tolist() == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("values", "traded"),
    [
        pytest.param({}, {"A": -120, "B": 20, "C": 100}, id="all to target"),
        pytest.param({"destination": 0.5}, {"A": -60, "B": 10, "C": 50}, id="half the way"),
        pytest.param({"destination": "edge"}, {"A": -75, "B": 20, "C": 55}, id="edge"),
        pytest.param({"scope": "drifted"}, {"A": -120, "B": 20, "C": 100}, id="drifted"),
        pytest.param(
            {"scope": "fewest"}, {"A": -107.5, "B": 7.5, "C": 87.5}, id="fewest: to a quarter"
        ),
    ],
)
def test_the_policy_decides_the_trades(values: dict[str, Any], traded: dict[str, float]) -> None:
    settings = make_settings(
        targets={"A": 0.4, "B": 0.3, "C": 0.2, "USDT": 0.1}, threshold=0.05, **values
    )
    account = SimulatedAccount(settings, dict.fromkeys("ABC", 1.0), 1000)
    account.at(0)
    account.held = {"A": 520.0, "B": 280.0, "C": 100.0}
    assert account.at(1) == pytest.approx(traded)


def test_the_reserve_is_not_drift() -> None:
    """With a reserve of 0.5 %, the coins are 0.298 points from their share of the rest."""
    account = SimulatedAccount(
        make_settings(threshold=0.003), {"BTC": 1.0, "ETH": 1.0}, 10_000, reserve=0.005
    )
    account.at(0)
    assert account.cash == pytest.approx(50)
    assert account.at(1, BTC=1.012) == {}
    assert account.rebalancer.round is None


def test_the_reserve_is_no_target_that_a_relative_threshold_is_a_share_of() -> None:
    """A fifth of 0.5 % would be a band of 0.1 points: a deposit of 0.4 % would start a round."""
    settings = make_settings(threshold=0.2, threshold_kind="relative")
    account = SimulatedAccount(settings, {"BTC": 1.0, "ETH": 1.0}, 10_000, reserve=0.005)
    account.at(0)
    account.cash += 40
    assert account.at(1) == {}
    account.cash += 1_100  # a fifth of what the coins are to be
    assert account.at(2) != {}


def test_a_portfolio_that_lost_everything_is_left_alone() -> None:
    account = SimulatedAccount(make_settings(period="1h"), {"BTC": 1.0, "ETH": 1.0}, 1000)
    account.at(0)
    assert account.at(2, BTC=0.0, ETH=0.0) == {}


def test_an_asset_that_never_had_a_price_is_waited_for_with_its_weight_in_cash() -> None:
    rebalancer = DrivenRebalancer(make_settings(cooldown="0m"), ("BTC", "ETH"), "USDT")
    unlisted = Portfolio(("BTC", "ETH"), np.zeros(2), np.array([1.0, NAN]), 1000.0)
    assert rebalancer.wait_for(["ETH"]) == ("ETH",)
    rebalancer.watch(START, unlisted, lambda: RULES)
    assert planned(rebalancer) == {"BTC": 500}
    rebalancer.take("BTC", START)
    bought = Portfolio(("BTC", "ETH"), np.array([500.0, 0.0]), np.array([1.0, NAN]), 500.0)
    proceed(rebalancer, bought, BTC=Fill(0, 500))
    rebalancer.watch(START + 2 * MINUTE, bought, lambda: RULES)
    assert rebalancer.round is None
    assert rebalancer.wait_for([]) == ()
    rebalancer.watch(START + 3 * MINUTE, snapshot(500, 0, 500), lambda: RULES)
    assert planned(rebalancer) == {"ETH": 500}


def test_nobody_waits_for_an_asset_that_had_a_price_before_or_is_gone_without() -> None:
    rebalancer = at_work()
    assert rebalancer.wait_for(["ETH"]) == (), "it has been traded"
    new = DrivenRebalancer(make_settings(), ("BTC", "ETH"), "USDT")
    assert new.wait_for([]) == ()
    unlisted = Portfolio(("BTC", "ETH"), np.zeros(2), np.array([1.0, NAN]), 1000.0)
    new.watch(START, unlisted, lambda: RULES)
    assert planned(new) == {"BTC": 1000}
