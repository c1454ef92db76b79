"""What holds for every portfolio, every policy and every market."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.policy.destination import destination_weights
from rebalancing.rounds.plan import Plan
from rebalancing.rounds.planner import plan_trades
from tests.support.builders import SimulatedAccount, execute, make_settings

CENT_OF_A_CENT = 1e-6

policies = st.tuples(
    st.sampled_from(["all", "drifted", "fewest"]), st.sampled_from(["target", 0.5, "edge"])
)


@st.composite
def weights_of_members(draw: st.DrawFn, count: int) -> Vector:
    parts = st.lists(st.integers(0, 1000), min_size=count, max_size=count).filter(any)
    drawn = np.array(draw(parts), dtype=float)
    return drawn / drawn.sum()


@st.composite
def snapshots(draw: st.DrawFn) -> tuple[Portfolio, Vector]:
    """Draw a portfolio of 2 to 6 coins worth 100 to 100,000, and its targets."""
    count = draw(st.integers(2, 6))
    nav = draw(st.sampled_from([100.0, 1234.5, 100_000.0]))
    values = draw(weights_of_members(count + 1)) * nav
    cost = st.sampled_from([0.0001, 0.37, 1.0, 42.0, 61_234.56])
    prices = np.array(draw(st.lists(cost, min_size=count, max_size=count)))
    assets = tuple(f"C{number}" for number in range(count))
    held = Portfolio(assets, values[:-1] / prices, prices, float(values[-1]))
    return held, draw(weights_of_members(count + 1))


@st.composite
def markets(draw: st.DrawFn, portfolio: Portfolio, lots: bool = True) -> MarketRules:
    """Draw what an exchange may ask: a lot never costs more than the minimum."""
    count = len(portfolio.assets)
    minimum = draw(st.sampled_from([0.01, 1.0, 5.5]))
    share = st.sampled_from([0.0, 0.001, 0.1, 0.9]) if lots else st.just(0.0)
    lot = np.array(draw(st.lists(share, min_size=count, max_size=count)))
    remainder = draw(st.sampled_from([0.0, 1.2 * minimum])) if lots else 0.0
    return MarketRules(
        lot * minimum / portfolio.prices,
        np.full(count, minimum),
        np.full(count, remainder),
        draw(st.sampled_from([0.0, 0.001, 0.01])),
        np.full(count, np.inf),
    )


def everyone(portfolio: Portfolio) -> Mask:
    return np.ones(len(portfolio.assets), dtype=bool)


def sizes(plan: Plan) -> dict[str, float]:
    return {trade.asset: trade.amount * trade.price for trade in plan.trades}


@given(snapshots(), st.data(), st.sampled_from([0.0, 0.005]))
def test_value_is_conserved_but_for_the_fees(
    case: tuple[Portfolio, Vector], data: st.DataObject, reserve: float
) -> None:
    held, targets = case
    rules = data.draw(markets(held))
    plan = plan_trades(held, targets, everyone(held), rules, reserve)
    paid = rules.fee * sum(trade.notional for trade in plan.trades)
    assert execute(held, plan, rules.fee).nav == pytest.approx(held.nav - paid)


@given(snapshots(), st.data(), st.sampled_from([0.0, 0.005]))
def test_neither_cash_nor_coins_become_negative(
    case: tuple[Portfolio, Vector], data: st.DataObject, reserve: float
) -> None:
    held, targets = case
    rules = data.draw(markets(held))
    plan = plan_trades(held, targets, everyone(held), rules, reserve)
    after = execute(held, plan, rules.fee)
    lowest = min(held.cash, reserve * held.nav)
    assert after.cash >= lowest - CENT_OF_A_CENT or not any(t.amount > 0 for t in plan.trades)
    assert after.cash >= -CENT_OF_A_CENT
    assert (after.amounts * after.prices >= -CENT_OF_A_CENT).all()


@given(snapshots(), st.data())
def test_no_trade_breaks_a_rule_of_the_market(
    case: tuple[Portfolio, Vector], data: st.DataObject
) -> None:
    held, targets = case
    rules = data.draw(markets(held))
    for trade in plan_trades(held, targets, everyone(held), rules).trades:
        i = held.assets.index(trade.asset)
        rest = held.amounts[i] + trade.amount
        assert trade.notional >= rules.minimum[i]
        if trade.is_sell:
            is_left = rest * trade.price >= rules.remainder[i] * (1 - 1e-9)
            # Of what is no longer wanted less than a lot may stay: nobody can sell it.
            assert rest == 0 or is_left or (targets[i] == 0 and rest < rules.lot[i])
        if rules.lot[i] > 0 and rest != 0:
            lots = trade.amount / rules.lot[i]
            assert lots == pytest.approx(round(lots), abs=1e-6)


@given(snapshots(), st.data())
def test_no_trade_is_larger_than_what_is_missing(
    case: tuple[Portfolio, Vector], data: st.DataObject
) -> None:
    held, targets = case
    rules = data.draw(markets(held))
    before = held.values[:-1]
    for asset, size in sizes(plan_trades(held, targets, everyone(held), rules)).items():
        i = held.assets.index(asset)
        missing = targets[i] * held.nav - before[i]
        slack = rules.fee * 2 * held.nav + CENT_OF_A_CENT
        assert min(missing, 0) - slack <= size <= max(missing, 0) + slack


@settings(max_examples=3 * settings.default.max_examples)
@given(snapshots(), st.data())
def test_planning_after_execution_yields_nothing(
    case: tuple[Portfolio, Vector], data: st.DataObject
) -> None:
    held, targets = case
    rules = data.draw(markets(held, lots=False))
    plan = plan_trades(held, targets, everyone(held), rules)
    after = execute(held, plan, rules.fee)
    assert plan_trades(after, targets, everyone(held), rules).trades == ()


@settings(max_examples=3 * settings.default.max_examples)
@given(snapshots(), st.data())
def test_planning_after_execution_sells_nothing_whatever_the_market_asks(
    case: tuple[Portfolio, Vector], data: st.DataObject
) -> None:
    held, targets = case
    rules = data.draw(markets(held))
    plan = plan_trades(held, targets, everyone(held), rules)
    after = execute(held, plan, rules.fee)
    again = plan_trades(after, targets, everyone(held), rules)
    assert not any(trade.is_sell for trade in again.trades)


@given(snapshots(), st.data(), st.randoms(use_true_random=False))
def test_the_order_of_the_assets_changes_no_trade(
    case: tuple[Portfolio, Vector], data: st.DataObject, rng: Any
) -> None:
    held, targets = case
    rules = data.draw(markets(held))
    order = list(range(len(held.assets)))
    rng.shuffle(order)
    other = Portfolio(
        tuple(held.assets[i] for i in order), held.amounts[order], held.prices[order], held.cash
    )
    arrays = {name: getattr(rules, name)[order] for name in ("lot", "minimum", "remainder")}
    shuffled = replace(rules, **arrays)
    moved = np.append(targets[:-1][order], targets[-1])
    first = sizes(plan_trades(held, targets, everyone(held), rules))
    again = sizes(plan_trades(other, moved, everyone(held), shuffled))
    assert again == pytest.approx(first, rel=1e-6)


@given(snapshots(), st.data(), st.sampled_from([2.0, 0.25, 1024.0]))
def test_a_portfolio_of_another_size_trades_in_proportion(
    case: tuple[Portfolio, Vector], data: st.DataObject, factor: float
) -> None:
    held, targets = case
    rules = data.draw(markets(held))
    large = Portfolio(held.assets, held.amounts * factor, held.prices, held.cash * factor)
    scaled = replace(
        rules,
        lot=rules.lot * factor,
        minimum=rules.minimum * factor,
        remainder=rules.remainder * factor,
    )
    first = sizes(plan_trades(held, targets, everyone(held), rules))
    again = sizes(plan_trades(large, targets, everyone(held), scaled))
    assert again == pytest.approx({a: size * factor for a, size in first.items()})


@given(snapshots(), st.data(), policies)
def test_the_order_of_the_assets_changes_no_destination(
    case: tuple[Portfolio, Vector], data: st.DataObject, policy: tuple[Any, Any]
) -> None:
    held, targets = case
    scope, destination = policy
    assume(scope != "fewest")
    count = len(targets)
    bands = data.draw(weights_of_members(count)) / 5 + 0.001
    order = np.array([*data.draw(st.permutations(range(count - 1))), count - 1])
    drift, smallest = held.weights - targets, np.zeros(count - 1)
    first = destination_weights(drift, targets, bands, scope, destination, smallest)
    again = destination_weights(
        drift[order], targets[order], bands[order], scope, destination, smallest
    )
    assert again.tolist() == pytest.approx(first[order].tolist(), abs=1e-12)


@given(snapshots(), st.sampled_from([0.01, 0.03, 0.1]), st.sampled_from([1.5, 4.0]))
def test_wider_bands_trade_a_subset_of_the_drifted(
    case: tuple[Portfolio, Vector], band: float, factor: float
) -> None:
    """Of the assets outside the wider band, each was outside the narrow one, and trades no more."""
    held, targets = case
    drift = held.weights - targets

    def outside_and_traded(width: float) -> dict[int, float]:
        bands = np.full(len(targets), width)
        least = np.zeros(len(targets) - 1)
        to = destination_weights(drift, targets, bands, "drifted", "target", least)
        return {i: to[i] - held.weights[i] for i in np.flatnonzero(np.abs(drift) >= width - 1e-9)}

    narrow, wide = outside_and_traded(band), outside_and_traded(band * factor)
    assert wide.items() <= narrow.items()


@given(
    st.data(),
    st.sampled_from(
        [
            {"period": "6h"},
            {"threshold": 0.02},
            {"period": "6h", "threshold": 0.02, "combine": "or"},
            {"threshold": 0.1, "threshold_kind": "relative", "destination": "edge"},
            {"threshold": 0.02, "scope": "drifted"},
            {"threshold": 0.03, "scope": "fewest"},
            {"period": "6h", "destination": 0.5},
        ]
    ),
    st.sampled_from([0.0, 0.001]),
)
def test_a_run_of_rounds_conserves_value_and_never_borrows(
    data: st.DataObject, policy: dict[str, Any], fee: float
) -> None:
    names = ("A", "B", "C")
    targets = {"A": 0.5, "B": 0.3, "C": 0.1, "USDT": 0.1}
    account = SimulatedAccount(
        make_settings(targets=targets, **policy),
        dict.fromkeys(names, 1.0),
        1000,
        fee=fee,
        minimum=1,
    )
    moves = st.lists(st.floats(0.7, 1.4), min_size=3, max_size=3)
    for hour in range(12):
        if hour:
            factors = dict(zip(names, data.draw(moves), strict=True))
            account.prices = {a: account.prices[a] * factors[a] for a in names}
        before = account.portfolio.nav
        traded = account.at(hour)
        paid = fee * sum(map(abs, traded.values()))
        assert account.portfolio.nav == pytest.approx(before - paid, abs=0.01)
        assert account.cash >= -CENT_OF_A_CENT
        assert min(account.held.values()) >= 0
        assert all(abs(size) >= 1 - 0.01 for size in traded.values())
