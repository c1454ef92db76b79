"""What happened, as journal, log and messages have it: names and keys stay as they are."""

from collections.abc import Iterator
from typing import Any

import pytest

from rebalancing.events import account, loop, orders, rounds, start
from rebalancing.events.event import Event, Standing
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.plan import Plan
from tests.core.events.test_round_events import FACTS_ALONE, LEFT_OUT, PLAN, REASON, TAG, written

Row = tuple[Event, dict[str, Any], bool]
"""An event, its line of the journal without the time, and whether a person is told of it."""


def row(event: Event, kind: str, text: str, is_told: bool = False, **facts: Any) -> Row:
    return event, {"event": kind, "text": text, **facts}, is_told


ROWS = [
    row(
        account.CashFlow(10_000.0, "USDT", True, 1),
        "flow",
        "+10,000.00 USDT",
        amount=1e4,
        opening=True,
    ),
    row(
        account.TradeDeleted(-400.5, "USDT", "SOL", 2),
        "flow",
        "-400.50 USDT: a trade of SOL was deleted, and with it what its orders had cost",
        amount=-400.5,
        asset="SOL",
        opening=False,
    ),
    row(
        account.TradeReopened("BTC", 0.5),
        "trade reopened",
        "freqtrade closed the trade of BTC with 0.5 BTC left, and it is open again",
        True,
        asset="BTC",
        coins=0.5,
    ),
    row(
        account.CoinsLeft("BTC", 0.5, 40_000.0, "USDT"),
        "flow",
        "-0.5 BTC left the account: a withdrawal of 20,000.00 USDT at 40,000",
        True,
        amount=-20_000.0,
        asset="BTC",
        coins=-0.5,
        price=40_000.0,
        opening=False,
    ),
    row(
        account.Adopted("BTC", 0.1, 40_000.5, "USDT"),
        "adopted",
        "adopted 0.1 BTC of the account at 40,000.5 USDT",
        True,
        asset="BTC",
        amount=0.1,
        price=40_000.5,
    ),
    row(
        account.TakenOver(
            frozenset({"SOL"}), frozenset(), frozenset({"ETH", "BTC"}), ("BTC", "SOL")
        ),
        "hands off",
        "SOL trade deleted: stays out, its weight held in cash, until resume; BTC, ETH sold in "
        "part by hand: what is left is kept, the rest of its weight held in cash, until resume",
        True,
        assets=["BTC", "SOL"],
    ),
    row(
        account.EverythingSold(), "paused", "everything was sold by hand: paused until resume", True
    ),
    row(
        account.HigherFee(0.012, 0.001),
        "fee",
        "the exchange charges a fee of 1.200 %, 0.100 % is configured: rounds are planned with "
        '1.200 %; set "fee": 0.012',
        True,
    ),
    row(
        account.Debt(-40.0, "USDT"),
        "debt",
        "more was taken out than the portfolio is worth, its value is -40.00 USDT: no round "
        "starts; raise rebalance.investment",
        True,
    ),
    row(account.Debt(40.0, "USDT"), "debt", "over", True),
    row(
        start.Started("every 24h", "0.2.0", True, {"BTC": 1.0}, False),
        "start",
        "every 24h",
        version="0.2.0",
        dry_run=True,
        targets={"BTC": 1.0},
        resumed=False,
    ),
    row(
        start.SettingsKept("period: is unknown"),
        "settings kept",
        "the configuration is invalid, the one before stays in force: period: is unknown",
        True,
    ),
    row(
        start.JournalAhead(7),
        "paused",
        "the database does not know round 7 of the journal, it is older or new: paused; compare it "
        "with the exchange, then resume",
        True,
    ),
    row(start.RoundGoesOn(TAG), "goes on", f"{TAG} goes on after a restart", True, tag=TAG),
    row(
        start.RoundDropped(3, TAG),
        "dropped",
        f"{TAG} has ended: the targets changed while it was open",
        True,
        round=3,
        tag=TAG,
    ),
    row(
        start.RoundHadEnded(TAG),
        "had ended",
        f"{TAG} had ended before the restart, the journal says how",
        True,
        tag=TAG,
    ),
    row(loop.Answered("resume", "resumed"), "command", "resume: resumed"),
    row(
        loop.LeaseLost("process 7"),
        "lease lost",
        "process 7 trades with the same database: this bot orders nothing any more; end one of the "
        "two, and start this one again",
        True,
    ),
    row(loop.FreqtradePaused(), "waiting", "freqtrade is paused: no round starts"),
    row(
        loop.WaitingForPrices(("BTC/USDT: no price", "ETH/USDT: no candles yet")),
        "waiting",
        "BTC/USDT: no price; ETH/USDT: no candles yet",
    ),
    row(loop.WaitingForPrices(()), "waiting", "over"),
    row(
        loop.LeftOut({"SOL": "not traded", "XRP": "no price"}, ("XRP",)),
        "left out",
        "XRP has had no price yet: no price. Its weight is held in cash until it has one; "
        "rebalance resume divides it over the others. SOL is left out: not traded. Rounds "
        "leave it as it is, the others share the rest",
        True,
    ),
    row(loop.LeftOut({}, ()), "left out", "over", True),
    row(loop.LoopFailed("DDosProtection", "too many"), "error", "too many"),
    row(loop.LoopsFailed(20, "too many"), "error", "20 loops in a row failed: too many", True),
    row(loop.LoopWorks(3), "error", "over after 3 loops"),
    row(
        orders.NotSent("buy", "SOL", TAG, "its order book is thin"),
        "not sent",
        f"buy SOL, {TAG}: its order book is thin",
    ),
    row(
        orders.FoundOrder("sell", "BTC", TAG, "77", 0.1),
        "found order",
        f"sell BTC, {TAG}: the answer had been lost",
        id="77",
        filled=0.1,
    ),
    row(
        orders.FoundSale("BTC", "77", 0.1),
        "found order",
        "sell BTC: 0.1 were sold by hand",
        id="77",
        filled=0.1,
    ),
    row(
        orders.OrdersEnded("SOL/USDT"),
        "orders ended",
        "SOL/USDT is listed no longer: its open orders count as cancelled",
    ),
    row(
        rounds.NoRound(REASON, Plan((), PLAN.omitted)),
        "no round",
        "threshold BTC +4.0pp: ETH: below the smallest trade",
        left_out=LEFT_OUT,
        due="threshold BTC +4.0pp",
    ),
    row(
        rounds.NoRoundAsked(Reason(Cause.ASKED), Plan()),
        "no round",
        "asked: no round, every weight is where it should be",
        True,
        left_out=[],
        due="asked",
    ),
    row(
        rounds.LimitReached("limits.day_rounds: 5 rounds would be more than 4 a day"),
        "stopped",
        "stopped, the coins are kept: limits.day_rounds: 5 rounds would be more than 4 a day. Look "
        "into it, then: rebalance resume or now",
        True,
    ),
]


@pytest.mark.parametrize("seen", ROWS, ids=lambda seen: type(seen[0]).__name__)
def test_an_event_is_a_line_of_the_journal_one_of_the_log_and_maybe_a_message(
    seen: Row,
) -> None:
    event, line, is_told = seen
    found = written(event)
    assert found == line
    assert list(found) == list(line), "the same order"
    assert event.logged == f"{line['event']}: {line['text']}"
    assert event.message == (f"Rebalancing: {line['text']}" if is_told else None)


@pytest.mark.parametrize(
    ("standing", "fact"),
    [
        (account.Debt(-40.0, "USDT"), "yes"),
        (account.Debt(0.0, "USDT"), ""),
        (account.Debt(40.0, "USDT"), ""),
        (loop.FreqtradePaused(), "freqtrade is paused: no round starts"),
        (loop.WaitingForPrices(("BTC/USDT: no price", "ETH/USDT: old")), "BTC/USDT, ETH/USDT"),
        (loop.WaitingForPrices(()), ""),
        (loop.LeftOut({"SOL": "no price", "XRP": "no price"}, ("XRP",)), "SOL, XRP, XRP awaited"),
        (loop.LeftOut({}, ()), ""),
        (loop.LoopFailed("DDosProtection", "too many"), "DDosProtection"),
        (loop.LoopWorks(3), ""),
    ],
)
def test_what_lasts_is_told_again_when_its_fact_changes(standing: Standing, fact: str) -> None:
    assert standing.fact == fact


def kinds(base: type[Event] = Event) -> Iterator[type[Event]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_event_is_in_these_tables() -> None:
    seen = {type(event) for event, *_ in (*ROWS, *FACTS_ALONE)}
    assert seen == set(kinds()) - {Standing}
