"""The drift that a bot tells of: measured as its triggers measure it."""

from typing import Any

import numpy as np
import pytest

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.guards import measured_drift
from rebalancing.policy.policy import Policy
from rebalancing.resume import begun
from rebalancing.view import View
from tests.support.builders import START, make_settings

ASSETS = ("BTC", "ETH", "SOL")
NAN = float("nan")


def no_rules() -> MarketRules:
    raise AssertionError("no rules are needed")


def drift_of(weights: tuple[float, ...], reserve: float = 0.0, **facts: Any) -> dict[str, float]:
    """Measure BTC 50 %, ETH 30 % and SOL 20 % at weights of a portfolio of 1,000, cash last; an
    asset with the weight NaN has no price."""
    targets = {"BTC": 0.5, "ETH": 0.3, "SOL": 0.2}
    policy = Policy(make_settings(targets=targets), ASSETS, "USDT", reserve)
    coins = np.array(weights[:-1]) * 1000
    prices = np.where(np.isnan(coins), np.nan, 1.0)
    portfolio = Portfolio(ASSETS, np.nan_to_num(coins), prices, weights[-1] * 1000)
    return measured_drift(policy, begun(policy).changed(**facts), View(START, portfolio, no_rules))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            drift_of((0.55, 0.25, 0.2, 0.0)),
            {"BTC": 0.05, "ETH": -0.05, "SOL": 0, "USDT": 0},
            id="weights less targets",
        ),
        pytest.param(
            # The reserve is no drift: the others share what is left of the targets.
            drift_of((0.5, 0.25, 0.2, 0.05), reserve=0.005),
            {"BTC": 0.0025, "ETH": -0.0485, "SOL": 0.001, "USDT": 0.045},
            id="up to the reserve cash is wanted",
        ),
        pytest.param(
            drift_of((0.5, 0.3, 0.0, 0.2), hands_off=("SOL",)),
            {"BTC": 0, "ETH": 0, "USDT": 0},
            id="what was sold by hand is held in cash",
        ),
        pytest.param(
            drift_of((0.5, 0.3, NAN, 0.2), awaited=("SOL",)),
            {"BTC": 0, "ETH": 0, "USDT": 0},
            id="so is what never had a price",
        ),
        pytest.param(
            drift_of((0.5, 0.5, NAN, 0.0)),
            {"BTC": -0.125, "ETH": 0.125, "USDT": 0},
            id="the others share what has no price",
        ),
    ],
)
def test_drift(found: dict[str, float], expected: dict[str, float]) -> None:
    assert found == pytest.approx(expected, abs=1e-12)
