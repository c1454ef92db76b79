"""What is said of assets before they become targets."""

import sys

import numpy as np
import pytest

from rebalancing.explore.assets.asset_figures import asset_figures, rolling_volatility
from rebalancing.explore.assets.cautions import SURVIVE, cautions
from rebalancing.explore.assets.clusters import clusters
from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.explore.assets.overview import overview
from rebalancing.explore.assets.reversion import HORIZON, holm, reversions
from rebalancing.explore.assets.subsidies import subsidies
from rebalancing.market.portfolio import Vector
from rebalancing.performance.rolling import rolling
from tests.support.daily_assets import daily_closes, simulated_orders

DAYS = 500


def walk(seed: int, moves: float = 0.03, days: int = DAYS) -> Vector:
    steps = np.random.default_rng(seed).normal(0, moves, days)
    return 100 * np.exp(np.cumsum(steps))


def coming_back(seed: int) -> Vector:
    """Draw a ratio that is drawn back to 1."""
    draw, log = np.random.default_rng(seed), np.zeros(DAYS)
    for day in range(1, DAYS):
        log[day] = 0.8 * log[day - 1] + draw.normal(0, 0.03)
    return np.exp(log)


def test_the_figures_of_an_asset_are_those_of_its_prices() -> None:
    prices = np.full(731, 50.0)
    prices[1::2] = 55.0
    prices[-1] = 200.0
    (found,) = asset_figures(daily_closes(A=prices))
    assert found.total_return == pytest.approx(3.0)
    assert found.annual_return == pytest.approx(1.0)
    assert found.max_drawdown == pytest.approx(1 / 11)
    returns = prices[1:] / prices[:-1] - 1
    assert found.volatility == pytest.approx(returns.std() * np.sqrt(365))
    assert found.volume == pytest.approx(1000 * np.median(prices))
    assert (found.last - found.first) == 730


def test_less_than_a_year_has_no_annual_return_and_two_closes_are_needed() -> None:
    late = np.where(np.arange(DAYS) < 200, np.nan, 7.0)
    one, other = asset_figures(daily_closes(A=walk(1), B=late))
    assert one.annual_return is not None
    assert other.annual_return is None
    assert other.first - one.first == 200
    with pytest.raises(ValueError, match="B: has 1 daily closes"):
        asset_figures(daily_closes(A=walk(1), B=np.where(np.arange(DAYS) < 499, np.nan, 7.0)))


def test_rolling_volatility_is_that_of_the_report() -> None:
    prices = walk(2)
    prices[[100, 480, 498]] = np.nan
    closes = daily_closes(A=prices)
    found = rolling_volatility(closes, 0)
    wanted = rolling(closes.time[101:480], prices[101:480]).volatility
    assert found[131:480] == pytest.approx(wanted)
    assert np.isnan(found[480:]).all()
    assert np.isnan(found[100:131]).all()
    assert np.isfinite(found[30:100]).all()


def test_assets_of_the_same_pace_are_in_one_cluster() -> None:
    shared = walk(3)
    closes = daily_closes(
        A=shared * walk(4, 0.005), B=walk(5), C=2 * shared * walk(6, 0.005), D=walk(7)
    )
    found = overview(closes)
    assert {frozenset(group) for group in found.clusters} == {
        frozenset("AC"), frozenset("B"), frozenset("D"),
    }  # fmt: skip
    (said,) = [line for line in cautions(found) if "same pace" in line]
    assert "A and C" in said or "C and A" in said
    assert "gains little" in said


def test_a_single_asset_and_unknown_correlations_are_clusters_of_their_own() -> None:
    assert clusters(("A",), np.eye(1)) == (("A",),)
    unknown = np.array([[1.0, np.nan], [np.nan, 1.0]])
    assert sorted(clusters(("A", "B"), unknown)) == [("A",), ("B",)]


def test_whether_a_ratio_comes_back_is_what_arch_says_of_it() -> None:
    from arch.unitroot import VarianceRatio  # which takes longer than these tests

    base = walk(8)
    closes = daily_closes(A=base, B=base * coming_back(9), C=walk(10))
    found = {(one.one, one.other): one for one in reversions(closes)}
    tests = {}
    for (one, other), result in found.items():
        prices = [closes.closes[:, closes.assets.index(asset)] for asset in (one, other)]
        tests[one, other] = VarianceRatio(np.log(prices[0] / prices[1]), HORIZON)
        assert result.variance_ratio == pytest.approx(tests[one, other].vr)
    raw = [test.pvalue for test in tests.values()]
    assert [one.p_value for one in found.values()] == pytest.approx(holm(raw))
    assert found["A", "B"].reverts is True
    assert found["A", "C"].reverts is False
    assert found["B", "C"].reverts is False


def test_a_ratio_that_keeps_going_on_does_not_come_back() -> None:
    draw, moves = np.random.default_rng(1), np.zeros(DAYS)
    for day in range(1, DAYS):
        moves[day] = 0.7 * moves[day - 1] + draw.normal(0, 0.01)
    (found,) = reversions(daily_closes(A=np.exp(np.cumsum(moves)), B=np.ones(DAYS)))
    assert found.variance_ratio is not None
    assert found.variance_ratio > 1
    assert found.p_value is not None
    assert found.p_value < 0.05
    assert found.reverts is False


def test_random_walks_are_not_said_to_come_back() -> None:
    closes = daily_closes(**{f"A{seed}": walk(seed) for seed in range(20, 28)})
    found = overview(closes)
    assert [one.reverts for one in found.reversions] == [False] * 28
    assert any("None of the 28 ratios" in line for line in cautions(found))


def test_a_short_or_constant_ratio_is_not_tested() -> None:
    short = np.where(np.arange(DAYS) < DAYS - 279, np.nan, walk(1))
    found = reversions(daily_closes(A=walk(1), B=short, C=2 * walk(1)))
    assert [one.reverts for one in found] == [None] * 3
    assert [one.p_value for one in found] == [None] * 3


def test_p_values_are_corrected_for_their_number() -> None:
    assert holm([]) == []
    assert holm([0.04, 0.01, 0.9, 0.03]) == pytest.approx([0.09, 0.04, 0.9, 0.09])


def falling(days: int = 200) -> DailyCloses:
    """Two that wander, and one that halves every month, to its end in the middle."""
    lost = 100 * 0.5 ** (np.arange(days) / 30)
    lost[days * 3 // 4 :] = np.nan
    return daily_closes(A=walk(11, days=days), B=walk(12, days=days), C=lost)


def test_the_subsidy_is_what_daily_rounds_of_the_product_would_buy() -> None:
    """A simulation with a round a day, next to nothing for the fee, and no minimum to speak of."""
    closes = falling()
    (_, _, found) = subsidies(closes)
    assert found.drains
    orders, nav = simulated_orders(closes)
    bought = {
        day: notional / nav[day]
        for (asset, day), notional in orders.items()
        if asset == "C" and found.begin < day <= found.end
    }
    assert len(bought) > 100
    assert found.share == pytest.approx(sum(bought.values()), rel=2e-3)
    last = closes.closes[np.isfinite(closes.closes[:, 2]), 2][-1]
    row = {int(day): closes.closes[i, 2] for i, day in enumerate(closes.days)}
    left = sum(share * last / row[day] for day, share in bought.items()) / sum(bought.values())
    assert found.left == pytest.approx(left, rel=0.02, abs=1e-3)


def test_a_coin_that_fell_and_came_back_drains_nobody() -> None:
    days = np.arange(240)
    lost = 100 * 0.5 ** (np.minimum(days, 239 - days) / 30)
    found = subsidies(daily_closes(A=walk(11, days=240), B=walk(12, days=240), C=lost))[2]
    assert found.fall < -0.5
    assert found.share > 0.02
    assert found.left is not None
    assert found.left > 1
    assert not found.drains


def test_the_cautions_name_what_drains_what_ended_and_what_is_young() -> None:
    lines = cautions(overview(falling()))
    assert lines[0].startswith("C drains the others: from ")
    assert lines[1].startswith("C has no candles after ")
    assert any(line == "A, B and C: less than a year of candles says little." for line in lines)
    assert lines[-1] == SURVIVE


def test_a_copy_without_arch_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arch.unitroot", None)
    found = overview(daily_closes(A=walk(1), B=walk(2)))
    assert found.reversions == ()
    assert found.missing.endswith("needs the package arch: pip install arch")
