"""What is concluded from a search: little from luck, and what is so from a path made for it."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from rebalancing.explore.choice.conclusion import conclude
from rebalancing.explore.choice.figures import judge_figures
from rebalancing.explore.choice.growth import log_growth
from rebalancing.explore.choice.judgement import FEWEST, LEVEL, Judgement, Search, judge
from rebalancing.explore.choice.walk_forward import WalkForward, Window
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PairCandles, PriceMatrix
from rebalancing.policy.policy import Policy
from rebalancing.simulate import simulate
from tests.support import random_searches
from tests.support.builders import make_settings
from tests.support.random_searches import HELD, RULES, Rule, navs, random_walks

BAND = 0.05


def swings(seed: int, count: int = 90) -> Vector:
    """Draw two assets, one of which swings so far that its weight leaves a band of 5 % at each
    turn, and no band of 6 %; shape (1, days, 2)."""
    draw = np.random.default_rng(seed)
    width = np.log((0.5 + BAND + 0.002) / (0.5 - BAND - 0.002))
    path = [np.zeros(1)]
    for number in range(count):
        days = int(draw.integers(6, 14))
        way = np.linspace(0, 1, days + 1)[1:]
        path.append(width * (way if number % 2 == 0 else 1 - way))
    ratio = np.concatenate(path)
    market = np.cumsum(draw.normal(0, 0.02, len(ratio)))
    return 100 * np.exp(np.column_stack([market, market + ratio]))[None]


def searched(prices: Vector, *rules: Rule) -> Search:
    growth = log_growth(navs(prices, (*rules, HELD))[0], 1)
    return Search(growth[:-2], growth[-1], growth[-2])


@pytest.fixture(scope="module")
def plain() -> Search:
    """A search in which a band of 5 % must win."""
    return searched(swings(1), *RULES, Rule(7, 0.03))


@pytest.fixture(scope="module")
def judgement(plain: Search) -> Judgement:
    return judge(plain)


@pytest.fixture(scope="module")
def alone(plain: Search) -> Judgement:
    """The same without a present policy."""
    return judge(Search(plain.growth, plain.hodl))


@pytest.mark.slow
def test_on_random_walks_almost_nothing_is_called_better() -> None:
    """A smaller run of what `python -m tests.support.random_searches` counts."""
    walks = random_walks(5, 10)
    assert random_searches.called_better(random_searches.conclusions(walks)) <= 1


def test_a_band_that_must_win_is_found(judgement: Judgement) -> None:
    found = conclude(judgement)
    assert RULES[judgement.chosen] == Rule(1, BAND)
    assert found.better_than_hodl is True
    assert found.better_than_present is True
    assert "is better than holding" in found.text
    assert judgement.overfitting is not None
    assert judgement.overfitting.probability < 0.1
    assert judgement.deflated_sharpe is not None
    assert judgement.deflated_sharpe > 0.95


def test_the_present_policy_is_kept_where_it_is_the_best() -> None:
    found = conclude(judge(searched(swings(1), *RULES, Rule(1, BAND))))
    assert found.better_than_hodl is True
    assert found.better_than_present is False
    assert "keep it" in found.text


def test_a_lead_within_timing_luck_is_no_better(plain: Search) -> None:
    total = plain.growth[plain.chosen].sum()
    lead = total - plain.hodl.sum()
    scattered = Search(
        plain.growth, plain.hodl, plain.present, 1.0, total + lead * np.linspace(-1, 1, 21)
    )
    found = conclude(judge(scattered))
    assert found.better_than_hodl is False
    assert found.better_than_present is False
    assert "called no better than holding" in found.text


def test_the_luck_of_the_present_policy_counts_too(plain: Search) -> None:
    assert plain.present is not None
    total = plain.present.sum()
    starts = total + np.linspace(-1, 1, 21) * abs(plain.growth[plain.chosen].sum() - total)
    found = conclude(judge(Search(plain.growth, plain.hodl, plain.present, present_starts=starts)))
    assert found.better_than_hodl is True
    assert found.better_than_present is False
    assert "called no better than the present policy" in found.text


def test_a_policy_that_nobody_would_have_chosen_in_time_is_not_better(
    judgement: Judgement,
) -> None:
    behind = WalkForward((Window(0, 30, 40, 1, inside=0.2, outside=-0.01),))
    found = conclude(replace(judgement, hodl=replace(judgement.hodl, walk=behind)))
    assert found.better_than_hodl is False
    assert found.better_than_present is True
    assert "fell short of holding on the next" in found.text


def test_two_tests_share_the_chance_of_a_wrong_answer(
    alone: Judgement, judgement: Judgement
) -> None:
    assert alone.hodl.tests is not None
    assert alone.hodl.tests.level == LEVEL
    assert judgement.present is not None
    both = (judgement.hodl, judgement.present)
    assert [one.tests.level for one in both] == [LEVEL / 2, LEVEL / 2]


def test_what_is_behind_is_not_better() -> None:
    trend = np.exp(np.outer(np.arange(400), [0.0, 0.003]))[None]
    found = conclude(judge(searched(trend, Rule(1, 0.05), Rule(7, 0.0), Rule(1, 0.03))))
    assert found.better_than_hodl is False
    assert "None of 2 policies was ahead of holding" in found.text


def test_without_a_present_policy_nothing_is_said_of_it(alone: Judgement) -> None:
    found = conclude(alone)
    assert found.better_than_hodl is True
    assert found.better_than_present is None
    assert "present" not in found.text


def test_a_short_history_tells_nothing(plain: Search) -> None:
    days = FEWEST - 1
    short = Search(plain.growth[:, :days], plain.hodl[:days], plain.present[:days])
    judgement = judge(short)
    found = conclude(judgement)
    assert found.better_than_hodl is None
    assert found.better_than_present is None
    assert "cannot be told: the history has 59 stretches of a day, 60 are needed" in found.text
    assert {figure.value for figure in judge_figures(judgement)} == {None, 0.0}


def test_a_copy_without_the_packages_says_what_it_cannot_tell(
    plain: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "arch.bootstrap", None)
    monkeypatch.setitem(sys.modules, "skfolio.measures", None)
    judgement = judge(plain)
    found = conclude(judgement)
    assert found.better_than_hodl is None
    assert "arch is not installed" in found.text
    assert [line.split()[-1] for line in judgement.missing] == ["arch", "skfolio"]


@pytest.mark.parametrize(
    "search",
    [
        pytest.param(Search(np.zeros((0, 99)), np.zeros(99)), id="no policy"),
        pytest.param(Search(np.zeros((2, 99)), np.zeros(98)), id="another length"),
    ],
)
def test_what_does_not_fit_is_refused(search: Search) -> None:
    with pytest.raises(ValueError, match=r"a search needs|a benchmark needs"):
        judge(search)


def test_every_figure_has_a_name_a_source_and_a_sentence(judgement: Judgement) -> None:
    figures = judge_figures(judgement)
    assert len({figure.key for figure in figures}) == len(figures) == 11
    for figure in figures:
        assert figure.name
        assert figure.source
        assert figure.meaning.endswith(".")
        assert figure.value is not None


def test_the_rules_of_these_tests_are_those_of_the_product() -> None:
    """They are quicker than `simulate`, and have neither lots nor minimums."""
    prices = random_walks(3, 1)[:, :300]
    rules = {
        Rule(1, 0.03): {"threshold": 0.03},
        Rule(7, 0.0): {"period": "7d"},
        Rule(3, 0.02): {"period": "3d", "threshold": 0.02},
    }
    quick = navs(prices, tuple(rules))[0]
    for own, block in zip(quick, rules.values(), strict=True):
        assert own == pytest.approx(simulated(prices[0], block), rel=5e-4)


def simulated(prices: Vector, block: dict[str, object]) -> Vector:
    """Simulate a policy on daily closes, with the NAV after each of them."""
    days, count = prices.shape
    prices = np.vstack([prices, prices[-1:]])
    assets = tuple(f"A{number}" for number in range(count))
    opens = np.vstack([prices[:1], prices[:-1]])
    dates, traded = np.arange(days + 1) * 86_400, np.zeros(days + 1, dtype=bool)
    candles = {
        asset: PairCandles(dates, prices[:, i], traded, opens[:, i])
        for i, asset in enumerate(assets)
    }
    matrix = PriceMatrix(assets, candles, random_searches.DAY)
    free, smallest = np.zeros(count), np.full(count, 0.001)
    markets = Markets(
        free, smallest, free, random_searches.FEE, 1.0, 1.0, 1.0, np.full(count, np.inf)
    )
    policy = Policy(make_settings(**block), assets, "USDT")
    nav: Vector = simulate(policy, matrix, markets, 1.0).nav[1:]
    nav[0] = 1 - random_searches.FEE
    return nav
