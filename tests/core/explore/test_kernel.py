"""The kernel makes the orders of `simulate` to the last bit, and measures what they were worth."""

from typing import Annotated

import numpy as np
import pytest
from hypothesis import given, settings

from rebalancing.config.seat import Seat
from rebalancing.config.settings import Settings, read_settings
from rebalancing.explore.kernel.walk import walk
from rebalancing.explore.translate import (
    candles_of,
    log_of,
    memory_of,
    place,
    terms_of,
)
from rebalancing.market.markets import Markets
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from tests.support.kernel_cases import (
    ROOM,
    ROWS,
    cases,
    measured,
    measured_by_hand,
    read,
    simulated,
    walked,
)
from tests.support.price_paths import steady_prices
from tests.support.scenes import plain_scene


@settings(max_examples=min(25, settings.default.max_examples))
@given(cases())
def test_it_makes_the_orders_of_a_simulation(
    case: tuple[Policy, PriceMatrix, Markets, float],
) -> None:
    assert walked(*case) == simulated(*case)


@settings(max_examples=min(15, settings.default.max_examples))
@given(case=cases())
def test_it_measures_what_it_was_worth(case: tuple[Policy, PriceMatrix, Markets, float]) -> None:
    wanted = pytest.approx(measured_by_hand(*case), rel=1e-9, abs=1e-9)
    assert measured(walk, *case) == wanted


@pytest.mark.parametrize("offset", [0, 2, 5, 11])
def test_an_offset_shifts_the_boundaries(offset: int) -> None:
    """They come so many hours after the initial allocation, and a period apart."""
    prices = steady_prices(("A", "B"), ROWS)
    nothing, none = np.zeros(2), np.full(2, np.inf)
    markets = Markets(nothing, nothing, nothing, 0.0, 1.1, 1.1, 1.1, none)
    policy = Policy(read_settings({"targets": "equal", "period": "12h"})[0], ("A", "B"), "USDT")
    candles, log = candles_of(prices), log_of(ROOM)
    desk, marks = memory_of(markets, candles)
    place(policy, desk)
    walk(candles, terms_of(policy, markets, 1e6, 3600 * offset), desk, marks, log)
    orders, _, _ = read(policy, prices, log, marks.tolist(), desk)
    begun = {number: time for time, number, *_ in reversed(orders)}
    hours = [(begun[number] - begun[0]) // 3600 for number in sorted(begun)]
    assert hours == [0, *range(offset or 12, ROWS - 1, 12)]


class Chosen(Settings):
    """Settings with a made-up choice of each seat."""

    newest: Annotated[int | None, Seat.WEIGHTS] = None
    idle_cash: Annotated[float | None, Seat.TRIGGER] = None
    after_fall: Annotated[float | None, Seat.GUARD] = None


@pytest.mark.parametrize("key", ["newest", "idle_cash", "after_fall"])
def test_a_choice_that_it_does_not_know_is_refused(key: str) -> None:
    scene = plain_scene(10)
    plain = Chosen(targets="equal", period="12h")
    terms_of(Policy(plain, scene.prices.assets, "USDT"), scene.markets, 100.0)
    chosen = plain.model_copy(update={key: 2})
    with pytest.raises(ValueError, match=f"does not know {key}"):
        terms_of(Policy(chosen, scene.prices.assets, "USDT"), scene.markets, 100.0)
