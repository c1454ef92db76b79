"""Where a round takes the weights: which assets it trades, and how far back."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.market.portfolio import Vector
from rebalancing.policy.destination import destination_weights

TIGHT = 1e-9


def drifts_after(
    drift: list[float] | Vector,
    band: float | list[float] | Vector | None,
    scope: str = "all",
    destination: str | float = "target",
    targets: list[float] | Vector | None = None,
    smallest: float = 0.0,
) -> Vector:
    """Return the drift of each member, cash last, at the destination of a round."""
    start = np.asarray(drift, dtype=float)
    wanted = np.full(len(start), 1 / len(start)) if targets is None else np.asarray(targets)
    bands = None if band is None else np.broadcast_to(np.asarray(band, dtype=float), start.shape)
    least = np.full(len(start) - 1, smallest)
    chosen: Any = scope
    far: Any = destination
    return destination_weights(start, wanted, bands, chosen, far, least) - wanted


@pytest.mark.parametrize(
    ("drift", "band", "scope", "destination", "expected"),
    [
        pytest.param([0.1, -0.1, 0], None, "all", "target", [0, 0, 0], id="all the way"),
        pytest.param(
            [0.1, -0.08, -0.02], None, "all", 0.25, [0.075, -0.06, -0.015], id="a quarter"
        ),
        pytest.param([0.1, -0.1, 0], None, "all", 1.0, [0, 0, 0], id="a share of 1 is all"),
        pytest.param([0.1, -0.1, 0], 0.05, "all", "target", [0, 0, 0], id="all, with a band"),
        pytest.param([0.1, -0.1, 0], 0.05, "all", 0.5, [0.05, -0.05, 0], id="half, with a band"),
        pytest.param(
            [0.1, -0.1, 0], 0.05, "all", "edge", [0.045, -0.045, 0], id="edge: 0.9 of the band"
        ),
        pytest.param(
            [0.1, -0.06, -0.04, 0],
            0.05,
            "drifted",
            "edge",
            [0.045, -0.045, 0, 0],
            id="edge: the balance to the one inside",
        ),
        pytest.param(
            [0.06, -0.02, -0.04, 0],
            0.05,
            "drifted",
            "target",
            [0, 0, 0, 0],
            id="drifted: the balance in proportion, here all the way",
        ),
        pytest.param(
            [0.06, 0.03, -0.03, -0.06, 0],
            0.07,
            "drifted",
            "target",
            [0.06, 0.03, -0.03, -0.06, 0],
            id="drifted: nothing outside, nothing traded",
        ),
        pytest.param(
            [0.06, 0.02, -0.02, -0.04, -0.02],
            0.05,
            "drifted",
            "target",
            [0, 0.02, -0.02 / 3, -0.04 / 3, 0],
            id="drifted: cash first up to its target, then in proportion",
        ),
        pytest.param(
            [-0.06, 0.02, 0.03, 0.01],
            0.05,
            "drifted",
            "target",
            [0, 0, 0, 0],
            id="drifted: a buy is paid by cash first, down to its target",
        ),
        pytest.param(
            [-0.06, 0.04, 0.04, -0.02],
            0.05,
            "drifted",
            "target",
            [0, 0.01, 0.01, -0.02],
            id="drifted: cash below its target pays nothing",
        ),
        pytest.param(
            [-0.03, -0.03, 0.06],
            0.05,
            "drifted",
            "target",
            [0, 0, 0],
            id="drifted: cash alone outside, the others take it",
        ),
        pytest.param(
            [0.08, -0.04, -0.04, 0],
            0.05,
            "drifted",
            0.5,
            [0.04, -0.02, -0.02, 0],
            id="drifted: half the way",
        ),
        pytest.param(
            [0.1, -0.04, -0.06, 0],
            [0.02, 0.2, 0.2, 0.02],
            "drifted",
            "edge",
            [0.018, -0.0072, -0.0108, 0],
            id="drifted: to the edge of its own band",
        ),
    ],
)
def test_the_destination(
    drift: list[float],
    band: Any,
    scope: str,
    destination: str | float,
    expected: list[float],
) -> None:
    found = drifts_after(drift, band, scope, destination)
    assert found.tolist() == pytest.approx(expected, abs=1e-12)


def test_an_asset_that_is_not_traded_keeps_its_weight_to_the_last_bit() -> None:
    drift = [0.06, 0.02, -0.02, -0.06, 0]
    found = drifts_after(drift, 0.05, "drifted")
    assert found[1:3].tolist() == pytest.approx([0.02, -0.02], abs=1e-12)


@st.composite
def portfolios(draw: st.DrawFn, most: int = 6) -> tuple[Vector, Vector, Vector]:
    """Draw weights, targets and bands of a few assets and cash, in steps that make ties."""
    count = draw(st.integers(2, most)) + 1
    parts = st.lists(st.integers(0, 20), min_size=count, max_size=count).filter(any)
    weights, targets = np.array(draw(parts), dtype=float), np.array(draw(parts), dtype=float)
    bands = draw(st.lists(st.sampled_from([0.01, 0.02, 0.05, 0.1]), min_size=count, max_size=count))
    return weights / weights.sum(), targets / targets.sum(), np.array(bands)


DESTINATIONS = ["target", "edge", 0.3, 1.0]


@pytest.mark.parametrize("scope", ["all", "drifted", "fewest"])
@pytest.mark.parametrize("destination", DESTINATIONS, ids=str)
@given(case=portfolios())
def test_the_destination_is_a_portfolio(
    scope: str, destination: str | float, case: tuple[Vector, Vector, Vector]
) -> None:
    weights, targets, bands = case
    found = targets + drifts_after(weights - targets, bands, scope, destination, targets)
    assert found.sum() == pytest.approx(1, abs=1e-9)
    assert (found >= -TIGHT).all()


@pytest.mark.parametrize("scope", ["all", "drifted"])
@pytest.mark.parametrize("destination", DESTINATIONS, ids=str)
@given(case=portfolios())
def test_nothing_goes_away_from_its_target_or_past_it(
    scope: str, destination: str | float, case: tuple[Vector, Vector, Vector]
) -> None:
    weights, targets, bands = case
    drift = weights - targets
    found = drifts_after(drift, bands, scope, destination, targets)
    assert (found * np.sign(drift) >= -TIGHT).all()
    assert (np.abs(found) <= np.abs(drift) + TIGHT).all()


@pytest.mark.parametrize("scope", ["all", "drifted"])
@given(case=portfolios())
def test_the_edge_leaves_nothing_outside_nine_tenths_of_its_band(
    scope: str, case: tuple[Vector, Vector, Vector]
) -> None:
    weights, targets, bands = case
    drift = weights - targets
    found = np.abs(drifts_after(drift, bands, scope, "edge", targets))
    was_outside = np.abs(drift) >= bands - 1e-9
    assert (found[was_outside] <= 0.9 * bands[was_outside] + TIGHT).all()


@pytest.mark.parametrize("destination", DESTINATIONS, ids=str)
@given(case=portfolios())
def test_the_drifted_reach_their_destination(
    destination: str | float, case: tuple[Vector, Vector, Vector]
) -> None:
    weights, targets, bands = case
    drift = weights - targets
    found = drifts_after(drift, bands, "drifted", destination, targets)
    was_outside = np.abs(drift) >= bands - 1e-9
    if destination == "edge":
        assert (np.abs(found) <= np.maximum(0.9 * bands, 0) + TIGHT)[was_outside].all()
    else:
        share = 1.0 if destination == "target" else float(destination)
        assert found[was_outside].tolist() == pytest.approx(
            (drift * (1 - share))[was_outside].tolist(), abs=1e-9
        )


@given(case=portfolios())
def test_the_balance_goes_to_cash_first(case: tuple[Vector, Vector, Vector]) -> None:
    weights, targets, bands = case
    drift = weights - targets
    found = drifts_after(drift, bands, "drifted", "target", targets)
    inside = np.abs(drift) < bands - 1e-9
    others = inside[:-1] & (np.abs(found - drift)[:-1] > TIGHT)
    if inside[-1] and others.any():
        helped_the_same_way = np.sign(drift[:-1][others]) == np.sign(drift[-1])
        assert not helped_the_same_way.any() or abs(found[-1]) < TIGHT


# Scope "fewest", against every subset of the assets.


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


def test_the_edge_is_reached_by_both_if_the_bands_differ() -> None:
    found = drifts_after([0.1, -0.1, 0], [0.02, 0.01, 0.01], "all", "edge")
    assert found.sum() == pytest.approx(0)
    assert found.tolist() == pytest.approx([0.009, -0.009, 0])


def test_fewest_leaves_alone_what_a_round_has_left_at_its_quarter() -> None:
    drift = [-0.0125 - 1e-15, 0.1, -0.0875 + 1e-15, 0]
    found = drifts_after(drift, [0.05, 0.05, 0.05, 0.02], "fewest")
    assert found.tolist() == pytest.approx([-0.0125, 0.0125, -0.005, 0.005], abs=1e-12)
