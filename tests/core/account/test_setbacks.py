"""How long an asset is left out after orders that were refused."""

from datetime import timedelta

import pytest

from rebalancing.account.setbacks import IN_A_ROW, LONGEST_PAUSE, Setback, after_orders, left_out
from tests.support.builders import START

MINUTE = timedelta(minutes=1)


def refused(*reasons: str) -> dict[str, Setback]:
    known: dict[str, Setback] = {}
    for reason in reasons:
        known = after_orders(known, START, {"ETH": reason}, ())
    return known


@pytest.mark.parametrize(
    ("reasons", "is_out"),
    [
        pytest.param("", False, id="none"),
        pytest.param("aa", False, id="two alike"),
        pytest.param("aaa", True, id="three alike"),
        pytest.param("aab", False, id="another reason"),
        pytest.param("abab", False, id="reasons that alternate"),
        pytest.param("baaa", True, id="three alike in the end"),
    ],
)
def test_an_asset_is_left_out_after_three_failures_alike(reasons: str, is_out: bool) -> None:
    assert bool(left_out(refused(*reasons), START)) is is_out


def test_an_order_that_is_made_ends_it_for_its_asset() -> None:
    known = after_orders(refused("a", "a"), START, {"BTC": "b"}, {"ETH"})
    assert set(known) == {"BTC"}
    assert after_orders(refused("a", "a"), START, {}, {"BTC"}) == refused("a", "a")


def test_the_pauses_grow_and_have_an_end() -> None:
    pauses = [refused(*"a" * count)["ETH"].pause for count in range(IN_A_ROW, IN_A_ROW + 12)]
    assert pauses[:3] == [MINUTE, 4 * MINUTE, 16 * MINUTE]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_the_pause_ends_and_a_clock_that_was_ahead_does_not_make_it_longer() -> None:
    (known,) = refused("a", "a", "a").values()
    assert known.is_out(START + 0.9 * MINUTE)
    assert not known.is_out(START + MINUTE)
    assert not known.is_out(START - 60 * MINUTE)


def test_what_is_left_out_says_why_and_until_when() -> None:
    why = left_out(refused("no", "no", "no"), START)["ETH"]
    assert "3 orders in a row failed (no)" in why
    assert "2024-01-01 00:01 UTC" in why
