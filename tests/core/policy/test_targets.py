"""The target weights, and what becomes of them while an asset is unavailable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.targets import over_available, targets_in_force
from rebalancing.policy.weights.configured import target_weights


@pytest.mark.parametrize(
    ("targets", "assets", "expected"),
    [
        pytest.param("equal", ["BTC", "ETH"], [0.5, 0.5, 0], id="equal holds no cash"),
        pytest.param({"BTC": 0.6, "ETH": 0.4}, ["BTC", "ETH"], [0.6, 0.4, 0], id="map"),
        pytest.param(
            {"USDT": 0.2, "ETH": 0.3, "BTC": 0.5},
            ["ETH", "BTC"],
            [0.3, 0.5, 0.2],
            id="cash is last wherever it stands",
        ),
        pytest.param({"BTC": 1, "ETH": 0}, ["BTC", "ETH"], [1, 0, 0], id="target of 0"),
        pytest.param({"BTC": 0.5, "USDT": 0.5}, ["BTC"], [0.5, 0.5], id="one coin and cash"),
    ],
)
def test_targets_become_weights(
    targets: str | dict[str, float], assets: list[str], expected: list[float]
) -> None:
    assert target_weights(targets, assets, "USDT").tolist() == pytest.approx(expected)


def test_a_sum_within_the_tolerance_becomes_exactly_one() -> None:
    weights = target_weights({"BTC": 0.6, "ETH": 0.4000009}, ["BTC", "ETH"], "USDT")
    assert weights.sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("targets", "available", "expected"),
    [
        pytest.param([0.5, 0.3, 0.2], [1, 1, 1], [0.5, 0.3, 0.2], id="all there"),
        pytest.param([0.5, 0.3, 0.2], [0, 1, 1], [0, 0.6, 0.4], id="one missing, cash grows too"),
        pytest.param([0.5, 0.5, 0], [0, 1, 1], [0, 1, 0], id="one left"),
        pytest.param([0.5, 0.3, 0.2], [0, 0, 1], [0, 0, 1], id="cash is left"),
        pytest.param([0.5, 0.5, 0], [0, 0, 1], [0, 0, 1], id="nothing left: all cash"),
        pytest.param([1, 0, 0], [0, 1, 1], [0, 0, 1], id="only a target of 0 left: all cash"),
    ],
)
def test_targets_are_renormalised_over_what_is_available(
    targets: list[float], available: list[int], expected: list[float]
) -> None:
    found = over_available(np.array(targets), np.array(available, dtype=bool))
    assert found.tolist() == pytest.approx(expected)


def test_a_history_is_renormalised_moment_by_moment() -> None:
    targets, available = np.array([0.6, 0.2, 0.2]), np.array([[1, 1, 1], [0, 1, 1], [0, 0, 1]])
    rows = [over_available(targets, moment.astype(bool)) for moment in available]
    assert over_available(targets, available.astype(bool)).tolist() == np.array(rows).tolist()


@given(st.data(), st.integers(1, 50))
def test_targets_in_force_sum_to_one_and_keep_their_proportions(
    data: st.DataObject, assets: int
) -> None:
    parts = st.lists(st.integers(0, 100), min_size=assets + 1, max_size=assets + 1)
    targets = np.array(data.draw(parts.filter(any)), dtype=float)
    targets /= targets.sum()
    there = data.draw(st.lists(st.booleans(), min_size=assets, max_size=assets))
    available = np.array([*there, True])
    found = over_available(targets, available)
    assert found.sum() == pytest.approx(1)
    assert (found[~available] == 0).all()
    if (targets * available).any():
        ratio = found[available & (targets > 0)] / targets[available & (targets > 0)]
        assert ratio == pytest.approx(np.full(len(ratio), ratio[0]))


def test_an_unavailable_asset_does_not_count_in_the_nav() -> None:
    held = Portfolio(("BTC", "ETH"), np.array([2.0, 3.0]), np.array([10.0, np.nan]), 5.0)
    assert held.nav == 25
    assert held.weights.tolist() == [0.8, 0, 0.2]
    assert held.available.tolist() == [True, False, True]


def test_a_portfolio_worth_nothing_has_weights_of_nothing() -> None:
    empty = Portfolio(("BTC",), np.array([0.0]), np.array([10.0]), 0.0)
    assert empty.weights.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("available", "out", "weights", "reserve", "expected"),
    [
        pytest.param((1, 1, 1), (0, 0), (0.5, 0.3, 0.2), 0, (0.5, 0.3, 0.2), id="nothing is out"),
        pytest.param((1, 1, 1), (0, 1), (0.5, 0, 0.5), 0, (0.5, 0, 0.5), id="all of it is gone"),
        pytest.param((1, 1, 1), (0, 1), (0.5, 0.1, 0.4), 0, (0.5, 0.1, 0.4), id="a part is gone"),
        pytest.param(
            (1, 1, 1), (0, 1), (0.3, 0.65, 0.05), 0, (0.25, 0.65, 0.1), id="it has risen since"
        ),
        pytest.param(
            (0, 1, 1), (0, 1), (0, 0.2, 0.8), 0, (0, 0.2, 0.8), id="nobody else has a price"
        ),
        pytest.param(
            (1, 0, 1), (0, 1), (0.6, 0, 0.4), 0, (0.5, 0, 0.5), id="what is out has no price"
        ),
        pytest.param(
            (1, 1, 1), (1, 1), (0.2, 0.1, 0.7), 0, (0.2, 0.1, 0.7), id="everything is out"
        ),
        pytest.param(
            (1, 1, 1),
            (0, 1),
            (0.5, 0.3, 0.2),
            0.3,
            (0.5, 0.3, 0.2),
            id="no cash more",
        ),
        pytest.param(
            (1, 1, 1),
            (0, 1),
            (0.4, 0.3, 0.3),
            0.3,
            (0.4, 0.3, 0.3),
            id="reserve of the others",
        ),
    ],
)
def test_what_is_out_keeps_its_weight_and_the_rest_of_its_target_is_cash(
    available: tuple[int, ...],
    out: tuple[int, ...],
    weights: tuple[float, ...],
    reserve: float,
    expected: tuple[float, ...],
) -> None:
    targets = np.array([0.5, 0.3, 0.2])
    masks = np.array(available, dtype=bool), np.array(out, dtype=bool)
    found = targets_in_force(targets, *masks, np.array(weights), reserve)
    assert found.tolist() == pytest.approx(expected)


@given(st.data(), st.sampled_from([0.0, 0.02]), st.sampled_from([0.3, 0.0, -0.05, -0.4, -3.0]))
def test_more_cash_may_be_taken_out_than_there_was_whatever_is_out(
    data: st.DataObject, reserve: float, cash: float
) -> None:
    """Nobody wants less than nothing of a coin, and what is out keeps its weight."""
    parts = st.lists(st.integers(0, 5), min_size=3, max_size=3).filter(any)
    held = np.array(data.draw(parts), dtype=float)
    weights = np.append(held / held.sum() * (1 - cash), cash)
    targets = np.append(np.array(data.draw(parts), dtype=float), data.draw(st.integers(0, 3)))
    masks = st.lists(st.booleans(), min_size=3, max_size=3)
    available, out = np.array(data.draw(masks)), np.array(data.draw(masks))
    available |= held > 0
    found = targets_in_force(
        targets / targets.sum(), np.append(available, True), out, weights, reserve
    )
    assert found.sum() == pytest.approx(1)
    assert (found[:-1] >= 0).all()
    assert found[:-1][out] == pytest.approx(weights[:-1][out])
