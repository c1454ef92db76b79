"""Scope "fewest": as few trades as bring all back, against every subset of the assets."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.market.portfolio import Vector
from tests.support.destinations import TIGHT, drifts_after, portfolios


def quarter(targets: Vector, bands: Vector) -> tuple[Vector, Vector]:
    """Bounds of the drifts that the specification allows; no weight ends below 0."""
    return -np.minimum(bands / 4, targets), bands / 4


def can_end_well(subset: tuple[int, ...], drift: Vector, low: Vector, high: Vector) -> bool:
    """Tell whether trading these assets alone can bring every member within its bounds."""
    kept = [i for i in range(len(drift) - 1) if i not in subset]
    if any(not low[i] - 1e-12 <= drift[i] <= high[i] + 1e-12 for i in kept):
        return False
    fixed, chosen = sum(drift[i] for i in kept), list(subset)
    cash_lowest, cash_highest = -fixed - high[chosen].sum(), -fixed - low[chosen].sum()
    return bool(cash_lowest <= high[-1] + 1e-12 and cash_highest >= low[-1] - 1e-12)


def first_of_the_fewest(drift: Vector, low: Vector, high: Vector) -> tuple[int, ...]:
    assets = range(len(drift) - 1)
    subsets = (s for size in range(len(drift)) for s in combinations(assets, size))
    return next(s for s in subsets if can_end_well(s, drift, low, high))


def least_turnover(drift: Vector, low: Vector, high: Vector) -> float:
    """Notionals that every correction needs, and what it takes to bring cash back."""
    corrected = np.clip(drift[:-1], low[:-1], high[:-1])
    cash = -corrected.sum()
    beyond = abs(cash - np.clip(cash, low[-1], high[-1]))
    return float(np.abs(corrected - drift[:-1]).sum() + beyond)


@settings(max_examples=5 * settings.default.max_examples)
@given(case=portfolios())
def test_fewest_is_as_few_as_any_set_of_trades_can_be(
    case: tuple[Vector, Vector, Vector],
) -> None:
    weights, targets, bands = case
    drift = weights - targets
    low, high = quarter(targets, bands)
    found = drifts_after(drift, bands, "fewest", "target", targets)
    traded = tuple(np.flatnonzero(np.abs(found - drift)[:-1] > 1e-11).tolist())
    best = first_of_the_fewest(drift, low, high)
    assert (np.abs(found) <= bands / 4 + TIGHT).all()
    assert len(traded) == len(best)
    assert np.abs(found - drift)[:-1].sum() == pytest.approx(least_turnover(drift, low, high))
    assert traded == best, "a tie is decided by the order of the configuration"


@settings(max_examples=5 * settings.default.max_examples)
@given(case=portfolios(), smallest=st.sampled_from([0.005, 0.02, 0.08]))
def test_fewest_leaves_outside_only_what_no_allowed_trade_could_bring_back(
    case: tuple[Vector, Vector, Vector], smallest: float
) -> None:
    weights, targets, bands = case
    drift = weights - targets
    low, high = quarter(targets, bands)
    found = drifts_after(drift, bands, "fewest", "target", targets, smallest)
    left = (found < low - TIGHT) | (found > high + TIGHT)
    furthest_trade = np.where(drift > 0, drift - low, high - drift)
    assert (furthest_trade[:-1][left[:-1]] < smallest).all()


@settings(max_examples=5 * settings.default.max_examples)
@given(case=portfolios(), smallest=st.sampled_from([0.005, 0.02, 0.08]))
def test_fewest_wants_no_trade_below_the_smallest(
    case: tuple[Vector, Vector, Vector], smallest: float
) -> None:
    weights, targets, bands = case
    drift = weights - targets
    trades = np.abs(drifts_after(drift, bands, "fewest", "target", targets, smallest) - drift)[:-1]
    assert (trades[trades > 1e-12] >= smallest - TIGHT).all()


@pytest.mark.parametrize(
    ("drift", "expected"),
    [
        pytest.param(
            [0.06, -0.01, -0.01, -0.04, 0],
            [0.01, -0.01, -0.01, -0.01, 0.02],
            id="only the two outside their quarter",
        ),
        pytest.param([0.009, -0.009, 0], [0.009, -0.009, 0], id="all inside: nothing"),
    ],
)
def test_fewest_with_a_quarter_of_one_point(drift: list[float], expected: list[float]) -> None:
    bands = [0.04] * (len(drift) - 1) + [0.08]
    found = drifts_after(drift, bands, "fewest")
    assert found.tolist() == pytest.approx(expected, abs=1e-12)


def test_fewest_takes_the_first_of_equal_helpers() -> None:
    found = drifts_after([0.05, -0.0125, -0.0125, -0.0125, -0.0125], [0.05] * 5, "fewest")
    assert np.abs(found[0]) <= 0.0125 + TIGHT
    assert found.sum() == pytest.approx(0)


def test_fewest_exempts_what_no_trade_of_the_smallest_size_could_bring_back() -> None:
    found = drifts_after([0.04, -0.02, -0.02, 0], 0.02, "fewest", smallest=0.026)
    assert found.tolist() == pytest.approx([0.005, -0.02, -0.02, 0.035], abs=1e-12)


def test_fewest_trades_a_drift_beyond_its_band_if_the_smallest_trade_brings_it_back() -> None:
    found = drifts_after([0.1, -0.1, 0], 0.1, "fewest", smallest=0.08)
    assert np.abs(found[:2]).max() <= 0.025 + TIGHT


def test_fewest_leaves_alone_what_a_round_has_left_at_its_quarter() -> None:
    drift = [-0.0125 - 1e-15, 0.1, -0.0875 + 1e-15, 0]
    found = drifts_after(drift, [0.05, 0.05, 0.05, 0.02], "fewest")
    assert found.tolist() == pytest.approx([-0.0125, 0.0125, -0.005, 0.005], abs=1e-12)
