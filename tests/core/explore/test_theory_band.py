"""The band of theory holds on random walks."""

from functools import cache

import numpy as np
import pytest

from rebalancing.explore.choice.theory import theory_band, theory_sentences, yearly_cost

COST, VOLATILITY = 0.001, 0.8


@cache
def simulated_cost(
    weight: float, band: float, left: float, volatility: float = VOLATILITY, hours: int = 4000
) -> float:
    """Measure what a band costs a year: fees, and the mean square of the drift.

    One asset against cash, hourly, many walks side by side, the true weights.
    """
    draw = np.random.default_rng(1)
    step = volatility / np.sqrt(24 * 365)
    walks = 800
    # They begin as they would be after a long time; half-way, nearly so.
    off = band * (draw.uniform(-1, 1, walks) if left == 1 else draw.triangular(-1, 0, 1, walks))
    square = traded = 0.0
    for _ in range(hours):
        move = np.exp(draw.normal(-(step**2) / 2, step, walks))
        held = (weight + off) * move
        off = held / (held + 1 - weight - off) - weight
        square += float((off**2).mean())
        out = np.abs(off) > band
        new = np.where(out, np.sign(off) * left * band, off)
        traded += float(np.abs(off - new).mean())
        off = new
    a_year = 24 * 365 / hours
    return COST * traded * a_year + volatility**2 / 2 * square / hours


@pytest.mark.slow
@pytest.mark.parametrize("left", [0.0, 0.5, 1.0])
def test_it_costs_what_the_formula_says_and_other_bands_cost_more(left: float) -> None:
    weight = 0.5
    best = theory_band(weight, COST, left=left)
    costs = {factor: simulated_cost(weight, factor * best, left) for factor in (0.5, 1.0, 2.0)}
    assert costs[1.0] < min(costs[0.5], costs[2.0])
    for factor, found in costs.items():
        told = yearly_cost(factor * best, weight, COST, VOLATILITY, left=left)
        assert found == pytest.approx(told, rel=0.05), factor


@pytest.mark.slow
def test_the_destination_matters_as_the_sentences_say() -> None:
    costs = {
        left: simulated_cost(0.5, theory_band(0.5, COST, left=left), left)
        for left in (0.0, 0.5, 1.0)
    }
    assert costs[0.0] / costs[1.0] == pytest.approx(1.26, abs=0.06)
    assert costs[0.5] / costs[1.0] == pytest.approx(1.04, abs=0.04)


@pytest.mark.slow
def test_the_volatility_cancels() -> None:
    best = theory_band(0.3, COST)
    for volatility in (0.4, 1.0):
        cost = [
            simulated_cost(0.3, factor * best, 0.0, volatility, hours=1500)
            for factor in (0.6, 1.0, 1.7)
        ]
        assert cost[1] == min(cost)


@pytest.mark.parametrize(
    ("weight", "cost", "risk_aversion"), [(0.5, 0.001, 1.0), (0.3, 0.0005, 5.0), (0.9, 0.01, 2.0)]
)
def test_to_the_edge_it_is_the_limit_of_gerhold_and_others(
    weight: float, cost: float, risk_aversion: float
) -> None:
    spread = 2 * cost
    limit = (3 / (4 * risk_aversion) * (weight * (1 - weight)) ** 2) ** (1 / 3) * spread ** (1 / 3)
    assert theory_band(weight, cost, risk_aversion, 1.0) == pytest.approx(limit)


def test_the_best_band_to_the_target_is_159_percent_of_the_best_to_the_edge() -> None:
    assert theory_band(0.4, 0.002) / theory_band(0.4, 0.002, left=1.0) == pytest.approx(
        4 ** (1 / 3)
    )


def test_the_sentences_give_the_known_figures() -> None:
    told = " ".join(theory_sentences(0.5, COST, VOLATILITY))
    assert "7.2 points" in told
    assert "4.5 points" in told
    assert "26 % more" in told
    assert "4 % more" in told
    assert "1.7 basis points a year" in told


@pytest.mark.parametrize(
    "wrong",
    [(0.0, COST, 1.0, 0.0), (1.0, COST, 1.0, 0.0), (0.5, 0.0, 1.0, 0.0), (0.5, COST, 0.0, 0.0),
     (0.5, COST, 1.0, 1.1), (float("nan"), COST, 1.0, 0.0)],
    ids=str,
)  # fmt: skip
def test_what_has_no_band_is_refused(wrong: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="a band of theory needs"):
        theory_band(*wrong)
    with pytest.raises(ValueError, match="the band must be positive"):
        yearly_cost(0.0, 0.5, COST, VOLATILITY)
