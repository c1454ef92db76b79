"""A sample of the policies that are explored and backtested, and that a difference is found."""

from dataclasses import replace

import pytest

from tests.fuzz.drawn_policies import CANDLES, GROUNDS
from tests.fuzz.explored import Compared, compare

SAMPLE = (3, 4)
"""A collapse with little money, and ten assets for which it hardly suffices."""


@pytest.mark.slow
@pytest.mark.skipif(not CANDLES.is_dir(), reason="the candles are not part of the project")
@pytest.mark.parametrize("seed", SAMPLE)
def test_a_backtest_makes_the_orders_that_the_explorer_says(seed: int) -> None:
    found = compare(seed)
    assert [*found.differences()] == []
    assert len(found.theirs) > len(GROUNDS[seed % len(GROUNDS)].assets)


ORDERS = [(3600, 0, "A/USDT", 10.0, 4.0), (7200, 1, "A/USDT", -2.0, 5.0)]
SAME = Compared({}, ORDERS, ORDERS, 50.0, 50.0, 50.0, {"A/USDT": 0.01}, False)


def with_last(*fields: object) -> list:
    return [ORDERS[0], (*fields,)]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        pytest.param(
            replace(SAME, theirs=with_last(7200, 1, "A/USDT", -2.01, 5.0)), [], id="a lot"
        ),
        pytest.param(replace(SAME, backtest_nav=50.00001), [], id="nearly the same NAV"),
        pytest.param(replace(SAME, balance=49.0, has_ended=True), [], id="an asset that has ended"),
        pytest.param(
            replace(SAME, theirs=with_last(7200, 1, "A/USDT", -2.03, 5.0)), ["explored"], id="size"
        ),
        pytest.param(
            replace(SAME, theirs=with_last(7200, 1, "A/USDT", 2.0, 5.0)), ["explored"], id="side"
        ),
        pytest.param(
            replace(SAME, theirs=with_last(3600, 1, "A/USDT", -2.0, 5.0)), ["explored"], id="time"
        ),
        pytest.param(
            replace(SAME, theirs=with_last(7200, 2, "A/USDT", -2.0, 5.0)), ["explored"], id="round"
        ),
        pytest.param(
            replace(SAME, theirs=with_last(7200, 1, "A/USDT", -2.0, 5.001)),
            ["explored"],
            id="price",
        ),
        pytest.param(replace(SAME, theirs=ORDERS[:1]), ["2 orders"], id="an order less"),
        pytest.param(replace(SAME, backtest_nav=50.001), ["NAV 50.0"], id="NAV"),
        pytest.param(replace(SAME, balance=49.0), ["NAV 50.0"], id="freqtrade's balance"),
    ],
)
def test_a_difference_is_found(other: Compared, said: list[str]) -> None:
    found = [*other.differences()]
    assert len(found) == len(said)
    assert all(line.startswith(begin) for line, begin in zip(found, said, strict=True))
