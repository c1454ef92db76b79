"""Where a round takes the weights: which assets it trades, and how far back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from rebalancing.market.portfolio import Vector
from tests.support.destinations import TIGHT, drifts_after, portfolios


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


def test_the_edge_is_reached_by_both_if_the_bands_differ() -> None:
    found = drifts_after([0.1, -0.1, 0], [0.02, 0.01, 0.01], "all", "edge")
    assert found.sum() == pytest.approx(0)
    assert found.tolist() == pytest.approx([0.009, -0.009, 0])
