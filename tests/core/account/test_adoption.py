"""Coins that were in the account before."""

import numpy as np
import pytest

from rebalancing.account.adoption import adopted_values


def adopted(values: list[float], spare: list[float], *targets: float) -> list[float]:
    found = adopted_values(np.array(values), np.array(spare), np.array(targets), everything=False)
    return found.round(6).tolist()


@pytest.mark.parametrize(
    ("values", "spare", "targets", "expected"),
    [
        pytest.param([0, 0, 100], [50, 50], (0.5, 0.5, 0), [50, 50], id="less than is wanted"),
        pytest.param([0, 0, 100], [900, 0], (0.5, 0.5, 0), [100, 0], id="no more than is wanted"),
        pytest.param([0, 0, 0], [100, 300], (0.5, 0.5, 0), [100, 100], id="coins alone"),
        pytest.param(
            [0, 0, 0], [100, 0], (0.5, 0.5, 0), [0, 0], id="one coin alone cannot be half"
        ),
        pytest.param([80, 0, 20], [50, 50], (0.5, 0.5, 0), [0, 50], id="what is held counts"),
        pytest.param([0, 0, 100], [50, 70], (0, 1, 0), [0, 70], id="a target of 0 wants none"),
        pytest.param([0, 0, 100], [0, 0], (0.5, 0.5, 0), [0, 0], id="nothing there"),
    ],
)
def test_up_to_what_the_targets_want(
    values: list[float], spare: list[float], targets: tuple[float, ...], expected: list[float]
) -> None:
    assert adopted(values, spare, *targets) == expected


def test_or_all_of_it() -> None:
    spare = np.array([900.0, 0.0])
    values, targets = np.array([0.0, 0.0, 100.0]), np.array([0.5, 0.5, 0.0])
    assert adopted_values(values, spare, targets, everything=True).tolist() == [900, 0]
