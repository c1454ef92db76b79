"""No plan trades for nothing."""

import numpy as np
import pytest

from rebalancing.market.portfolio import Portfolio
from rebalancing.rounds.planner import plan_trades
from tests.core.rounds.test_planner import plan_for, sizes
from tests.support.builders import make_portfolio, make_rules


@pytest.mark.parametrize("fee", [0.0, 0.001, 0.05])
def test_nothing_is_sold_where_every_buy_is_too_small(fee: float) -> None:
    coins = [f"C{i}" for i in range(20)]
    held = Portfolio(tuple(coins), np.array([60.0, *[30.0] * 19]), np.ones(20), 0.0)
    equal = np.array([*[1 / 20] * 20, 0.0])
    plan = plan_trades(held, equal, np.ones(20, dtype=bool), make_rules(20, fee=fee))
    assert plan.trades == ()


@pytest.mark.parametrize("minimum", [0.01, 0.5])
def test_however_small_a_trade_may_be_nothing_is_traded_for_nothing(minimum: float) -> None:
    """C is where it should be, and what may be left of D is all that there is of it."""
    portfolio = make_portfolio(A=0.55, B=0.2, C=0.22, D=0.03)
    plan = plan_for(
        portfolio, [0.5, 0.26, 0.22, 0.02, 0], minimum=minimum, remainder=[0, 0, 0, 30.0]
    )
    assert sizes(plan) == {"A": -50, "B": 50}
