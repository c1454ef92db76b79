"""How far the weights are from their targets, and how far they may be."""

import numpy as np
import pytest

from rebalancing.policy.drift import drift_of, furthest, outside, threshold_vector, tolerance_bands

MEMBERS = ["BTC", "ETH"]


def bands_of(
    threshold: float | dict[str, float], targets: list[float], relative: bool = False
) -> list[float]:
    thresholds = threshold_vector(threshold, MEMBERS, "USDT")
    return tolerance_bands(thresholds, np.array(targets), relative).tolist()


def test_drift_is_signed_and_absolute() -> None:
    drift = drift_of(np.array([0.53, 0.45, 0.02]), np.array([0.5, 0.5, 0]))
    assert drift.tolist() == pytest.approx([0.03, -0.05, 0.02])


@pytest.mark.parametrize(
    ("threshold", "relative", "targets", "expected"),
    [
        pytest.param(0.03, False, [0.6, 0.3, 0.1], [0.03] * 3, id="absolute: the same for all"),
        pytest.param(0.03, False, [1, 0, 0], [0.03] * 3, id="absolute: a target of 0 has a band"),
        pytest.param(0.1, True, [0.6, 0.3, 0.1], [0.06, 0.03, 0.01], id="relative: a share"),
        pytest.param(0.1, True, [0.7, 0.3, 0], [0.07, 0.03, 0.03], id="relative: no cash weight"),
        pytest.param(0.1, True, [0.8, 0, 0.2], [0.08, 0.02, 0.02], id="relative: target of 0"),
        pytest.param(
            {"BTC": 0.05, "ETH": 0.02},
            False,
            [0.5, 0.5, 0],
            [0.05, 0.02, 0.02],
            id="map: cash is not named and has the smallest",
        ),
        pytest.param(
            {"ETH": 0.05, "USDT": 0.01},
            False,
            [0.5, 0.4, 0.1],
            [0.01, 0.05, 0.01],
            id="map: an asset is missing and has the smallest",
        ),
        pytest.param(
            {"BTC": 0.2, "ETH": 0.1},
            True,
            [0.1, 0.9, 0],
            [0.02, 0.09, 0.02],
            id="relative map: the smallest in points, not in share",
        ),
        pytest.param(
            {"BTC": 0.1}, True, [0, 0.5, 0.5], [np.inf] * 3, id="only a target of 0 is named"
        ),
    ],
)
def test_every_member_has_a_band(
    threshold: float | dict[str, float],
    relative: bool,
    targets: list[float],
    expected: list[float],
) -> None:
    assert bands_of(threshold, targets, relative) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("target", "threshold", "low", "high"),
    [
        pytest.param(0.5, 0.03, 0.47, 0.53, id="absolute, as in the specification"),
        pytest.param(0.2, 0.15, 0.17, 0.23, id="relative, as in the specification"),
    ],
)
def test_the_edges_are_where_the_specification_says(
    target: float, threshold: float, low: float, high: float
) -> None:
    relative = target == 0.2
    bands = np.array(bands_of(threshold, [target, 1 - target, 0], relative))
    for weight, fires in ((low, True), (high, True), (low + 1e-4, False), (high - 1e-4, False)):
        drift = np.array([weight - target, target - weight, 0])
        assert bool(outside(drift, bands)[0]) is fires


@pytest.mark.parametrize(
    ("drift", "reached"),
    [
        pytest.param(0.03, True, id="exactly"),
        pytest.param(-0.03, True, id="exactly, below"),
        pytest.param(0.53 - 0.5, True, id="exactly, as floats subtract"),
        pytest.param(0.03 - 0.9e-9, True, id="short by less than 1e-9"),
        pytest.param(0.03 - 1.1e-9, False, id="short by more than 1e-9"),
        pytest.param(0.0299, False, id="inside"),
        pytest.param(0.0, False, id="none"),
    ],
)
def test_the_edge_is_reached_within_a_billionth(drift: float, reached: bool) -> None:
    assert bool(outside(np.array([drift]), np.array([0.03]))[0]) is reached


@pytest.mark.parametrize(
    ("drift", "bands", "index"),
    [
        pytest.param([0.01, -0.01, 0], [0.03, 0.03, 0.03], None, id="all inside"),
        pytest.param([0.05, -0.04, -0.01], [0.03, 0.03, 0.03], 0, id="the largest drift"),
        pytest.param([0.05, -0.04, -0.01], [0.05, 0.02, 0.03], 1, id="measured by its own band"),
        pytest.param([0.03, -0.03, 0], [0.03, 0.03, 0.03], 0, id="a tie is the first's"),
        pytest.param([-0.01, -0.02, 0.03], [0.05, 0.05, 0.03], 2, id="cash"),
        pytest.param([0.5, -0.5, 0], [np.inf] * 3, None, id="no band anywhere"),
    ],
)
def test_the_furthest_outside_its_band_is_named(
    drift: list[float], bands: list[float], index: int | None
) -> None:
    assert furthest(np.array(drift), np.array(bands)) == index


def test_a_missing_asset_is_watched_by_the_smallest_band() -> None:
    bands = np.array(bands_of({"BTC": 0.05}, [0.5, 0.5, 0]))
    assert furthest(np.array([-0.02, 0.05, -0.03]), bands) == 1
