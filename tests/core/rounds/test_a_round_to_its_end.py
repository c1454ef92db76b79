"""An open round: planned again, continued, given up, done."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rebalancing.market.portfolio import Portfolio
from rebalancing.rounds.events import Outcome
from rebalancing.rounds.following import PATIENCE
from rebalancing.rounds.round import MAX_TRIES, Fill
from rebalancing.state import State
from tests.support.builders import START, make_rules, make_settings
from tests.support.driven_rebalancer import DrivenRebalancer
from tests.support.rounds_at_work import (
    MINUTE,
    NAN,
    RULES,
    at_work,
    current_of,
    order_all,
    outcomes,
    planned,
    proceed,
    snapshot,
)


def test_a_filled_round_is_done() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    proceed(rebalancer, snapshot(500, 500), BTC=Fill(100, 0), ETH=Fill(0, 100))
    assert rebalancer.round is None
    assert outcomes(rebalancer) == [Outcome.DONE]


@pytest.mark.parametrize(("cash", "left"), [(0.0, None), (50.0, {"ETH": 50.0})])
def test_no_buy_counts_on_a_sell_that_the_round_will_not_make(
    cash: float, left: dict[str, float] | None
) -> None:
    """While it buys both, BTC doubles and the cash is withdrawn."""
    rebalancer = DrivenRebalancer(make_settings(), ("BTC", "ETH"), "USDT")
    rebalancer.watch(START, snapshot(0, 0, 1000), lambda: RULES)
    assert planned(rebalancer) == {"BTC": 500, "ETH": 500}
    order_all(rebalancer)
    now = Portfolio(("BTC", "ETH"), np.array([400.0, 100.0]), np.array([2.0, 1.0]), cash)
    proceed(rebalancer, now, BTC=Fill(0, 400), ETH=Fill(0, 100))
    if left is None:
        assert outcomes(rebalancer) == [Outcome.DONE]
    else:
        assert planned(rebalancer) == left


def test_a_sell_does_not_shrink_because_another_asset_has_turned() -> None:
    """ETH was sold in part and has fallen since: it would be bought, and is left alone."""
    assets = ("BTC", "ETH", "SOL")
    rebalancer = DrivenRebalancer(make_settings(), assets, "USDT")
    rules = make_rules(3)
    begun = Portfolio(assets, np.array([500.0, 400.0, 100.0]), np.ones(3), 0.0)
    rebalancer.watch(START, begun, lambda: rules)
    assert planned(rebalancer) == {"BTC": -166.666667, "ETH": -66.666667, "SOL": 233.333333}
    for asset in ("BTC", "ETH", "SOL"):
        rebalancer.take(asset, START)
    prices = np.array([1.0, 0.5, 1.0])
    now = Portfolio(assets, np.array([500.0, 370.0, 100.0]), prices, 30.0)
    proceed(rebalancer, now, rules=rules, ETH=Fill(30, 0))
    aim = now.nav / 3
    assert planned(rebalancer) == pytest.approx({"BTC": aim - 500, "SOL": aim - 100}, abs=5)


def test_a_round_waits_for_its_open_orders() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    for minutes in (1, 60, 60 * 23.9):
        proceed(rebalancer, snapshot(550, 400, 50), minutes, open_orders=True, BTC=Fill(50, 0))
    assert current_of(rebalancer).tries == 1
    assert not current_of(rebalancer).is_waiting


def test_an_expired_sell_is_planned_again_for_what_it_left_open() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    proceed(rebalancer, snapshot(560, 400, 40), BTC=Fill(40, 0))
    assert planned(rebalancer) == {"BTC": -60, "ETH": 100}


def test_a_buy_partly_filled_is_planned_again_for_the_rest() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    fills = {"BTC": Fill(100, 0), "ETH": Fill(0, 30)}
    proceed(rebalancer, snapshot(500, 430, 70), **fills)
    assert planned(rebalancer) == {"ETH": 70}


def test_what_is_finished_is_left_alone_when_prices_move() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    moved = Portfolio(("BTC", "ETH"), np.array([500.0, 400.0]), np.array([1.4, 1.0]), 100.0)
    proceed(rebalancer, moved, BTC=Fill(100, 0))
    assert planned(rebalancer) == {"ETH": 100}


def test_a_round_does_not_sell_again_what_it_bought() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    moved = Portfolio(("BTC", "ETH"), np.array([500.0, 440.0]), np.array([1.0, 2.0]), 60.0)
    proceed(rebalancer, moved, BTC=Fill(100, 0), ETH=Fill(0, 40))
    assert outcomes(rebalancer) == [Outcome.DONE]


@pytest.mark.parametrize("left", [0.0, 5.4])
def test_a_round_is_done_if_less_than_a_trade_is_left(left: float) -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    fills = {"BTC": Fill(100 - left, 0), "ETH": Fill(0, 100 - left)}
    proceed(rebalancer, snapshot(500 + left, 500 - left), **fills)
    assert outcomes(rebalancer) == [Outcome.DONE]


def test_a_round_gives_up_after_a_bounded_number_of_tries() -> None:
    rebalancer = at_work()
    tries = 0
    while rebalancer.round is not None:
        tries += 1
        assert tries <= MAX_TRIES
        order_all(rebalancer)
        proceed(rebalancer, snapshot(600, 400), minutes=tries)
    assert tries == MAX_TRIES
    assert outcomes(rebalancer) == [Outcome.GAVE_UP]


def test_nothing_is_sold_for_a_buy_that_will_not_be_made() -> None:
    rebalancer = DrivenRebalancer(make_settings(), ("BTC", "ETH"), "USDT")
    rebalancer.untradable = np.array([False, True])
    rebalancer.watch(START, snapshot(1000, 0), lambda: RULES)
    assert rebalancer.round is None
    assert rebalancer.declined is not None
    assert "ETH: cannot be traded now" in rebalancer.declined.plan.shortfall
    assert "BTC: the buys it would pay for are left out" in rebalancer.declined.plan.shortfall
    rebalancer.untradable = np.array([False, False])
    rebalancer.watch(START + MINUTE, snapshot(1000, 0), lambda: RULES)
    assert planned(rebalancer) == {"BTC": -500, "ETH": 500}


def test_the_others_are_bought_and_an_asset_follows_when_it_can_be_traded() -> None:
    rebalancer = DrivenRebalancer(make_settings(cooldown="0m"), ("BTC", "ETH"), "USDT")
    rebalancer.untradable = np.array([False, True])
    rebalancer.watch(START, snapshot(0, 0, 1000), lambda: RULES)
    assert planned(rebalancer) == {"BTC": 500}
    rebalancer.take("BTC", START)
    proceed(rebalancer, snapshot(500, 0, 500), BTC=Fill(0, 500))
    rebalancer.watch(START + 2 * MINUTE, snapshot(500, 0, 500), lambda: RULES)
    assert rebalancer.round is None
    rebalancer.untradable = np.array([False, False])
    rebalancer.watch(START + 3 * MINUTE, snapshot(500, 0, 500), lambda: RULES)
    assert planned(rebalancer) == {"ETH": 500}


ASSETS = ("BTC", "ETH", "SOL")
ETH_ONLY = np.array([False, True, False])


def allocated(**policy: Any) -> DrivenRebalancer:
    """Have the initial allocation of three assets behind it."""
    rebalancer = DrivenRebalancer(make_settings(cooldown="0m", **policy), ASSETS, "USDT")
    targets = dict(zip((*ASSETS, "USDT"), rebalancer.policy.targets.tolist(), strict=True))
    begun = {"origin": START, "last_start": START, "seen": ASSETS, "number": 1}
    period = rebalancer.policy.settings.period
    rebalancer.resume(State(targets=targets, period=period, **begun), START)
    return rebalancer


@pytest.mark.parametrize("policy", [{"period": "24h"}, {"threshold": 0.05}])
def test_what_was_sold_for_a_buy_that_is_never_made_goes_to_the_others(
    policy: dict[str, Any],
) -> None:
    """ETH cannot be bought from the second try on; it keeps its 100, the others share 900."""
    rebalancer, rules = allocated(**policy), make_rules(3)
    held = Portfolio(ASSETS, np.array([800.0, 100.0, 100.0]), np.ones(3), 0.0)
    now = START + 24 * 60 * MINUTE
    rebalancer.watch(now, held, lambda: rules)
    for asset in ASSETS:
        rebalancer.take(asset, now)
    third = 1000 / 3
    fills = {"BTC": Fill(800 - third, 0), "SOL": Fill(0, third - 100)}
    held = Portfolio(ASSETS, np.array([third, 100.0, third]), np.ones(3), 900 - 2 * third)
    rebalancer.untradable = rebalancer.kept = ETH_ONLY
    rebalancer.proceed(now + MINUTE, held, rules, fills, open_orders=False)
    assert outcomes(rebalancer) == [Outcome.GAVE_UP]
    assert rebalancer.closed[0].missing == ("ETH",)
    rebalancer.watch(now + 2 * MINUTE, held, lambda: rules)
    assert planned(rebalancer) == pytest.approx({"BTC": 450 - third, "SOL": 450 - third})


def test_an_asset_that_is_left_out_moves_nothing_and_is_traded_again_after_it() -> None:
    rebalancer = allocated(threshold=0.05)
    rebalancer.untradable = rebalancer.kept = ETH_ONLY
    held = Portfolio(ASSETS, np.array([500.0, 0.0, 500.0]), np.ones(3), 0.0)
    rebalancer.watch(START, held, lambda: make_rules(3))
    assert rebalancer.round is None
    assert rebalancer.declined is None
    rebalancer.untradable, rebalancer.kept = np.zeros((2, 3), dtype=bool)
    rebalancer.watch(START + MINUTE, held, lambda: make_rules(3))
    assert planned(rebalancer)["ETH"] == pytest.approx(1000 / 3)


def test_a_round_goes_on_without_an_asset_in_doubt_and_waits_for_it() -> None:
    rebalancer = DrivenRebalancer(make_settings(), ASSETS, "USDT")
    rules = make_rules(3)
    held = Portfolio(ASSETS, np.array([600.0, 200.0, 200.0]), np.ones(3), 0.0)
    rebalancer.watch(START, held, lambda: rules)
    for asset in ASSETS:
        rebalancer.take(asset, START)
    third = 1000 / 3
    sold = {"BTC": Fill(600 - third, 0)}
    held = Portfolio(ASSETS, np.array([third, 200.0, 200.0]), np.ones(3), 600 - third)
    rebalancer.untradable = rebalancer.doubted = ETH_ONLY
    proceed(rebalancer, held, rules=rules, **sold)
    assert planned(rebalancer) == {"SOL": pytest.approx(third - 200)}
    rebalancer.take("SOL", START)
    held = Portfolio(ASSETS, np.array([third, 200.0, third]), np.ones(3), third - 200)
    filled = {**sold, "SOL": Fill(0, third - 200)}
    for minutes in range(2, 2 + 2 * MAX_TRIES):
        proceed(rebalancer, held, minutes, rules=rules, **filled)
        assert current_of(rebalancer).tries == 2, "waiting is no try"
    rebalancer.untradable, rebalancer.doubted = np.zeros((2, 3), dtype=bool)
    proceed(rebalancer, held, 60, rules=rules, **filled)
    assert planned(rebalancer) == {"ETH": pytest.approx(third - 200)}


def test_what_is_too_large_for_one_order_is_continued_in_as_many_as_it_takes() -> None:
    small = replace(RULES, largest=np.array([10.0, 7.0]))
    rebalancer = DrivenRebalancer(make_settings(), ("BTC", "ETH"), "USDT")
    rebalancer.watch(START, snapshot(600, 400), lambda: small)
    sold = bought = 0.0
    orders = 0
    while rebalancer.round is not None:
        sell, buy = (rebalancer.take(asset, START) for asset in ("BTC", "ETH"))
        sold += -sell.amount if sell else 0.0
        bought += buy.amount if buy else 0.0
        assert orders < 30
        orders += 1
        after = snapshot(600 - sold, 400 + bought, sold - bought)
        proceed(rebalancer, after, rules=small, BTC=Fill(sold, 0), ETH=Fill(0, bought))
    assert outcomes(rebalancer) == [Outcome.DONE]
    assert (sold, bought) == pytest.approx((100, 100))
    assert orders == 15  # of at most 7 coins


def test_a_piece_that_is_refused_each_time_is_given_up() -> None:
    small = replace(RULES, largest=np.array([10.0, 7.0]))
    rebalancer = DrivenRebalancer(make_settings(), ("BTC", "ETH"), "USDT")
    rebalancer.watch(START, snapshot(600, 400), lambda: small)
    tries = 0
    while rebalancer.round is not None:
        tries += 1
        order_all(rebalancer)
        proceed(rebalancer, snapshot(600, 400), minutes=tries, rules=small)
    assert tries == MAX_TRIES
    assert rebalancer.closed[0].missing == ("BTC", "ETH")


def test_a_round_gives_up_when_its_orders_exhaust_its_patience() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    proceed(rebalancer, snapshot(600, 400), PATIENCE / MINUTE, open_orders=True)
    assert outcomes(rebalancer) == [Outcome.GAVE_UP]


def test_a_round_that_is_filled_late_is_done_all_the_same() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    fills = {"BTC": Fill(100, 0), "ETH": Fill(0, 100)}
    proceed(rebalancer, snapshot(500, 500), 2 * PATIENCE / MINUTE, **fills)
    assert outcomes(rebalancer) == [Outcome.DONE]


def test_daily_candles_leave_a_round_its_tries() -> None:
    """An order that expired unfilled is planned again, not given up, at the next daily candle."""
    rebalancer = at_work(period="7d")
    order_all(rebalancer)
    proceed(rebalancer, snapshot(600, 400), minutes=24 * 60)
    assert planned(rebalancer) == {"BTC": -100, "ETH": 100}


def test_nothing_proceeds_without_a_round() -> None:
    rebalancer = DrivenRebalancer(make_settings(), ("BTC", "ETH"), "USDT")
    proceed(rebalancer, snapshot(600, 400))
    assert rebalancer.round is None
    assert rebalancer.closed == []


def test_a_seller_that_disappears_does_not_hold_up_the_round() -> None:
    rebalancer = at_work()
    order_all(rebalancer)
    gone = Portfolio(("BTC", "ETH"), np.array([600.0, 400.0]), np.array([NAN, 1.0]), 0.0)
    proceed(rebalancer, gone)
    assert outcomes(rebalancer) == [Outcome.DONE]
