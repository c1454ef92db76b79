"""The rebalancer: opens rounds when one is due, and sees them through."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.rounds.events import Outcome
from rebalancing.rounds.following import PATIENCE
from rebalancing.rounds.round import MAX_TRIES, Fill, Round
from rebalancing.state import State
from tests.support.builders import START, SimulatedAccount, make_rules, make_settings
from tests.support.driven_rebalancer import DrivenRebalancer

NAN = float("nan")
RULES = make_rules(2)
MINUTE = timedelta(minutes=1)


def snapshot(btc: float, eth: float, cash: float = 0.0) -> Portfolio:
    """Hold so much of each, in stake currency, at a price of 1."""
    return Portfolio(("BTC", "ETH"), np.array([btc, eth]), np.ones(2), cash)


def at_work(**values: Any) -> DrivenRebalancer:
    """Have a round open that sells 100 of BTC and buys 100 of ETH, nothing ordered yet."""
    rebalancer = DrivenRebalancer(make_settings(**values), ("BTC", "ETH"), "USDT")
    rebalancer.watch(START, snapshot(600, 400), lambda: RULES)
    assert planned(rebalancer) == {"BTC": -100, "ETH": 100}
    return rebalancer


def current_of(rebalancer: DrivenRebalancer) -> Round:
    assert rebalancer.round is not None
    return rebalancer.round


def planned(rebalancer: DrivenRebalancer) -> dict[str, float]:
    trades = current_of(rebalancer).plan.trades
    return {trade.asset: round(trade.amount * trade.price, 6) for trade in trades}


def order_all(rebalancer: DrivenRebalancer) -> None:
    for asset in ("BTC", "ETH", "BTC", "ETH"):
        rebalancer.take(asset, START)


def proceed(
    rebalancer: DrivenRebalancer,
    portfolio: Portfolio,
    minutes: float = 1,
    open_orders: bool = False,
    rules: MarketRules = RULES,
    **fills: Fill,
) -> None:
    now = START + minutes * MINUTE
    rebalancer.proceed(now, portfolio, rules, fills, open_orders)


def outcomes(rebalancer: DrivenRebalancer) -> list[Outcome]:
    return [record.outcome for record in rebalancer.closed]


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
