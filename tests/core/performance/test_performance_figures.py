"""The figures of an investor's page, against series small enough to compute by hand."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from rebalancing.performance.asset_table import asset_rows
from rebalancing.performance.attribution import attribute, subsidies
from rebalancing.performance.calendar_returns import (
    CalendarReturn,
    best_and_worst,
    monthly_returns,
    yearly_returns,
)
from rebalancing.performance.correlation import correlations, diversification
from rebalancing.performance.drawdowns import deepest_drawdowns
from rebalancing.performance.history import History
from rebalancing.performance.hodl import hold
from rebalancing.performance.premium_path import premium_path
from rebalancing.performance.rolling import rolling
from rebalancing.performance.sensitivity import cost_scenarios
from rebalancing.performance.starts import starts
from rebalancing.performance.summary import summarise
from tests.support.histories import AFTER, BOUGHT, DAY, SWITCHED, Order, history

CLOSED: list[Order] = [(2, "BTC", -AFTER[0], 80, -1), (2, "ETH", -AFTER[1], 60, -1)]


def example(fee: float = 0.0) -> History:
    """The worked example, closed after BTC and ETH have changed places."""
    prices, amounts = [[50, 50], [60, 80], [80, 60]], [[0, 0], [1, 1], AFTER]
    return history(prices, amounts, [*BOUGHT, *SWITCHED, *CLOSED], fee)


def days(*dates: str) -> np.ndarray:
    return np.array([datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() for day in dates])


TIME = days("2023-12-30", "2023-12-31", "2024-01-01", "2024-01-31", "2024-02-01", "2024-02-02")
UNITS = np.array([1.0, 1.1, 1.0, 1.45, 1.16, 1.74])
HODL = np.array([1.0, 1.0, 1.0, 1.25, 1.25, 1.2])


def test_months_begin_with_the_last_value_of_the_month_before() -> None:
    found = monthly_returns(TIME, UNITS, HODL)
    assert [month.label for month in found] == ["2023-12", "2024-01", "2024-02"]
    own = [month.portfolio for month in found]
    assert own == pytest.approx([0.1, 1.45 / 1.1 - 1, 0.2])
    assert [month.hodl for month in found] == pytest.approx([0, 0.25, -0.04])
    assert found[2].premium == pytest.approx(1.2 / 0.96 - 1)


@pytest.mark.parametrize("periods", [monthly_returns, yearly_returns])
def test_all_periods_multiply_to_the_whole(
    periods: Callable[..., list[CalendarReturn]],
) -> None:
    found = periods(TIME, UNITS, HODL)
    assert np.prod([1 + period.portfolio for period in found]) == pytest.approx(1.74)
    assert np.prod([1 + period.premium for period in found]) == pytest.approx(1.74 / 1.2)


def test_the_best_and_the_worst_day_and_month_are_found() -> None:
    found = best_and_worst(TIME, UNITS, monthly_returns(TIME, UNITS, HODL))
    assert found is not None
    assert found.best_day == (TIME[5], pytest.approx(0.5))
    assert found.worst_day == (TIME[4], pytest.approx(-0.2))
    assert (found.best_month.label, found.worst_month.label) == ("2024-01", "2023-12")
    assert best_and_worst(TIME[:1], UNITS[:1], []) is None


def test_drawdowns_end_where_the_peak_is_reached_again() -> None:
    units = np.array([1.0, 2.0, 1.0, 1.5, 2.0, 4.0, 1.0, 3.0])
    deepest, other = deepest_drawdowns(np.arange(8.0), units)
    assert (deepest.depth, deepest.peak, deepest.trough) == (0.75, 5, 6)
    assert (deepest.recovery, deepest.recovering, deepest.length) == (None, None, 2)
    assert (other.depth, other.peak, other.trough, other.recovery) == (0.5, 1, 2, 4)
    assert (other.falling, other.recovering, other.length) == (1, 2, 3)


@pytest.mark.parametrize("units", [[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [1.0]])
def test_what_never_falls_has_no_drawdown(units: list[float]) -> None:
    assert deepest_drawdowns(np.arange(len(units)), np.array(units)) == []


def test_the_deepest_five_are_listed_and_the_first_is_the_largest_fall() -> None:
    units = np.exp(np.cumsum(np.random.default_rng(4).normal(0, 0.05, 500)))
    found = deepest_drawdowns(np.arange(500.0), units)
    depths = [drawdown.depth for drawdown in found]
    assert len(found) == 5
    assert depths == sorted(depths, reverse=True)
    assert depths[0] == pytest.approx(float((1 - units / np.maximum.accumulate(units)).max()))


def test_each_window_has_its_return_and_its_yearly_deviation() -> None:
    found = rolling(np.arange(5) * DAY, np.array([1, 2, 1, 2, 4.0]), window=2)
    assert found.time.tolist() == [2 * DAY, 3 * DAY, 4 * DAY]
    assert found.returns.tolist() == pytest.approx([0, 0, 3])
    assert found.volatility.tolist() == pytest.approx([0.75 * 365**0.5, 0.75 * 365**0.5, 0])
    assert len(rolling(np.arange(2) * DAY, np.ones(2), window=2).time) == 0


def test_the_premium_has_its_extremes_and_its_share_of_time() -> None:
    found = premium_path(example(), np.array([0, 7, -14.0]), np.array([100, 140, 140.0]))
    assert (found.best, found.best_at) == (pytest.approx(0.05), DAY)
    assert (found.worst, found.worst_at) == (pytest.approx(-0.1), 2 * DAY)
    assert found.ahead == 0.5


@pytest.mark.parametrize("fee", [0.0, 0.01])
def test_a_start_at_the_first_purchase_gives_the_premium_of_the_run(fee: float) -> None:
    found, summary = example(fee), summarise(example(fee))
    first, last = starts(found).premium
    assert first == pytest.approx(summary.premium / summary.hodl_nav)
    assert last == pytest.approx(0)


def test_the_rows_of_the_assets_add_up_to_the_whole() -> None:
    found = example(fee=0.01)
    attribution = attribute(found)
    *coins, cash = asset_rows(found, attribution, subsidies(found))
    assert [row.asset for row in coins] == ["BTC", "ETH"]
    assert sum(row.contribution for row in coins) == pytest.approx(attribution.gains[-1].sum())
    assert sum(row.fees for row in coins) == pytest.approx(float(found.executions.fees.sum()))
    assert sum(row.received for row in (*coins, cash)) == pytest.approx(-0.2)
    assert [row.trades for row in coins] == [1, 1]
    assert [row.coins for row in coins] == pytest.approx(AFTER)
    assert [row.price_return for row in coins] == pytest.approx([80 / 60 - 1, 60 / 80 - 1])
    assert sum(row.mean_weight for row in (*coins, cash)) == pytest.approx(1)
    assert (cash.target, cash.contribution, cash.price_return) == (0, None, None)


def opposite(count: int) -> History:
    """BTC and ETH change by 10 % a day, each up when the other is down."""
    change = np.where(np.arange(count) % 2, 1.1, 0.9)
    prices = 50 * np.cumprod(np.column_stack([change, 2 - change]), axis=0)
    amounts = np.vstack([np.zeros(2), np.ones((count - 1, 2))])
    return history(prices.tolist(), amounts.tolist(), BOUGHT)


def test_opposite_assets_have_a_correlation_of_minus_one() -> None:
    np.testing.assert_allclose(correlations(opposite(40)), [[1, -1], [-1, 1]])
    assert np.isnan(correlations(opposite(20))[0, 1])


def test_the_diversification_return_is_half_of_the_variance_that_goes_away() -> None:
    found = diversification(opposite(41), np.array([0.5, 0.5]))
    assert found is not None
    assert found.days == 40
    assert found.rate == pytest.approx(0.5 * 0.1**2 * 365)  # nothing of it is left
    alone = diversification(opposite(41), np.array([1.0, 0.0]))
    assert alone is not None
    assert alone.rate == pytest.approx(0)
    assert diversification(opposite(20), np.array([0.5, 0.5])) is None


def test_other_costs_are_taken_from_the_same_orders() -> None:
    free, *_, tenth = (found for found in cost_scenarios(example(0.001)) if not found.slippage)
    assert free.nav == pytest.approx(summarise(example(0.0)).nav)
    assert free.hodl_nav == pytest.approx(summarise(example(0.0)).hodl_nav)
    assert tenth.fee == 0.002
    assert tenth.nav == pytest.approx(summarise(example(0.002)).nav)


def test_the_runs_own_fee_is_among_the_scenarios_and_gives_its_own_figures() -> None:
    found = {item.fee: item for item in cost_scenarios(example(0.0007)) if not item.slippage}
    assert sorted(found) == [0.0, 0.0007, 0.001, 0.002]
    assert found[0.0007].premium == pytest.approx(summarise(example(0.0007)).premium)


def test_slippage_costs_as_much_as_a_fee() -> None:
    *_, slipped = cost_scenarios(example(0.001))
    assert (slipped.fee, slipped.slippage) == (0.001, 0.001)
    assert slipped.nav == pytest.approx(summarise(example(0.002)).nav)
    assert slipped.hodl_nav == pytest.approx(hold(example(0.002)).closing.sold)
