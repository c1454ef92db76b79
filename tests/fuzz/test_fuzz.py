"""A sample of the fuzz, and that it would find what it looks for."""

import pytest

from rebalancing.freqtrade_side.setup import configuration
from rebalancing.freqtrade_side.setup.checks import money
from tests.fuzz.draw import draw_case
from tests.fuzz.judge import judge_refusal
from tests.fuzz.runs import run_seed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 16))
def test_a_configuration_is_refused_with_a_remedy_or_runs_as_it_is(seed: int) -> None:
    result = run_seed(seed)
    assert result.violations == ()


def seed_with(change: str) -> int:
    """Find a seed that draws this change alone."""
    return next(seed for seed in range(1, 2000) if drawn_alone(seed, change))


def drawn_alone(seed: int, change: str) -> bool:
    case = draw_case(seed)
    return case.drawn == [change] and bool(case.faults)


def test_a_case_is_the_same_from_the_same_seed() -> None:
    assert draw_case(7) == draw_case(7)


def test_a_run_of_what_should_be_refused_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = seed_with("position_stacking_wrong")
    monkeypatch.setattr(configuration, "money_problems", lambda *_: [])
    assert money.money_problems({"position_stacking": True}, 2) != []
    (violation,) = run_seed(seed).violations
    assert violation == "it ran in spite of: position_stacking True"


@pytest.mark.parametrize(
    ("seed", "line", "found"),
    [
        pytest.param(
            "sound", "fee: write 0.001", "refused without a reason: fee: write 0.001", id="sound"
        ),
        pytest.param("faulty", "no", "no remedy: no", id="no remedy"),
        pytest.param("faulty", "write " + "x" * 700, "not for people", id="endless"),
    ],
)
def test_a_bad_refusal_is_found(seed: str, line: str, found: str) -> None:
    case = draw_case(next(n for n in range(99) if bool(draw_case(n).faults) == (seed == "faulty")))
    (violation,) = judge_refusal(case, [line])
    assert violation.startswith(found)
