"""Every check of the campaign can fail: an honest history passes, each forgery is found."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.ledger import Balance
from sandbox.exchange.orders import Order, OrderRequest, OrderType, Side, Status
from sandbox.exchange.refusals import Reason
from sandbox.exchange.trading import Refused
from tests.campaign.checks import CHECKS, violations
from tests.campaign.evidence import Evidence
from tests.campaign.honest_books import ROUND, honest_history, now
from tests.campaign.test_hands import FORGERIES as OF_HANDS
from tests.campaign.witnessed import Death, Frozen, Happened, Move, Payment


@pytest.fixture(scope="module")
def honest() -> Evidence:
    return honest_history()


def check_named(name: str) -> Callable[[Evidence], Any]:
    (found,) = (check for check in CHECKS if check.__name__ == name)
    return found


def test_an_honest_history_has_no_violations(honest: Evidence) -> None:
    assert violations(honest) == []


def rows(seen: Evidence, place: int, **changes: Any) -> Evidence:
    kept = list(seen.kept_orders)
    kept[place] = {**kept[place], **changes}
    return replace(seen, kept_orders=tuple(kept))


def line(seen: Evidence, place: int, **changes: Any) -> Evidence:
    journal = list(seen.journal)
    journal[place] = {**(journal[place] or {}), **changes}
    return replace(seen, journal=tuple(journal))


def order(seen: Evidence, place: int, **changes: Any) -> Evidence:
    orders: list[Order] = list(seen.orders)
    orders[place] = replace(orders[place], **changes)
    return replace(seen, orders=tuple(orders))


def entry(seen: Evidence, place: int, **changes: Any) -> Evidence:
    ledger = list(seen.ledger)
    ledger[place] = replace(ledger[place], **changes)
    return replace(seen, ledger=tuple(ledger))


def twice(seen: Evidence) -> Evidence:
    """Execute the sell of the round again, known to freqtrade and in the journal."""
    again = replace(seen.orders[2], id=99)
    more = rows(seen, 2, order_id="99").kept_orders[2]
    return replace(seen, orders=(*seen.orders, again), kept_orders=(*seen.kept_orders, more))


def refused(seen: Evidence, reason: Reason, *amounts: str) -> Evidence:
    requests = [
        OrderRequest("BTC/USDT", Side.SELL, OrderType.MARKET, Decimal(amount)) for amount in amounts
    ]
    return replace(seen, refused=tuple(Refused(0, one, reason) for one in requests))


def trouble(
    seen: Evidence,
    last: str,
    *,
    faults: int = 1,
    frame: str = "exchange.py",
    source: str = "freqtrade.worker",
) -> Evidence:
    """Add a traceback to the log."""
    record = f"2026-01-01 00:00:01,000 - {source} - ERROR - Something went wrong\n"
    trace = f'Traceback (most recent call last):\n  File "{frame}", line 1, in call\n{last}\n'
    return replace(seen, log=seen.log + record + trace, disturbances=faults)


TEMPORARY = "freqtrade.exceptions.TemporaryError: Could not get balance due to NetworkError."


SMALL_BUY = {
    "time": "2026-01-01T00:00:00+00:00",
    "event": "order",
    "round": 1,
    "asset": "BTC",
    "side": "buy",
    "notional": 0.22,
}


def through_the_book(seen: Evidence, price: str) -> Evidence:
    """Let the first purchase of ETH, half the portfolio, have filled at another price."""
    fills = list(seen.fills)
    fills[1] = replace(fills[1], price=Decimal(price))
    return replace(seen, fills=tuple(fills))


def heavier(seen: Evidence) -> Evidence:
    """Let BTC rise by a fifth at the end."""
    return replace(seen, moves=(*seen.moves, Move(10**15, "BTC", 120.0)))


FORGERIES: list[Any] = [
    ("ledger_adds_up", lambda e: replace(e, balances={**e.balances, "BTC": Balance(Decimal(9))})),
    ("no_balance_was_negative", lambda e: entry(e, 0, free=Decimal(1))),
    ("fills_are_the_ledgers", lambda e: entry(e, 1, free=Decimal(-1))),
    ("fills_are_the_ledgers", lambda e: replace(e, payments=(Payment(0, 5.0),))),
    ("freqtrade_knows_every_order", lambda e: replace(e, kept_orders=e.kept_orders[1:])),
    ("freqtrade_knows_every_order", lambda e: replace(e, orders=e.orders[1:])),
    ("freqtrade_knows_every_order", lambda e: rows(e, 1, filled=3.0)),
    ("freqtrade_knows_every_order", lambda e: rows(e, 1, ft_order_side="sell")),
    ("freqtrade_knows_every_order", lambda e: rows(e, 1, status="open")),
    ("freqtrade_knows_every_order", lambda e: rows(e, 1, order_id=e.kept_orders[0]["order_id"])),
    ("freqtrade_holds_what_was_bought", lambda e: replace(e, kept_trades=e.kept_trades[1:])),
    ("freqtrade_holds_what_was_bought", lambda e: replace(e, kept_trades=e.kept_trades * 2)),
    ("cash_flows_are_booked", lambda e: replace(e, kept_flows=(Payment(0, 1005.0),))),
    ("cash_flows_are_booked", lambda e: replace(e, kept_flows=())),
    ("one_order_of_a_pair_at_a_time", lambda e: order(e, 0, status=Status.NEW)),
    ("one_order_of_a_pair_at_a_time", lambda e: replace(e, ledger=(*e.ledger, *e.ledger[:4]))),
    ("no_leg_was_executed_twice", twice),
    ("no_leg_was_executed_twice", lambda e: line(e, 2, time="2999-01-01T00:00:00+00:00")),
    ("no_leg_was_executed_twice", lambda e: line(e, 2, trades=[])),
    ("nothing_below_the_minimum", lambda e: order(e, 0, amount=Decimal("0.01"))),
    ("nothing_too_small_was_asked_for", lambda e: replace(e, journal=(SMALL_BUY,))),
    ("no_round_paid_much_for_its_books", lambda e: through_the_book(e, "12")),
    ("no_refusal_was_repeated", lambda e: refused(e, Reason.NOT_COVERED, "1", "1")),
    ("no_refusal_was_repeated", lambda e: refused(e, Reason.TOO_SMALL, "0.01")),
    ("lines_are_whole", lambda e: replace(e, journal=(*e.journal, None))),
    ("lines_are_whole", lambda e: replace(e, journal=({"event": "round"},))),
    ("every_tag_has_its_round", lambda e: rows(e, 1, ft_order_tag="r7 period")),
    ("every_tag_has_its_round", lambda e: rows(e, 1, ft_order_tag="rebalance")),
    ("rounds_end_once", lambda e: replace(e, journal=(*e.journal, e.journal[-1]))),
    ("rounds_end_once", lambda e: replace(e, journal=(e.journal[0], *e.journal[2:]))),
    ("rounds_end_once", lambda e: replace(e, journal=(e.journal[0], *e.journal))),
    ("rounds_end_once", lambda e: replace(e, journal=e.journal[1:])),
    ("closed_rounds_tell_what_was_executed", lambda e: line(e, 1, achieved={"BTC": 510.0})),
    ("closed_rounds_tell_what_was_executed", lambda e: line(e, 1, tag=ROUND)),
    ("value_is_that_of_the_ledger", lambda e: line(e, 1, nav_after=1010.0)),
    ("the_bot_stayed_up", lambda e: replace(e, deaths=(Death(1, disturbed=False),))),
    ("the_bot_stayed_up", lambda e: replace(e, loops=3)),
    ("nothing_is_left_open", lambda e: order(e, 3, status=Status.PARTIALLY_FILLED)),
    ("nothing_is_left_open", lambda e: replace(e, journal=e.journal[:-1])),
    ("the_portfolio_is_inside_its_bands", heavier),
    ("what_has_ended_is_told", lambda e: replace(e, ended=frozenset({"ETH"}))),
    ("nothing_secret_was_written", lambda e: replace(e, written={"log.txt": "xsandboxKEYx"})),
    ("nothing_secret_was_written", lambda e: replace(e, written={"log.txt": "?signature=ab"})),
    ("the_log_is_clean", lambda e: trouble(e, TEMPORARY, faults=0)),
    ("the_log_is_clean", lambda e: trouble(e, TEMPORARY, frame="/x/strategies/rebalancing/a.py")),
    ("the_log_is_clean", lambda e: trouble(e, "KeyError: 'BTC'")),
]


@pytest.mark.parametrize(
    ("name", "forge"),
    [pytest.param(*one, id=f"{one[0]}-{number}") for number, one in enumerate(FORGERIES)],
)
def test_a_forged_history_is_found(
    honest: Evidence, name: str, forge: Callable[[Evidence], Evidence]
) -> None:
    assert list(check_named(name)(forge(honest))) != []


def test_every_check_has_been_seen_to_fail() -> None:
    assert {check.__name__ for check in CHECKS} == {name for name, _ in (*FORGERIES, *OF_HANDS)}


def test_what_freqtrade_logs_about_a_fault_of_the_exchange_is_no_violation(
    honest: Evidence,
) -> None:
    assert violations(trouble(honest, TEMPORARY)) == []


@pytest.mark.parametrize(
    ("source", "left", "is_found"),
    [
        pytest.param("uvicorn.error", True, False, id="of coins that had left"),
        pytest.param("uvicorn.error", False, True, id="of coins that were there"),
        pytest.param("freqtrade.freqtradebot", True, True, id="by the bot"),
    ],
)
def test_a_forced_exit_that_freqtrade_answers_with_a_traceback(
    honest: Evidence, source: str, left: bool, is_found: bool
) -> None:
    last = "freqtrade.exceptions.DependencyException: Not enough amount to exit trade."
    seen = replace(honest, withdrawn=(("BTC", Decimal(1)),) if left else ())
    for faults in (0, 1):
        told = trouble(seen, last, source=source, faults=faults)
        assert bool([*check_named("the_log_is_clean")(told)]) is is_found


def test_a_loss_within_the_limit_of_a_round_is_no_violation(honest: Evidence) -> None:
    seen = through_the_book(honest, "10.4")  # 19 of 1000
    assert list(check_named("no_round_paid_much_for_its_books")(seen)) == []


def test_a_round_told_again_after_a_kill_is_no_violation(honest: Evidence) -> None:
    start = {"time": now(), "event": "start"}
    twice_told = (*honest.journal, start, honest.journal[-1])
    assert violations(replace(honest, journal=twice_told)) == []
    three_times = (*twice_told, honest.journal[-1])
    assert violations(replace(honest, journal=three_times)) == ["round 1 was closed 2 times"]


def test_what_an_interrupt_broke_is_no_violation(honest: Evidence) -> None:
    text = (
        "KeyboardInterrupt\n\nTraceback (most recent call last):\nsqlite3.ProgrammingError: closed"
    )
    assert violations(trouble(honest, text, faults=0)) == []


def test_a_bot_that_could_not_start_for_a_fault_is_no_violation(honest: Evidence) -> None:
    assert violations(replace(honest, deaths=(Death(2, disturbed=True),))) == []


def test_a_cancelled_order_that_never_filled_may_be_unknown(honest: Evidence) -> None:
    nothing = replace(
        honest.orders[0],
        id=98,
        filled=Decimal(0),
        status=Status.CANCELED,
        created_ms=honest.orders[-1].updated_ms,
        updated_ms=honest.orders[-1].updated_ms,
    )
    assert violations(replace(honest, orders=(*honest.orders, nothing))) == []


def test_a_price_that_was_frozen_explains_a_value_and_a_refusal(honest: Evidence) -> None:
    shown = (Frozen("BTC", 120.0, 0, 2**60),)
    dearer = line(honest, 1, nav_after=1000.0 + 5.1 * 20)
    refusal = refused(honest, Reason.TOO_SMALL, "0.01")
    for seen in (dearer, refusal):
        assert violations(seen) != []
        assert violations(replace(seen, frozen=shown)) == []
        assert violations(replace(seen, frozen=(Frozen("ETH", 10.0, 0, 2**60),))) != []


def without_a_pair(seen: Evidence, asset: str, prices: dict[str, float], **block: Any) -> Evidence:
    """The pair of a coin ends, and the others trade at other prices."""
    told = {"time": now(), "event": "left out", "text": f"{asset} is left out"}
    return replace(
        seen,
        scenario=replace(seen.scenario, rebalance={**seen.scenario.rebalance, **block}),
        ended=frozenset({asset}),
        happened=(Happened("End", asset, 0, 1),),
        journal=(*seen.journal, told),
        moves=(*seen.moves, *(Move(2**60, *price) for price in prices.items())),
    )


def test_a_relative_band_is_a_share_of_the_target_that_what_has_ended_leaves(
    honest: Evidence,
) -> None:
    """BTC is at 78 %, its target is 100 % as ETH has ended; it was 40 %."""
    relative = {"targets": {"BTC": 0.4, "ETH": 0.6}, "threshold_kind": "relative"}
    check = check_named("the_portfolio_is_inside_its_bands")
    for threshold, count in (0.12, 0), (0.05, 2):
        seen = without_a_pair(honest, "ETH", {"BTC": 7.0}, threshold=threshold, **relative)
        assert len(list(check(seen))) == count


def test_the_weight_of_a_coin_that_never_came_is_held_in_cash_until_resume(
    honest: Evidence,
) -> None:
    targets = {"targets": {"BTC": 0.42, "ETH": 0.41, "BNB": 0.17}}
    seen = without_a_pair(honest, "BNB", {"BTC": 5.0, "ETH": 0.5}, **targets)
    check = check_named("the_portfolio_is_inside_its_bands")
    assert list(check(seen)) == []
    resumed = {"time": now(), "event": "command", "text": "resume: resumed"}
    (sentence,) = check(replace(seen, journal=(*seen.journal, resumed)))
    assert sentence.startswith("USDT is at 16.1")
