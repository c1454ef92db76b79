"""The campaign's checks of what other hands did to a bot: each passes where it was respected, and
finds where it was not."""

import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.campaign.checks import CHECKS, violations
from tests.campaign.checks.books import cash_flows_are_booked
from tests.campaign.checks.hands import a_locked_pair_is_not_opened
from tests.campaign.evidence import Evidence, in_ms
from tests.campaign.honest_books import honest_history
from tests.campaign.witnessed import (
    DELETED,
    LOCKED,
    PART_SOLD,
    SOLD,
    WITHDRAWN,
    Intruder,
    Move,
    Payment,
    Renamed,
    Touched,
)

PLACE_OF_ROUND = 2  # of the second round in the journal
END_MS = in_ms("2998-01-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def honest() -> Evidence:
    return honest_history()


def before_round(seen: Evidence, kind: str, asset: str, left: float = 0.0) -> Touched:
    """Something done between the first round and the second."""
    moment = in_ms(str((seen.journal[PLACE_OF_ROUND] or {})["time"])) - 1
    return Touched(kind, asset, moment, moment, left)


def at_the_end(kind: str, asset: str, left: float = 0.0) -> Touched:
    return Touched(kind, asset, END_MS, END_MS, left)


def told(seen: Evidence, touched: Touched, text: str) -> Evidence:
    line = {"time": "2999-01-01T00:00:00+00:00", "event": "hands off", "text": text}
    return replace(seen, touched=(touched,), journal=(*seen.journal, line))


def deleted_rows(seen: Evidence, pair: str) -> tuple[Any, ...]:
    return tuple({**row, "deleted": row["ft_pair"] == pair} for row in seen.kept_orders)


def locked_without_coins(seen: Evidence) -> Evidence:
    """ETH is locked before the first purchase, which buys it all the same."""
    lock = Touched(LOCKED, "ETH", 0, sys.maxsize)
    return replace(seen, touched=(lock,))


def counting_on_it(seen: Evidence) -> Evidence:
    """The order was not made, and yet the round counted on it."""
    kept = tuple(order for order in seen.orders if order.pair != "ETH/USDT")
    fills = tuple(fill for fill in seen.fills if fill.pair != "ETH/USDT")
    return replace(locked_without_coins(seen), orders=kept, fills=fills)


def dearer_beside_what_is_out(seen: Evidence) -> Evidence:
    """BTC is left alone, and ETH has risen by half."""
    risen = (*seen.moves, Move(END_MS, "ETH", 15.0))
    return replace(seen, touched=(at_the_end(SOLD, "BTC"),), moves=risen)


def renamed(seen: Evidence) -> Evidence:
    """ETH goes on under another name."""
    one = Renamed(END_MS, "ETH", "NEWETH", Decimal("48.99"), Decimal("0.04899"))
    return replace(seen, renamed=(one,), ended=frozenset({"ETH"}))


def intruding(*intruders: Intruder) -> Callable[[Evidence], Evidence]:
    return lambda seen: replace(seen, intruders=intruders)


def adopting(*adopters: Intruder) -> Callable[[Evidence], Evidence]:
    return lambda seen: replace(seen, adopters=adopters)


LINE = "process 7 trades with the same database"
FORGERIES: list[Any] = [
    (
        "what_was_taken_out_stays_out",
        lambda e: replace(e, touched=(before_round(e, DELETED, "ETH"),)),
    ),
    ("what_was_taken_out_stays_out", lambda e: replace(e, touched=(before_round(e, SOLD, "BTC"),))),
    ("what_was_taken_out_is_told", lambda e: replace(e, touched=(at_the_end(PART_SOLD, "ETH"),))),
    ("what_was_taken_out_is_told", lambda e: told(e, at_the_end(DELETED, "ETH"), "BTC is out")),
    ("a_locked_pair_is_not_opened", locked_without_coins),
    ("a_locked_pair_is_not_opened", counting_on_it),
    ("a_second_process_is_refused", intruding(Intruder(2, (LINE,), loops=1))),
    ("a_second_process_is_refused", intruding(Intruder(2, (LINE, "Traceback"), loops=0))),
    ("a_second_process_is_refused", intruding(Intruder(0, (LINE,), loops=0))),
    ("an_adopter_beside_an_investment_is_refused", adopting(Intruder(None, (), loops=3))),
    ("an_adopter_beside_an_investment_is_refused", adopting(Intruder(2, (), loops=0))),
    ("no_order_is_of_two_bots", lambda e: replace(e, neighbour=replace(e))),
    # Checks of other files, where hands have been at work.
    ("cash_flows_are_booked", lambda e: replace(e, kept_orders=deleted_rows(e, "ETH/USDT"))),
    ("cash_flows_are_booked", lambda e: replace(e, touched=(at_the_end(WITHDRAWN, "BTC", 1.0),))),
    ("cash_flows_are_booked", lambda e: renamed(e)),
    (
        "freqtrade_holds_what_was_bought",
        lambda e: replace(e, touched=(at_the_end(WITHDRAWN, "BTC", 1.0),)),
    ),
    ("the_portfolio_is_inside_its_bands", dearer_beside_what_is_out),
]


@pytest.mark.parametrize(
    ("name", "forge"),
    [pytest.param(*one, id=f"{one[0]}-{number}") for number, one in enumerate(FORGERIES)],
)
def test_what_was_not_respected_is_found(
    honest: Evidence, name: str, forge: Callable[[Evidence], Evidence]
) -> None:
    (check,) = (check for check in CHECKS if check.__name__ == name)
    assert list(check(forge(honest))) != []


def test_a_trade_deleted_is_told_left_alone_and_a_flow(honest: Evidence) -> None:
    kept = tuple(trade for trade in honest.kept_trades if trade["base_currency"] != "ETH")
    cost = sum(leg.value for legs in honest.legs.values() for leg in legs if leg.asset == "ETH")
    seen = replace(
        told(honest, at_the_end(DELETED, "ETH"), "ETH trade deleted: stays out"),
        kept_trades=kept,
        kept_orders=deleted_rows(honest, "ETH/USDT"),
        kept_flows=(*honest.kept_flows, Payment(END_MS, -cost)),
        scenario=replace(
            honest.scenario,
            rebalance={"targets": {"BTC": 0.97, "ETH": 0.03}, "threshold": 0.03},
        ),
    )
    assert violations(seen) == []


def test_coins_that_got_another_name_are_a_flow_at_the_last_price_of_the_old_one(
    honest: Evidence,
) -> None:
    seen = renamed(honest)
    row = {"order_id": "w", "ft_order_tag": "withdrawn", "order_date": "2998-01-01T00:00:01+00:00"}
    for price, is_right in (10.0, True), (15.0, False):
        booked = {**row, "filled": 48.941, "price": price}
        one = replace(seen, kept_orders=(*seen.kept_orders, booked))
        assert (list(cash_flows_are_booked(one)) == []) is is_right


def test_processes_that_are_refused_as_they_should_are_no_violation(honest: Evidence) -> None:
    refused = Intruder(2, (LINE,), loops=0)
    unseen = Intruder(None, (), loops=0)  # it had not got so far when it was killed
    for seen in (intruding(refused, unseen)(honest), adopting(refused, unseen)(honest)):
        assert violations(seen) == []


def test_a_lock_of_a_coin_that_is_there_hinders_no_change_of_it(honest: Evidence) -> None:
    lock = before_round(honest, LOCKED, "ETH")._replace(ended_ms=sys.maxsize)
    assert violations(replace(honest, touched=(lock,))) == []


def test_nor_of_a_trade_that_is_open_and_nearly_empty(honest: Evidence) -> None:
    lock = before_round(honest, LOCKED, "ETH")._replace(ended_ms=sys.maxsize)
    later = tuple(fill for fill in honest.fills if fill.time_ms > lock.begun_ms)
    seen = replace(honest, touched=(lock,), fills=later)
    assert list(a_locked_pair_is_not_opened(seen)) == []
    (sentence,) = a_locked_pair_is_not_opened(replace(seen, kept_trades=()))
    assert "whose pair was locked" in sentence


def test_two_bots_on_an_account_are_judged_apart(honest: Evidence) -> None:
    nothing = honest.without(honest.order_ids)
    idle = replace(nothing, kept_orders=(), kept_trades=(), journal=(), neighbour=None)
    found = violations(replace(honest, neighbour=idle))
    assert found
    assert all(sentence.startswith("neighbour: ") for sentence in found)
