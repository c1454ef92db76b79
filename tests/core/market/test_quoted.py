"""What bid, ask and last trade say of a price."""

import pytest

from rebalancing.market.quoted import APART, Quoted, doubt


@pytest.mark.parametrize(
    ("bid", "ask", "middle"),
    [(99.0, 101.0, 100.0), (None, 101.0, None), (99.0, None, None), (0.0, 101.0, None)],
)
def test_the_middle_needs_both_sides(
    bid: float | None, ask: float | None, middle: float | None
) -> None:
    assert Quoted(bid, ask, 100.0).middle == middle


@pytest.mark.parametrize(
    ("last", "apart"),
    [
        (100.0, False),
        (100.0 * (1 + 0.99 * APART), False),
        (100.0 * (1 - 0.99 * APART), False),
        (100.0 * (1 + 1.01 * APART), True),
        (100.0 * (1 - 1.01 * APART), True),
        (None, False),
    ],
)
def test_the_last_trade_may_be_far_away(last: float | None, apart: bool) -> None:
    assert Quoted(99.0, 101.0, last).is_apart is apart


def test_without_a_middle_nothing_is_far_away() -> None:
    assert not Quoted(None, 101.0, 500.0).is_apart


@pytest.mark.parametrize(
    ("bid", "ask", "why"),
    [
        (99.0, 101.0, None),
        (100.0, 100.0, None),
        (98.9, 101.1, "its spread is 2.2 %, more than 2.0 %"),
        (None, 101.0, "only one side of its order book is there"),
        (99.0, None, "only one side of its order book is there"),
        (None, None, "no price"),
        (0.0, 0.0, "no price"),
        (101.0, 99.5, "its order book is crossed: bid 101, ask 99.5"),
    ],
)
def test_a_price_is_doubted_with_a_reason(
    bid: float | None, ask: float | None, why: str | None
) -> None:
    assert doubt(Quoted(bid, ask, 100.0), 0.02) == why
