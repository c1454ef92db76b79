"""What the levels of a book bear: a price, and an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.market.order_book import Book, Level, cost_through

ASKS = [Level(100.0, 1.0), Level(104.0, 1.0), Level(106.0, 9.0)]
BIDS = [Level(100.0, 1.0), Level(96.0, 1.0), Level(94.0, 9.0)]


@pytest.mark.parametrize(
    ("levels", "amount", "against", "cost"),
    [
        pytest.param(ASKS, 0.5, 99.0, (0.5, 0.5), id="a part of the best level"),
        pytest.param(ASKS, 1.5, 100.0, (1.5, 2.0), id="through two levels"),
        pytest.param(ASKS, 5.0, 100.0, (2.0, 4.0), id="not to the far level"),
        pytest.param(BIDS, -1.5, 100.0, (1.5, 2.0), id="a sell loses downwards"),
        pytest.param(BIDS, -5.0, 100.0, (2.0, 4.0), id="a sell does not go far either"),
        pytest.param(BIDS, -1.0, 90.0, (1.0, -10.0), id="better than planned"),
        pytest.param([], 1.0, 100.0, (0.0, 0.0), id="nothing there"),
        pytest.param([Level(300.0, 9.0)], 1.0, 100.0, (0.0, 0.0), id="nothing near"),
    ],
)
def test_an_order_is_walked_through_the_levels(
    levels: list[Level], amount: float, against: float, cost: tuple[float, float]
) -> None:
    assert cost_through(levels, amount, 100.0, 0.05, against) == pytest.approx(cost)


@given(
    st.lists(st.tuples(st.floats(50, 200), st.floats(0.01, 10)), max_size=8),
    st.floats(-20, 20).filter(lambda amount: abs(amount) > 1e-6),
)
def test_no_order_takes_more_than_was_asked_for_or_loses_more_than_its_reach(
    found: list[tuple[float, float]], amount: float
) -> None:
    levels = [Level(*level) for level in sorted(found, reverse=amount < 0)]
    cost = cost_through(levels, amount, 100.0, 0.05, 100.0)
    assert 0 <= cost.amount <= abs(amount) * (1 + 1e-9)
    assert cost.loss <= 0.05 * 100 * cost.amount + 1e-9


@pytest.mark.parametrize(
    ("bids", "asks", "is_deep"),
    [
        pytest.param([Level(99, 1.1)], [Level(101, 1)], True, id="both sides hold a tenth"),
        pytest.param([Level(99, 0.6), Level(96, 0.6)], [Level(101, 1)], True, id="in two levels"),
        pytest.param([Level(99, 0.6), Level(94, 9)], [Level(101, 1)], False, id="one is far"),
        pytest.param([Level(99, 1.1)], [Level(101, 0.9)], False, id="thin asks"),
        pytest.param([], [Level(101, 9)], False, id="no bids"),
    ],
)
def test_a_price_is_borne_out_by_both_sides(
    bids: list[Level], asks: list[Level], is_deep: bool
) -> None:
    assert Book(bids, asks).bears_out(100.0, 1_000.0) is is_deep
    assert not Book((), ()).bears_out(100.0, 0.0)
