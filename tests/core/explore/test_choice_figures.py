"""The figures of the judges are those of the libraries, on the same series.

The libraries are imported where they are used: that takes longer than these tests.
"""

import sys
from itertools import combinations

import numpy as np
import pytest

from rebalancing.explore.choice.deflated_sharpe import deflated_sharpe
from rebalancing.explore.choice.extras import ExtraMissingError
from rebalancing.explore.choice.growth import log_growth
from rebalancing.explore.choice.overfitting import overfitting
from rebalancing.explore.choice.superior import block_length, superiority
from rebalancing.explore.choice.timing_luck import leads, timing_luck, unmoved
from rebalancing.explore.choice.walk_forward import walk_forward
from rebalancing.market.portfolio import Vector


def policies(seed: int, drifts: list[float], days: int = 400) -> Vector:
    """Draw the growth of policies that share much of their moves; drifts are per day."""
    draw = np.random.default_rng(seed)
    shared = draw.normal(0, 0.01, days)
    own = draw.normal(0, 0.004, (len(drifts), days)) + np.array(drifts)[:, None]
    moved: Vector = 0.5 * shared + own + 0.3 * np.roll(own, 1, axis=1)
    return moved


SEARCHES = [
    pytest.param(policies(1, [0.0] * 12), id="none better"),
    pytest.param(policies(2, [0.0] * 10 + [0.002]), id="one better"),
    pytest.param(policies(3, [0.0] * 6 + [0.0008, 0.0015, 0.005, -0.01]), id="some better"),
    pytest.param(policies(4, [0.004, 0.005, 0.006]), id="all better"),
    pytest.param(policies(5, [0.0]), id="a single one"),
    pytest.param(np.vstack([policies(6, [0.002]), np.zeros((1, 400))]), id="one is holding"),
]


@pytest.mark.parametrize("difference", SEARCHES)
@pytest.mark.parametrize("block", [1, 6])
def test_the_tests_of_many_policies_are_those_of_arch(difference: Vector, block: int) -> None:
    from arch.bootstrap import SPA, StepM

    benchmark = policies(9, [0.0])[0]
    growth = difference + benchmark
    found = superiority(growth, benchmark, level=0.05, block=block, resamples=300, seed=7)
    losses = -benchmark, -growth.T
    whole = SPA(*losses, block_size=block, reps=300, seed=7)
    whole.compute()
    stepwise = StepM(*losses, size=0.05, block_size=block, reps=300, seed=7)
    stepwise.compute()
    assert found.p_value == pytest.approx(whole.pvalues["consistent"], abs=1e-12)
    assert np.flatnonzero(found.superior).tolist() == stepwise.superior_models


def test_the_searches_above_have_every_outcome() -> None:
    counts = [
        int(superiority(case.values[0], np.zeros(400), block=3).superior.sum()) for case in SEARCHES
    ]
    assert counts[0] == counts[4] == 0
    assert counts[1] == 1
    assert 1 < counts[2] < 9
    assert counts[3] == 3


@pytest.mark.slow
def test_many_policies_are_tested_like_few() -> None:
    """They do not fit into memory at once."""
    difference = policies(2, [0.0] * 10 + [0.002])
    many = np.vstack([difference, np.tile(difference[:1], (9000, 1))])
    few, found = (superiority(one, np.zeros(400), block=4, resamples=50) for one in
                  (difference, many))  # fmt: skip
    assert found.p_value == few.p_value
    assert np.flatnonzero(found.superior).tolist() == [10]


def test_blocks_are_as_long_as_arch_chooses() -> None:
    from arch.bootstrap import optimal_block_length

    difference = policies(8, [0.0])
    ((length,),) = optimal_block_length(difference.T)[["stationary"]].to_numpy()
    assert length > 1
    assert block_length(difference) == int(np.ceil(length))
    assert block_length(np.vstack([difference, np.zeros((1, 400))])) == int(np.ceil(length))
    assert block_length(np.zeros((3, 400))) == 1


@pytest.mark.filterwarnings("error")
def test_a_lead_that_is_lost_again_at_once_has_a_block_length_without_a_warning() -> None:
    difference = policies(8, [0.0] * 3)
    there_and_back = np.zeros((1, 400))
    there_and_back[:, 10:12] = 0.01, -0.01
    assert block_length(np.vstack([difference, there_and_back])) >= block_length(difference) > 1
    assert block_length(there_and_back) > 1


def test_the_deflated_sharpe_ratio_is_that_of_skfolio() -> None:
    from skfolio.measures import deflated_sharpe_ratio

    difference = policies(3, [0.0] * 20 + [0.001])
    ratios = difference.mean(axis=1) / difference.std(axis=1, ddof=1)
    wanted = deflated_sharpe_ratio(difference[20], ratios)
    assert 0 < wanted < 1
    assert deflated_sharpe(difference, 20) == pytest.approx(wanted, abs=1e-12)
    with_holding = np.vstack([difference, np.zeros((1, 400))])
    assert deflated_sharpe(with_holding, 20) == pytest.approx(wanted, abs=1e-12)
    assert deflated_sharpe(with_holding, 21) is None


@pytest.mark.parametrize("drift", [0.0, 0.002])
def test_the_overfitting_is_that_of_divisions_made_by_skfolio(drift: float) -> None:
    from skfolio.model_selection import CombinatorialPurgedCV

    difference = policies(11, [0.0] * 7 + [drift])
    # Every half of eight blocks, each of which is once the half on which nobody chooses.
    divisions = CombinatorialPurgedCV(n_folds=8, n_test_folds=4, purged_size=0, embargo_size=0)
    ranks = []
    for chosen_on, judged_on in divisions.split(difference.T):
        judged = np.concatenate(judged_on)
        best = difference[:, chosen_on].sum(axis=1).argmax()
        outside = difference[:, judged].sum(axis=1)
        ranks.append((outside <= outside[best]).sum() / 9)
    found = overfitting(difference, 8)
    assert len(ranks) == 70
    assert sorted(found.ranks) == pytest.approx(sorted(ranks))
    assert found.probability == pytest.approx(np.mean(np.array(ranks) <= 0.5))
    assert (found.probability < 0.1) == (drift > 0)


def test_of_many_policies_too_each_division_has_its_own_rank() -> None:
    """They do not fit into memory at once."""
    difference = policies(11, [0.0] * 1500 + [0.001], days=160)
    sums = difference.reshape(1501, 16, 10).sum(axis=2)
    divisions = [*combinations(range(16), 8)]
    found = overfitting(difference)
    assert len(found.ranks) == len(divisions)
    for number in range(0, len(divisions), 401):
        half = [*divisions[number]]
        best = sums[:, half].sum(axis=1).argmax()
        rest = np.delete(sums, half, axis=1).sum(axis=1)
        assert found.ranks[number] == (rest <= rest[best]).sum() / 1502


def test_a_single_winner_is_not_overfitted_and_a_tie_is_neither_first_nor_last() -> None:
    better = np.vstack([np.zeros((3, 64)), np.full((1, 64), 0.01)])
    assert overfitting(better).probability == 0
    assert overfitting(better).loss == 0
    tied = overfitting(np.zeros((4, 64)))
    assert set(tied.ranks) == {0.5}
    assert tied.probability == 1


@pytest.mark.parametrize(("shape", "blocks"), [((1, 64), 16), ((4, 10), 16), ((4, 64), 7)], ids=str)
def test_what_cannot_be_divided_is_refused(shape: tuple[int, int], blocks: int) -> None:
    with pytest.raises(ValueError, match=r"blocks must be even|needs at least 2 policies"):
        overfitting(np.zeros(shape), blocks)


def test_the_windows_are_those_of_skfolio() -> None:
    from skfolio.model_selection import WalkForward

    difference = policies(12, [0.0] * 5, days=9 * 40)
    windows = WalkForward(train_size=120, test_size=40).split(difference.T)
    found = walk_forward(difference)
    assert found is not None
    assert len(found.windows) == 6
    for window, (learnt, judged) in zip(found.windows, windows, strict=True):
        assert (window.begin, window.split, window.end) == (learnt[0], judged[0], judged[-1] + 1)
        inside = difference[:, learnt].sum(axis=1)
        assert window.chosen == inside.argmax()
        assert window.inside == pytest.approx(inside.max())
        assert window.outside == pytest.approx(difference[window.chosen, judged].sum())
    assert found.outside == pytest.approx(sum(one.outside for one in found.windows) / 240)
    assert walk_forward(difference[:, :8]) is None


def test_a_choice_that_was_luck_promises_more_than_it_brings() -> None:
    found = walk_forward(policies(13, [0.0] * 200))
    assert found is not None
    assert found.inside > 3 * abs(found.outside)


def test_a_lead_within_the_spread_of_starts_is_none() -> None:
    luck = timing_luck(np.array([0.30, *np.linspace(0.0, 0.2, 21)]))
    assert luck.rank == 1
    assert luck.median == pytest.approx(0.105)
    assert luck.spread == pytest.approx(0.2, abs=0.03)
    assert not leads(luck, unmoved(0.0))
    assert leads(luck, unmoved(-0.2))
    assert not leads(unmoved(0.25), luck)
    assert leads(unmoved(0.35), luck)


def test_growth_ends_with_the_newest_row_and_refuses_what_has_none() -> None:
    nav = np.array([[7.0, 1.0, 5.0, 2.0, 5.0, 4.0], [7.0, 1.0, 1.0, 1.0, 1.0, 1.0]])
    assert log_growth(nav, 2) == pytest.approx(np.log([[2.0, 2.0], [1.0, 1.0]]))
    with pytest.raises(ValueError, match="zero, negative"):
        log_growth(np.array([1.0, 0.0]), 1)


def test_a_missing_package_is_one_line_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    difference = policies(1, [0.0, 0.0])
    monkeypatch.setitem(sys.modules, "arch.bootstrap", None)
    monkeypatch.setitem(sys.modules, "skfolio.measures", None)
    with pytest.raises(
        ExtraMissingError, match=r"^[^\n]+ needs the package arch: pip install arch$"
    ):
        superiority(difference, np.zeros(400))
    with pytest.raises(ExtraMissingError, match=r"needs the package skfolio: pip install skfolio$"):
        deflated_sharpe(difference, 0)
