"""From where the weights are and where they should go to a list of trades."""

from typing import Any

import numpy as np
import pytest

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.rounds.plan import OmissionReason, Plan, Trade
from rebalancing.rounds.planner import plan_trades
from tests.support.builders import execute, make_portfolio, make_rules


def plan_for(
    portfolio: Portfolio, destination: list[float], reserve: float = 0.0, **rules: Any
) -> Plan:
    """Plan with every asset a member; arrays replace the rules of the builder."""
    count = len(portfolio.assets)
    arrays = {key: np.asarray(rules.pop(key)) for key in list(rules) if np.ndim(rules[key])}
    same = make_rules(count, **rules)
    found = MarketRules(**{**vars(same), **arrays})
    members = np.ones(count, dtype=bool)
    return plan_trades(portfolio, np.array(destination), members, found, reserve)


def sizes(plan: Plan) -> dict[str, float]:
    """Signed notionals by asset, in the order of the plan, to a hundredth of a cent."""
    return {t.asset: round(t.amount * t.price, 4) for t in plan.trades}


def reasons(plan: Plan) -> dict[str, OmissionReason]:
    return {omission.asset: omission.why for omission in plan.omitted}


HALVES = [0.5, 0.5, 0]


def test_only_the_differences_are_traded() -> None:
    plan = plan_for(make_portfolio(BTC=0.55, ETH=0.45), HALVES)
    assert sizes(plan) == {"BTC": -50, "ETH": 50}
    assert plan.omitted == ()


def test_sells_come_before_buys_each_in_the_order_of_the_portfolio() -> None:
    portfolio = make_portfolio(A=0.1, B=0.4, C=0.1, D=0.4)
    assert list(sizes(plan_for(portfolio, [0.25] * 4 + [0]))) == ["B", "D", "A", "C"]


def test_amounts_are_in_coins_of_their_own_price() -> None:
    portfolio = Portfolio(("BTC", "ETH"), np.array([1.0, 1.0]), np.array([60.0, 80.0]), 0.0)
    sell, buy = plan_for(portfolio, HALVES).trades
    assert (sell.asset, sell.amount, sell.price) == ("ETH", pytest.approx(-10 / 80), 80)
    assert (buy.asset, buy.amount, buy.price) == ("BTC", pytest.approx(10 / 60), 60)


@pytest.mark.parametrize("fee", [0.001, 0.01, 0.05])
@pytest.mark.parametrize(
    ("weights", "destination"),
    [
        pytest.param({"BTC": 0.7, "ETH": 0.3}, HALVES, id="no cash"),
        pytest.param({"BTC": 0.2, "ETH": 0.2, "cash": 0.6}, HALVES, id="cash to invest"),
        pytest.param({"BTC": 0.6, "ETH": 0.4}, [0.3, 0.3, 0.4], id="a cash weight"),
        pytest.param({"BTC": 0.0, "ETH": 0.0, "cash": 1.0}, HALVES, id="initial allocation"),
        pytest.param({"BTC": 1.0, "ETH": 0.0}, [0, 1, 0], id="from one to the other"),
    ],
)
def test_after_fees_the_weights_are_exact(
    weights: dict[str, float], destination: list[float], fee: float
) -> None:
    portfolio = make_portfolio(**weights)
    plan = plan_for(portfolio, destination, fee=fee)
    after = execute(portfolio, plan, fee)
    paid = fee * sum(trade.notional for trade in plan.trades)
    assert after.nav == pytest.approx(portfolio.nav - paid)
    assert after.weights.tolist() == pytest.approx(destination, abs=1e-12)
    assert after.cash >= -1e-9


def test_the_fee_of_a_switch_is_paid_out_of_the_switch() -> None:
    plan = plan_for(make_portfolio(BTC=1.0, ETH=0.0), [0, 1, 0], fee=0.01)
    sell, buy = plan.trades
    assert sell.notional == pytest.approx(1000)
    assert buy.notional == pytest.approx(1000 * 0.99 / 1.01)


@pytest.mark.parametrize(
    ("lot", "sold", "bought"),
    [
        pytest.param(0.0, 50, 50, id="any amount"),
        pytest.param(1.0, 50, 50, id="whole lots"),
        pytest.param(7.0, 49, 49, id="cut down, both ways"),
        pytest.param(0.1, 50, 50, id="a lot that is no binary fraction"),
        pytest.param(30.0, 30, 30, id="one lot"),
    ],
)
def test_trades_are_cut_to_the_lot(lot: float, sold: float, bought: float) -> None:
    plan = plan_for(make_portfolio(BTC=0.55, ETH=0.45), HALVES, lot=lot)
    assert sizes(plan) == {"BTC": -sold, "ETH": bought}


def test_a_lot_larger_than_the_trade_leaves_it_out() -> None:
    plan = plan_for(make_portfolio(BTC=0.55, ETH=0.45), HALVES, lot=60)
    assert plan.trades == ()
    assert set(reasons(plan)) == {"BTC", "ETH"}


@pytest.mark.parametrize(
    ("minimum", "traded"),
    [
        pytest.param(50 + 1e-6, {}, id="just above the trade"),
        pytest.param(50 - 1e-6, {"BTC": -50, "ETH": 50}, id="just below"),
        pytest.param(49, {"BTC": -50, "ETH": 50}, id="below"),
    ],
)
def test_no_trade_is_below_the_minimum(minimum: float, traded: dict[str, float]) -> None:
    plan = plan_for(make_portfolio(BTC=0.55, ETH=0.45), HALVES, minimum=minimum)
    assert sizes(plan) == traded
    if not traded:
        assert reasons(plan) == {
            "BTC": OmissionReason.BELOW_MINIMUM,
            "ETH": OmissionReason.BELOW_MINIMUM,
        }
        assert [round(omission.size) for omission in plan.omitted] == [-50, 50]


def test_the_minimum_is_each_assets_own() -> None:
    portfolio = make_portfolio(A=0.52, B=0.24, C=0.24)
    plan = plan_for(portfolio, [0.5, 0.25, 0.25, 0], minimum=[5, 5, 15])
    assert sizes(plan) == {"A": -20, "B": 10}
    assert reasons(plan) == {"C": OmissionReason.BELOW_MINIMUM}


def test_a_buy_that_fits_only_after_rounding_up_is_left_out() -> None:
    plan = plan_for(make_portfolio(BTC=0.99, ETH=0, cash=0.01), [0.99, 0.01, 0], lot=3, minimum=9.5)
    assert plan.trades == ()


@pytest.mark.parametrize(
    ("remainder", "sold"),
    [
        pytest.param(29.9, 50, id="as much as may be left"),
        pytest.param(30.1, 49.9, id="a little less: the sell is cut to what may be left"),
        pytest.param(70.0, 10, id="much less: the sell is cut to what may be left"),
    ],
)
def test_a_partial_sell_leaves_no_dust(remainder: float, sold: float) -> None:
    portfolio = make_portfolio(BTC=0.08, ETH=0.92)
    plan = plan_for(portfolio, [0.03, 0.97, 0], remainder=remainder)
    assert sizes(plan) == {"BTC": -sold, "ETH": sold}


def test_a_partial_sell_that_can_only_leave_dust_is_left_out() -> None:
    portfolio = make_portfolio(BTC=0.034, ETH=0.966)
    plan = plan_for(portfolio, [0.02, 0.98, 0], remainder=30)
    assert plan.trades == ()
    assert reasons(plan)["BTC"] is OmissionReason.LEAVES_DUST


def test_a_coin_with_a_small_target_is_not_kept_whole_when_it_has_grown_tenfold() -> None:
    """1 % of 560 is 5.60, the smallest order 5.50, and a sell must leave 5.84: 60 is too much."""
    portfolio = make_portfolio(560, SMALL=60 / 560, BTC=500 / 560)
    plan = plan_for(portfolio, [0.01, 0.99, 0], minimum=5.5, remainder=5.84)
    after = execute(portfolio, plan)
    assert after.values[0] - 5.6 <= 5.5


@pytest.mark.parametrize(("lot", "sold"), [(0.0, 200), (7.0, 196), (40.0, 200)])
def test_a_target_of_0_sells_every_lot(lot: float, sold: float) -> None:
    portfolio = make_portfolio(BTC=0.2, ETH=0.8)
    plan = plan_for(portfolio, [0, 1, 0], lot=[lot, 0], remainder=1000)
    assert plan.trades[0] == Trade("BTC", -sold, 1)


def test_less_than_a_lot_stays_and_keeps_nothing_else_from_being_traded() -> None:
    portfolio = make_portfolio(BTC=0.2, ETH=0.3, cash=0.5)
    plan = plan_for(portfolio, [0, 0.8, 0.2], lot=[300, 0])
    assert [trade.asset for trade in plan.trades] == ["ETH"]
    assert reasons(plan)["BTC"] is OmissionReason.BELOW_MINIMUM


def test_even_everything_is_not_sold_below_the_minimum() -> None:
    plan = plan_for(make_portfolio(BTC=0.005, ETH=0.995), [0, 1, 0], minimum=5.5)
    assert plan.trades == ()
    assert reasons(plan)["BTC"] is OmissionReason.BELOW_MINIMUM


def test_what_is_below_its_own_minimum_stays() -> None:
    portfolio = make_portfolio(BTC=0.6, ETH=0.4)
    plan = plan_for(portfolio, HALVES, minimum=[np.inf, 5.5])
    assert plan.trades == ()
    assert reasons(plan) == {"BTC": OmissionReason.BELOW_MINIMUM, "ETH": OmissionReason.NO_CASH}


def test_too_little_cash_shrinks_all_buys_alike() -> None:
    portfolio = make_portfolio(A=0.5, B=0.3, C=0.1, cash=0.1)
    plan = plan_for(portfolio, [0.1, 0.5, 0.4, 0], minimum=[np.inf, 5.5, 5.5])
    assert sizes(plan) == {"B": 40, "C": 60}
    assert reasons(plan) == {"A": OmissionReason.BELOW_MINIMUM}


def test_too_little_cash_for_the_minimum_of_a_buy_is_said() -> None:
    portfolio = make_portfolio(A=0.99, B=0.0, cash=0.01)
    plan = plan_for(portfolio, [0.5, 0.5, 0], minimum=[np.inf, 20])
    assert reasons(plan) == {"A": OmissionReason.BELOW_MINIMUM, "B": OmissionReason.NO_CASH}


@pytest.mark.parametrize(
    ("reserve", "bought"),
    [
        pytest.param(0.0, 1000, id="none"),
        pytest.param(0.005, 995, id="half a percent of the NAV"),
        pytest.param(0.2, 800, id="a fifth"),
    ],
)
def test_buys_leave_the_reserve(reserve: float, bought: float) -> None:
    portfolio = make_portfolio(BTC=0, ETH=0, cash=1)
    assert sizes(plan_for(portfolio, HALVES, reserve)) == {"BTC": bought / 2, "ETH": bought / 2}


def test_a_cash_weight_larger_than_the_reserve_is_the_reserve() -> None:
    plan = plan_for(make_portfolio(BTC=0, ETH=0, cash=1), [0.4, 0.4, 0.2], reserve=0.1)
    assert sizes(plan) == {"BTC": 400, "ETH": 400}


def test_a_reserve_larger_than_the_cash_stops_buys_but_not_sells() -> None:
    plan = plan_for(make_portfolio(BTC=0.51, ETH=0.49), HALVES, reserve=0.05)
    assert sizes(plan) == {"BTC": -10}
    assert reasons(plan) == {"ETH": OmissionReason.NO_CASH}


@pytest.mark.parametrize(
    ("weights", "traded"),
    [
        pytest.param({"BTC": 0.5, "ETH": 0.5}, {"BTC": -100, "ETH": -100}, id="built by sells"),
        pytest.param({"BTC": 0.3, "ETH": 0.3, "cash": 0.4}, {"BTC": 100, "ETH": 100}, id="spent"),
        pytest.param({"BTC": 0.4, "ETH": 0.4, "cash": 0.2}, {}, id="there already"),
    ],
)
def test_the_cash_weight_is_kept(weights: dict[str, float], traded: dict[str, float]) -> None:
    portfolio = make_portfolio(**weights)
    plan = plan_for(portfolio, [0.4, 0.4, 0.2])
    assert sizes(plan) == traded
    assert execute(portfolio, plan).weights.tolist() == pytest.approx([0.4, 0.4, 0.2])


def test_who_is_no_member_is_not_traded() -> None:
    portfolio = make_portfolio(A=0.4, B=0.4, C=0.2)
    members = np.array([True, False, True])
    plan = plan_trades(portfolio, np.array([0.3, 0.4, 0.3, 0]), members, make_rules(3))
    assert sizes(plan) == {"A": -100, "C": 100}


def test_what_is_unavailable_is_not_traded() -> None:
    portfolio = Portfolio(
        ("A", "B", "C"), np.array([5.0, 300.0, 200.0]), np.array([np.nan, 1.0, 1.0]), 0.0
    )
    plan = plan_for(portfolio, [0, 0.5, 0.5, 0])
    assert sizes(plan) == {"B": -50, "C": 50}
    assert plan.omitted == ()


def test_a_portfolio_worth_nothing_has_no_trades() -> None:
    empty = make_portfolio(value=0, BTC=1)
    assert plan_for(empty, [0.5, 0.5]) == Plan()


def test_the_cash_of_a_portfolio_in_debt_is_not_spent() -> None:
    portfolio = Portfolio(("A", "B"), np.array([600.0, 400.0]), np.ones(2), -20.0)
    plan = plan_for(portfolio, [0.5, 0.5, 0], minimum=[np.inf, 5.5])
    assert plan.trades == ()


def test_cash_that_is_too_little_for_some_buys_goes_to_the_others_at_once() -> None:
    """A cannot be sold: 25 of cash for three buys, two of which fall below the minimum."""
    portfolio = make_portfolio(A=0.475, B=0.0, C=0.0, D=0.5, cash=0.025)
    rules = {"minimum": [np.inf, 5.5, 5.5, 5.5]}
    plan = plan_for(portfolio, [0, 0.1, 0.1, 0.8, 0], **dict(rules))
    again = plan_for(execute(portfolio, plan), [0, 0.1, 0.1, 0.8, 0], **dict(rules))
    assert again.trades == ()


def test_a_buy_that_the_lot_cuts_below_the_minimum_does_not_blame_the_cash() -> None:
    portfolio = make_portfolio(BTC=0.5, ETH=0.0, cash=0.5)
    plan = plan_for(portfolio, [0.5, 0.01, 0.49], lot=[0, 6], minimum=6.5)
    assert reasons(plan) == {"ETH": OmissionReason.BELOW_MINIMUM}
