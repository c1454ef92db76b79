"""A search: the figures of each policy, its other starts, and what is kept when it is stopped."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from rebalancing.config.settings import read_settings
from rebalancing.explore.course import Course
from rebalancing.explore.exploration import Exploration
from rebalancing.explore.explore import NothingFoundError, Scene, judged, rank
from rebalancing.explore.following import Follower, Kernel
from rebalancing.explore.grid import given_grid
from rebalancing.explore.kernel.walk import walk
from rebalancing.explore.outcome import Arrays
from rebalancing.explore.stretches import stretches_of
from rebalancing.explore.sweep import Progress, Sweep
from rebalancing.explore.worth import Closes
from rebalancing.market.markets import Markets
from rebalancing.market.prices import PairCandles, PriceMatrix
from rebalancing.performance.closing import close_portfolio
from rebalancing.performance.history import History
from rebalancing.performance.simulated import simulated_history
from rebalancing.performance.summary import summarise
from rebalancing.policy.policy import Policy
from rebalancing.simulate import simulate
from tests.support.kernel_cases import cases
from tests.support.price_paths import steady_candles
from tests.support.scenes import plain_scene

INTERPRETED = Kernel(walk, False)
ROWS = 24 * 30 + 5
PRESENT = {"targets": "equal", "period": "1d", "threshold": 0.02}
BLOCKS = (
    {"targets": "equal", "threshold": 0.03},
    {"targets": "equal", "period": "12h"},
    {"targets": "equal", "threshold": 0.05, "period": "3d", "combine": "or"},
)


def silent(_done: int, _all: int) -> None:
    pass


def explored(
    scene: Scene,
    blocks: Sequence[dict[str, Any]] = BLOCKS,
    present: dict[str, Any] | None = PRESENT,
    progress: Progress = silent,
    kernel: Kernel = INTERPRETED,
    **more: Any,
) -> Exploration:
    step = timedelta(seconds=scene.prices.seconds)
    grid = given_grid(blocks, step, step * len(scene.prices.known))
    known = {"threads": 1, "clock": lambda: 0.0, "progress": progress, **more}
    return judged(rank(grid, scene, present, kernel, **known), known["clock"])


@pytest.fixture(scope="module")
def found() -> Exploration:
    return explored(plain_scene(ROWS), with_rounds=True)


def at_closes(history: History, prices: PriceMatrix) -> History:
    return replace(history, prices=prices.known[1:])


@settings(max_examples=min(25, settings.default.max_examples))
@given(case=cases())
def test_its_figures_are_those_of_the_report(
    case: tuple[Policy, PriceMatrix, Markets, float],
) -> None:
    """Late listings, ended candles and gaps among them.

    A sweep weighs at the closes that a policy knows, a report at the opens that follow them.
    """
    policy, prices, markets, cash = case
    simulation = simulate(policy, prices, markets, cash)
    follower, closes = Follower(INTERPRETED, prices, markets, cash), Closes(prices, markets.fee)
    stretches = stretches_of(len(prices.known), prices.seconds, 1)
    figures = Sweep(Course(follower, closes, stretches), [policy]).run(1, silent).figures
    if not simulation.orders:
        assert figures.nav[0] == figures.hodl_nav[0] == cash
        return
    history = at_closes(simulated_history(policy, prices, markets, cash, simulation), prices)
    wanted = summarise(history)
    navs = np.append(simulation.nav[:-1], close_portfolio(history).sold)
    depth = float((1 - navs / np.maximum.accumulate(navs)).max())
    assert figures.rounds[0] == wanted.rounds
    for name, value in {
        "nav": wanted.nav,
        "hodl_nav": wanted.hodl_nav,
        "premium": wanted.premium_share,
        "turnover": wanted.turnover,
        "fees": wanted.fees,
        "mean_drift": wanted.mean_drift,
        "max_drawdown": depth,
    }.items():
        assert getattr(figures, name)[0] == pytest.approx(value, rel=1e-9, abs=1e-9), name


def test_the_present_policy_is_simulated_once(found: Exploration) -> None:
    assert found.policies == (*BLOCKS, PRESENT)
    assert found.present == 3
    again = explored(plain_scene(24 * 8), [PRESENT, *BLOCKS], {**PRESENT, "period": "24h"})
    assert again.present == 0
    assert len(again.policies) == 4
    assert again.figures.rounds[0] > 0


def test_the_chosen_policy_is_the_first_of_the_ranking(found: Exploration) -> None:
    assert found.chosen == found.ranking[0] == int(found.figures.nav.argmax())
    assert sorted(found.ranking, key=lambda place: -found.figures.nav[place]) == [*found.ranking]
    assert found.paths.rows[0] == found.chosen
    assert {*found.paths.rows} == {0, 1, 2, 3} == {*found.luck}
    assert found.judgement.chosen == found.chosen


def test_growth_over_all_stretches_is_that_of_the_whole(found: Exploration) -> None:
    place = found.chosen
    lead = np.log(found.figures.nav[place] / found.figures.hodl_nav[place])
    assert found.judgement.hodl.lead == pytest.approx(lead)
    assert found.paths.nav[0][[0, -1]].tolist() == [10_000, found.figures.nav[place]]
    assert found.paths.hodl[[0, -1]].tolist() == [10_000, found.figures.hodl_nav[place]]
    assert np.diff(found.stretches)[1:].tolist() == [86400] * 29
    assert found.stretches[[0, -1]].tolist() == [found.ground.begin, found.ground.end]


def test_paths_and_rounds_are_those_of_a_simulation(found: Exploration) -> None:
    scene = plain_scene(ROWS)
    rows = (found.paths.times - scene.prices.first) // scene.prices.seconds
    assert found.round_times is not None
    for nav, place in zip(found.paths.nav, found.paths.rows, strict=True):
        policy = Policy(read_settings(found.policies[place])[0], scene.prices.assets, "USDT")
        wanted = simulate(policy, scene.prices, scene.markets, scene.cash)
        assert nav[:-1] == pytest.approx(wanted.nav[rows[:-1]])
        begun = {o.tag: o.time.timestamp() for o in reversed(wanted.orders) if o.tag[:3] != "r0 "}
        assert found.round_times[place].tolist() == sorted(begun.values())


def test_offset_0_is_the_first_of_other_starts(found: Exploration) -> None:
    for place, starts in found.starts.items():
        whole = np.log(found.figures.nav[place] / 10_000)
        assert starts[0] == pytest.approx(whole)
        assert found.luck[place].starts == len(starts)
        assert len(set(starts)) > 1
    assert [len(found.starts[place]) for place in range(4)] == [3, 12, 24, 24]
    asked = explored(plain_scene(ROWS), offsets=(3600, 7200, 0, 12 * 3600 + 3600))
    assert len(asked.starts[1]) == 3


def cut_in_front(pair: PairCandles, row: int) -> PairCandles:
    assert pair.opens is not None
    return PairCandles(pair.dates[row:], pair.closes[row:], pair.fillers[row:], pair.opens[row:])


def test_a_threshold_alone_is_begun_on_other_days_and_compared_over_the_same_time() -> None:
    scene, block = plain_scene(ROWS), BLOCKS[0]
    policy = Policy(read_settings(block)[0], scene.prices.assets, "USDT")
    navs = []
    for day in range(3):
        row = 24 * day
        whole = steady_candles(scene.prices.assets, ROWS)
        prices = PriceMatrix(
            scene.prices.assets,
            {asset: cut_in_front(pair, row) for asset, pair in whole.items()},
            timedelta(hours=1),
        )
        simulation = simulate(policy, prices, scene.markets, scene.cash)
        end = close_portfolio(
            simulated_history(policy, prices, scene.markets, scene.cash, simulation)
        ).sold
        navs.append(end / simulation.nav[24 * 2 + 1 - row])
    starts = explored(scene, [block], None).starts[0]
    assert starts - starts[0] == pytest.approx(np.log(navs) - np.log(navs[0]), abs=1e-12)


def test_what_is_finished_is_kept_when_it_is_stopped() -> None:
    def stop(done: int, _all: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    blocks = [{"targets": "equal", "threshold": 0.001 * k} for k in range(1, 500)]
    found = explored(plain_scene(24 * 8), blocks, progress=stop)
    assert not found.is_complete
    assert 2 <= len(found.policies) < found.asked == 500
    assert found.policies == tuple(blocks[: len(found.policies)])
    assert found.present is None
    assert len(found.figures.nav) == len(found.steps) == len(found.ranking) == len(found.policies)


def test_without_anything_to_conclude_from_it_says_so_in_one_line() -> None:
    def stop(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    endless = Kernel(lambda *_: time.sleep(0.2), False)
    with pytest.raises(NothingFoundError, match="stopped before the first policy"):
        explored(plain_scene(ROWS), progress=stop, kernel=endless)
    with pytest.raises(NothingFoundError, match="fewer than 3 candles"):
        explored(plain_scene(2), [BLOCKS[0]], None)


@pytest.mark.parametrize("rows", [3, 4, 15, 16, 17])
def test_a_short_history_is_simulated(rows: int) -> None:
    found = explored(plain_scene(rows), [BLOCKS[0]], None)
    assert 9_000 < found.figures.nav[0] < 11_000
    assert "the history has 1 stretch of a day, 60 are needed" in found.conclusion.text


def test_what_cannot_be_kept_is_used_all_the_same() -> None:
    """On a full disk numba compiles, and then cannot write down what it has compiled."""
    calls: list[int] = []

    def full(*arguments: Any) -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        walk(*arguments)

    scene = plain_scene(100)
    follower = Follower(Kernel(full, True), scene.prices, scene.markets, scene.cash)
    follower.warm(Policy(read_settings(BLOCKS[0])[0], scene.prices.assets, "USDT"))
    assert len(calls) == 2


class Shelf:
    """An archive in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Arrays] = {}

    def load(self, key: str) -> Arrays | None:
        return self.kept.get(key)

    def save(self, key: str, arrays: Arrays) -> None:
        self.kept[key] = dict(arrays)


def broken(*_arguments: object) -> None:
    raise AssertionError("nothing may be simulated")


def test_what_was_simulated_once_is_not_simulated_again(found: Exploration) -> None:
    shelf = Shelf()
    first = explored(plain_scene(ROWS), archive=shelf, with_rounds=True)
    again = explored(
        plain_scene(ROWS), kernel=Kernel(broken, True), archive=shelf, with_rounds=True
    )
    for one in (first, again):
        for name in ("nav", "hodl_nav", "tracking_error", "rounds"):
            assert getattr(one.figures, name).tolist() == getattr(found.figures, name).tolist()
        assert (one.ranking, one.luck, one.conclusion) == (
            found.ranking,
            found.luck,
            found.conclusion,
        )
        assert np.array_equal(one.paths.nav, found.paths.nav)
        assert one.paths.rows == found.paths.rows
        assert one.round_times is not None
        assert found.round_times is not None
        assert [*map(list, one.round_times)] == [*map(list, found.round_times)]
    assert (again.is_compiled, again.seconds.compile, again.seconds.simulate) == (True, 0, 0)


def test_another_search_has_a_result_of_its_own() -> None:
    shelf, scene, short = Shelf(), plain_scene(24 * 4), BLOCKS[:1]
    dearer = replace(scene, markets=replace(scene.markets, fee=0.002))
    explored(scene, short, archive=shelf)
    for other, blocks, more in (
        (scene, BLOCKS[:2], {}),
        (replace(scene, cash=9_000.0), short, {}),
        (dearer, short, {}),
        (plain_scene(24 * 4 + 1), short, {}),
        (scene, short, {"with_rounds": True}),
        (scene, short, {"offsets": (3600,)}),
        (scene, short, {"present": None}),
    ):
        before = len(shelf.kept)
        explored(other, blocks, archive=shelf, **more)
        assert len(shelf.kept) == before + 1
    damaged = {key: {"done": kept["done"]} for key, kept in shelf.kept.items()}
    shelf.kept = damaged
    assert explored(scene, short, archive=shelf).is_complete
