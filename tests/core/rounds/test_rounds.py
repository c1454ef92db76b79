"""An open round: what it still wants of each asset, and when it is complete."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.plan import Plan, Trade, pieces
from rebalancing.rounds.round import Fill, Round
from tests.support.builders import START, make_rules

SELL_A, SELL_B = Trade("A", -50, 2.0), Trade("B", -20, 1.0)
BUY_C, BUY_D = Trade("C", 90, 1.0), Trade("D", 10, 3.0)


def open_round(
    *trades: Trade, fills: dict[str, Fill] | None = None, pieces: dict[str, float] | None = None
) -> Round:
    current = Round(
        number=7,
        reason=Reason(Cause.THRESHOLD, "A", 0.034),
        started=START,
        destination=dict.fromkeys([*"ABCD", "USDT"], 0.2),
        members=tuple("ABCD"),
    )
    return current.adopt(Plan(trades), fills or {}, pieces or {})


def prices(**changed: float) -> Portfolio:
    by_asset = {"A": 2.0, "B": 1.0, "C": 1.0, "D": 3.0, **changed}
    return Portfolio(tuple(by_asset), np.zeros(4), np.array(list(by_asset.values())), 0.0)


def unfinished(current: Round, minimum: float = 5.5, **fills: Fill) -> set[str]:
    mask = current.unfinished(prices(), make_rules(4, minimum=minimum), fills)
    return {asset for asset, left in zip("ABCD", mask, strict=True) if left}


def test_its_tag_is_its_number_and_its_reason() -> None:
    assert open_round().tag == "r7 threshold A +3.4pp"


def test_a_trade_is_handed_out_once() -> None:
    current, sell = open_round(SELL_A).take("A", START)
    assert sell == SELL_A
    assert current.take("A", START)[1] is None
    assert not current.is_waiting


def test_the_time_of_the_last_order_is_kept() -> None:
    current = open_round(SELL_A)
    assert current.ordered_at is None
    current, _ = current.take("C", START)
    assert current.ordered_at is None
    current, _ = current.take("A", START)
    assert current.ordered_at == START


def test_an_asset_without_a_trade_gets_none() -> None:
    assert open_round(SELL_A).take("D", START)[1] is None


@pytest.mark.parametrize(
    ("amount", "largest", "lot", "orders"),
    [
        pytest.param(50.0, np.inf, 0.0, [50], id="no largest"),
        pytest.param(50.0, 50.0, 1.0, [50], id="just one"),
        pytest.param(-50.0, 25.0, 1.0, [25, 25], id="two equal ones"),
        pytest.param(41.0, 20.0, 1.0, [13, 14, 14], id="none is too small"),
        pytest.param(-41.0, 20.9, 2.0, [12, 14, 15], id="whole lots"),
        pytest.param(9.0, 4.0, 0.0, [3, 3, 3], id="any amount"),
    ],
)
def test_a_trade_too_large_is_cut_into_orders_of_about_the_same_size(
    amount: float, largest: float, lot: float, orders: list[float]
) -> None:
    rules = replace(make_rules(1, lot=lot), largest=np.array([largest]))
    sent = []
    while abs(amount) > 0:
        plan = Plan((Trade("A", amount, 1.0),))
        current = open_round(*plan.trades, pieces=pieces(plan, ["A"], rules))
        _, order = current.take("A", START)
        assert order is not None
        assert order.is_sell == (amount < 0)
        amount -= order.amount
        sent.append(abs(order.amount))
    assert sent == pytest.approx(orders)


def test_buys_wait_until_every_sell_has_been_ordered() -> None:
    current = open_round(SELL_A, SELL_B, BUY_C)
    assert current.take("C", START)[1] is None
    current, _ = current.take("A", START)
    assert current.take("C", START)[1] is None
    assert current.sellers == {"B"}
    current, _ = current.take("B", START)
    assert current.take("C", START)[1] == BUY_C


@pytest.mark.parametrize("fee", [0.0, 0.001])
@pytest.mark.parametrize("cash", [1e9, 120.0, 60.0, 0.0, -5.0])
def test_what_a_buy_may_cost_does_not_depend_on_the_order_of_the_buys(
    cash: float, fee: float
) -> None:
    buys = (BUY_C, BUY_D, Trade("A", 45, 2.0))
    outcomes = []
    for order in itertools.permutations(buys):
        current, left, spent = open_round(*buys), cash, {}
        for buy in order:
            current, taken = current.take(buy.asset, START)
            assert taken is not None
            spent[buy.asset] = current.share(taken, left, fee)
            left -= spent[buy.asset] * (1 + fee)
        outcomes.append([spent[asset] for asset in "ACD"])
        assert left >= min(cash, 0) - 1e-9
    assert np.ptp(outcomes, axis=0).max() == pytest.approx(0, abs=1e-9)
    part = min(1, max(0, cash) / (210 * (1 + fee)))
    assert outcomes[0] == pytest.approx([90 * part, 90 * part, 30 * part])


@pytest.mark.parametrize(
    ("fills", "expected"),
    [
        pytest.param({}, {"A", "C"}, id="nothing filled"),
        pytest.param({"A": Fill(50, 0), "C": Fill(0, 90)}, set(), id="all filled"),
        pytest.param({"A": Fill(20, 0), "C": Fill(0, 90)}, {"A"}, id="a sell partly"),
        pytest.param({"A": Fill(50, 0), "C": Fill(0, 40)}, {"C"}, id="a buy partly"),
        pytest.param({"A": Fill(47.5, 0), "C": Fill(0, 85)}, set(), id="dust is left"),
        pytest.param({"A": Fill(60, 0), "C": Fill(0, 99)}, set(), id="more than planned"),
        pytest.param({"A": Fill(0, 100), "C": Fill(90, 0)}, {"A", "C"}, id="the wrong way"),
    ],
)
def test_unfinished_is_what_falls_short_by_a_trade(
    fills: dict[str, Fill], expected: set[str]
) -> None:
    assert unfinished(open_round(SELL_A, BUY_C), **fills) == expected


def test_what_falls_short_is_valued_at_the_price_of_now() -> None:
    current, rules = open_round(SELL_A), make_rules(4, minimum=10)
    left = {"A": Fill(46, 0)}
    assert not current.unfinished(prices(), rules, left)[0]
    assert current.unfinished(prices(A=3.0), rules, left)[0]


def test_an_asset_without_a_price_is_not_waited_for() -> None:
    current = open_round(SELL_A, BUY_C)
    mask = current.unfinished(prices(A=np.nan, C=np.nan), make_rules(4), {})
    assert not mask.any()


def test_a_second_plan_wants_its_trades_on_top_of_what_is_filled() -> None:
    current = open_round(SELL_A, BUY_C)
    fills = {"A": Fill(20, 0), "C": Fill(0, 40)}
    current = current.adopt(Plan((Trade("A", -30, 2.0), Trade("C", 50, 1.0))), fills, {})
    assert current.tries == 2
    assert unfinished(current, **fills) == {"A", "C"}
    assert unfinished(current, A=Fill(50, 0), C=Fill(0, 90)) == set()


def test_a_second_plan_replaces_what_was_not_handed_out() -> None:
    current = open_round(SELL_A, BUY_C)
    current = current.adopt(Plan((BUY_D,)), {}, {})
    assert current.take("A", START)[1] is None
    assert current.take("C", START)[1] is None
    assert current.take("D", START)[1] == BUY_D


@pytest.mark.parametrize(
    ("trade", "continues"),
    [
        pytest.param(Trade("A", -5, 2.0), True, id="sells on"),
        pytest.param(Trade("A", 5, 2.0), False, id="does not buy what it sold"),
        pytest.param(Trade("C", 5, 1.0), True, id="buys on"),
        pytest.param(Trade("C", -5, 1.0), False, id="does not sell what it bought"),
    ],
)
def test_a_round_goes_one_way_for_each_asset(trade: Trade, continues: bool) -> None:
    assert open_round(SELL_A, BUY_C).continues(trade) is continues


def test_a_plan_that_only_goes_on_with_pieces_is_no_try() -> None:
    fills = {"A": Fill(sold=10.0)}
    whole = open_round(SELL_A).changed(tries=3)
    assert whole.credit(fills) is whole
    cut = whole.changed(is_cut=True, executed={"A": Fill(sold=4.0)})
    assert cut.credit({"A": Fill(sold=4.0)}) is cut, "nothing was sold since"
    assert cut.credit(fills) == cut.changed(tries=2, is_cut=False)
