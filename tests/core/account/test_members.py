"""What a person is shown of the portfolio at its newest check."""

import pytest

from rebalancing.account.members import Member, members_of
from rebalancing.state import State

STATE = State(
    targets={"BTC": 0.5, "USDT": 0.2, "ETH": 0.3},
    amounts={"BTC": 5.0, "ETH": 0.0},
    prices={"BTC": 10.0, "ETH": 4.0},
    weights={"BTC": 0.5, "USDT": 0.5, "ETH": 0.0},
    drifts={"BTC": 0.0, "ETH": -0.3},
    cash=50.0,
)


def shown(state: State, **held: float) -> dict[str, Member]:
    return {member.asset: member for member in members_of(state, "USDT", held)}


def test_assets_come_in_the_order_of_the_targets_and_cash_last() -> None:
    state = STATE.changed(leaving=("DOT",))
    assert list(shown(state, SOL=1.0, BTC=5.0)) == ["BTC", "ETH", "DOT", "SOL", "USDT"]


def test_a_member_tells_what_the_check_counted() -> None:
    found = shown(STATE, BTC=4.0)
    assert found["BTC"] == Member("BTC", 5.0, 10.0, 0.5, 0.5, 0.0)
    assert found["ETH"] == Member("ETH", 0.0, 4.0, 0.0, 0.3, -0.3)
    assert found["USDT"] == Member("USDT", 50.0, 1.0, 0.5, 0.2, None)
    assert [found[asset].value for asset in ("BTC", "ETH", "USDT")] == [50.0, 0.0, 50.0]


def test_coins_of_trades_count_until_there_has_been_a_check() -> None:
    before = STATE.changed(amounts={}, prices={}, weights={}, drifts={}, cash=None)
    found = shown(before, BTC=4.0)
    assert found["BTC"] == Member("BTC", 4.0, None, None, 0.5, None)
    assert found["BTC"].value is None
    assert (found["ETH"].amount, found["USDT"].amount) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({}, ""),
        ({"left_out": {"ETH": "no candle"}}, "left out: no candle"),
        (
            {"left_out": {"ETH": "no candle"}, "awaited": ("ETH",)},
            "no price yet, held in cash until it has one: no candle",
        ),
        ({"leaving": ("ETH",)}, "leaving"),
        ({"left_out": {"ETH": "no candle"}, "leaving": ("ETH",)}, "left out: no candle"),
        ({"hands_off": ("ETH",), "left_out": {"ETH": "no candle"}}, "hands off"),
    ],
)
def test_a_note_says_what_is_special(facts: dict[str, object], note: str) -> None:
    found = shown(STATE.changed(**facts))
    assert (found["BTC"].note, found["ETH"].note) == ("", note)
