"""What an account did beside the rounds, decided view by view: a row for each thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from rebalancing.account.account_view import AccountView, SeenTrades, Unbooked
from rebalancing.account.cash_book import Booked, CashBook
from rebalancing.account.known_trade import KnownTrade
from rebalancing.decide import decide
from rebalancing.events.account import (
    Adopted,
    CashFlow,
    CoinsLeft,
    EverythingSold,
    TakenOver,
    TradeDeleted,
)
from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.limits import Done
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause, Reason
from rebalancing.resume import begun
from rebalancing.rounds.events import Outcome, RoundClosed, RoundOpened, Stopped
from rebalancing.rounds.round import Fill
from rebalancing.state import State
from rebalancing.view import Decision, View
from tests.support.builders import START, make_rules, make_settings

ASSETS = ("BTC", "ETH")
RULES = make_rules(2)


@dataclass
class Account:
    """An account of BTC, ETH and cash; a coin costs 1. It answers as it is told to."""

    cash: float = 0.0
    btc: float = 500.0
    eth: float = 500.0
    trades: dict[str, float] = field(default_factory=lambda: {"BTC": 500.0, "ETH": 500.0})
    dust: dict[str, float] = field(default_factory=dict)
    prices: tuple[float, float] = (1.0, 1.0)

    @property
    def portfolio(self) -> Portfolio:
        there = {"BTC": self.btc, "ETH": self.eth}
        amounts = [min(self.trades.get(asset, 0.0), there[asset]) for asset in ASSETS]
        return Portfolio(ASSETS, np.array(amounts), np.array(self.prices), self.cash)

    def view(self, **facts: Any) -> AccountView:
        return AccountView(
            balance=self.cash,
            coins=np.array([self.btc, self.eth]),
            in_trades=np.array([self.trades.get(asset, np.nan) for asset in ASSETS]),
            left=lambda: {**self.trades, **self.dust},
            **facts,
        )


class Bot:
    """A bot that is in balance, and has booked all of its cash."""

    def __init__(self, cash: float = 0.0, **settings: Any) -> None:
        settings = {"targets": "equal", "threshold": 0.05, "period": None, **settings}
        self.policy = Policy(make_settings(**settings), ASSETS, "USDT")
        book = CashBook(cash, 1000.0 + cash, investment=self.policy.settings.investment)
        done: dict[str, Any] = {"origin": START, "last_start": START, "seen": ASSETS}
        self.state: State = begun(self.policy).changed(book=book, flows=1, **done)
        self.moment = START + timedelta(days=1)

    def look(self, account: Account, view: Mapping[str, Any] | None = None, **facts: Any) -> Any:
        """Decide on a view of the account; return the decision."""
        self.moment += timedelta(seconds=5)
        shown = account.view(**facts)
        seen = View(self.moment, account.portfolio, lambda: RULES, account=shown, **(view or {}))
        decision = decide(self.policy, self.state, seen)
        self.state = decision.state
        return decision


def flows(decision: Decision) -> list[Any]:
    return list(decision.flows)


def test_a_quiet_account_changes_nothing() -> None:
    bot = Bot()
    before = bot.state
    assert bot.look(Account()) == Decision(before)
    assert bot.state is before


class TestCoinsThatLeft:
    @pytest.mark.parametrize(
        ("answers", "sure", "left"),
        [
            pytest.param((10, 9.9, 10), (True, True, True), [], id="a fee may explain it"),
            pytest.param((10, 4, 10), (True, False, True), [], id="one answer is a delay"),
            pytest.param((4, 10, 4, 10), (False, True, False, True), [], id="so is one of two"),
            pytest.param((4, 4, 4), (False, True, True), [6], id="two are a withdrawal"),
            pytest.param((4, 3, 3), (False, False, True), [7], id="two that differ are not"),
            pytest.param((0, 0), (False, True), [10], id="all of it"),
            pytest.param((4, 4, 1, 1), (False, True, False, True), [6, 3], id="one after another"),
        ],
    )
    def test_are_gone_once_two_answers_agree(
        self, answers: tuple[float, ...], sure: tuple[bool, ...], left: list[float]
    ) -> None:
        bot, trades, gone, were_sure = Bot(threshold=0.9), {"BTC": 10.0, "ETH": 500.0}, [], []
        for answer in answers:
            decision = bot.look(Account(btc=answer, trades=trades))
            were_sure.append(not decision.is_unsure)
            assert decision.needs_balances is decision.is_unsure
            assert decision.looks_again is bool(decision.flows)
            for event in decision.flows:
                assert event == CoinsLeft("BTC", event.coins, 1.0, "USDT")
                trades["BTC"] -= event.coins
                gone.append(event.coins)
        assert (tuple(were_sure), gone) == (sure, left)

    def test_wait_for_a_price(self) -> None:
        bot, account = Bot(threshold=0.9), Account(btc=4, prices=(float("nan"), 1.0))
        assert [bot.look(account).is_unsure for _ in range(3)] == [True, False, False]
        account.prices = (2.0, 1.0)
        assert flows(bot.look(account)) == [CoinsLeft("BTC", 496.0, 2.0, "USDT")]

    def test_take_along_what_is_in_no_trade(self) -> None:
        bot, account = Bot(), Account(btc=0, dust={"BTC": 500.4})
        bot.look(account)
        assert flows(bot.look(account)) == [CoinsLeft("BTC", 500.4, 1.0, "USDT")]

    def test_are_found_in_the_middle_of_a_round(self) -> None:
        bot = Bot()
        account = Account(btc=600, eth=400, trades={"BTC": 600.0, "ETH": 400.0})
        bot.look(account)
        assert bot.state.round is not None
        account.eth = 100
        assert bot.look(account).is_unsure
        assert [type(event) for event in bot.look(account).flows] == [CoinsLeft]
        account.trades["ETH"] = 100
        bot.look(account)
        assert {trade.asset for trade in bot.state.round.plan.trades} == {"BTC", "ETH"}

    def test_survive_a_restart_between_two_answers(self) -> None:
        bot, account = Bot(), Account(btc=4)
        bot.look(account)
        bot.state = State.model_validate_json(bot.state.model_dump_json())
        assert [event.coins for event in bot.look(account).flows] == [496]


class TestCash:
    def test_that_is_there_at_first_is_the_first_flow(self) -> None:
        bot, account = Bot(), Account(cash=700, trades={}, btc=0, eth=0)
        bot.state = bot.state.changed(book=None, flows=0)
        decision = bot.look(account, unbooked=Unbooked(effect=-300.0, count=1))
        assert flows(decision) == [CashFlow(1000.0, "USDT", opening=True, number=1)]
        assert decision.looks_again
        assert bot.state.book == CashBook(700.0, 1000.0)
        assert bot.state.flows == 1

    @pytest.mark.parametrize(
        ("answers", "found"),
        [
            pytest.param((100, 50, 100), [], id="one answer is a delay"),
            pytest.param((50, 60, 60), [-40], id="two that differ are not"),
            pytest.param((150, 150), [50], id="a deposit"),
            pytest.param((50, 50, 70, 70), [-50, 20], id="one after another"),
            pytest.param((100.0005, 100.0005), [], id="a millionth is rounding"),
        ],
    )
    def test_that_came_or_went_is_booked_once_two_answers_agree(
        self, answers: tuple[float, ...], found: list[float]
    ) -> None:
        bot = Bot(cash=100, threshold=0.9)
        seen = [event for cash in answers for event in bot.look(Account(cash=cash)).flows]
        assert [event.amount for event in seen] == found
        assert [event.number for event in seen] == [2 + i for i in range(len(found))]
        assert bot.state.flows == 1 + len(found)
        assert bot.state.book is not None
        assert bot.state.book.invested == 1100 + sum(found)

    def test_that_orders_moved_is_no_flow(self) -> None:
        bot = Bot(cash=100, threshold=0.9)
        booked = Booked(7, START, ("a",))
        unbooked = Unbooked(-30.0, 0.0, 1, lambda: booked)
        decision = bot.look(Account(cash=70), unbooked=unbooked)
        assert (decision.flows, decision.looks_again) == ((), True)
        assert bot.state.book == CashBook(70.0, 1100.0, 7, since=START, names=("a",))

    @pytest.mark.parametrize(
        ("exact", "found"),
        [
            pytest.param(-31.0, [], id="the exchange knows the fee"),
            pytest.param(-30.0, [-1.0], id="the exchange says it was no fee"),
            pytest.param(None, [], id="it may have been a fee"),
        ],
    )
    def test_is_asked_for_exactly_where_a_fee_may_explain_it(
        self, exact: float | None, found: list[float]
    ) -> None:
        bot = Bot(cash=100, threshold=0.9)
        unbooked = Unbooked(-30.0, 2.0, 1, lambda: Booked(7, START, ("a",)), lambda: exact)
        decisions = [bot.look(Account(cash=69), unbooked=unbooked) for _ in range(2)]
        assert [event.amount for decision in decisions for event in decision.flows] == found

    def test_that_comes_in_the_middle_of_a_round_is_booked_and_the_round_goes_on(self) -> None:
        bot = Bot()
        account = Account(btc=600, eth=400, trades={"BTC": 600.0, "ETH": 400.0})
        bot.look(account)
        account.cash = 50
        assert bot.look(account).is_unsure
        assert bot.look(account).looks_again
        assert [bot.state.round is not None, bot.state.flows] == [True, 2]
        done = {"BTC": Fill(100.0, 0.0), "ETH": Fill(0.0, 100.0)}
        account = Account(cash=50)
        assert bot.state.round is not None
        bot.state = bot.state.changed(round=bot.state.round.changed(waiting=()))
        closed = bot.look(account, {"executed": done}).events[-1]
        assert isinstance(closed, RoundClosed)
        assert closed.outcome is Outcome.DONE

    def test_of_an_investment_that_was_raised_is_a_flow_at_once(self) -> None:
        bot = Bot(cash=0, investment=1000.0)
        assert bot.state.book is not None
        bot.state = bot.state.changed(book=CashBook(0.0, 600.0, investment=600.0))
        decision = bot.look(Account(cash=900))
        assert [event.amount for event in decision.flows] == [400]
        assert bot.state.book.expected == 400

    def test_that_a_doubtful_answer_has_shown_is_forgotten_with_the_next(self) -> None:
        bot = Bot(cash=100, threshold=0.9)
        for cash in (50, 100, 50):
            bot.look(Account(cash=cash))
        assert (bot.state.suspect, bot.state.flows) == (-50, 1)


def trade(asset: str, cost: float = 0.0, is_open: bool = True, unbooked: float = 0.0) -> KnownTrade:
    name = f"order of {asset}"
    return KnownTrade(asset=asset, order=name, cost=cost, is_open=is_open, unbooked=unbooked)


def reduced(asset: str) -> Callable[[], SeenTrades]:
    return lambda: SeenTrades(reduced={asset})


class TestHandsOff:
    def test_waits_for_cash_that_has_only_just_come(self) -> None:
        """What is read of the trades once is not lost with a view that has to be taken again."""
        bot, account, asked = Bot(), Account(cash=250, btc=250), []

        def seen() -> SeenTrades:
            asked.append(bot.moment)
            return SeenTrades(reduced={"BTC"})

        account.trades["BTC"] = 250.0
        assert bot.look(account, trades=seen).is_unsure
        assert bot.look(account, trades=seen).looks_again
        assert asked == []
        assert [type(event) for event in bot.look(account, trades=seen).flows] == [TakenOver]

    def test_what_was_sold(self) -> None:
        bot, account = Bot(), Account(cash=500, btc=0, trades={"ETH": 500.0})
        sold = Unbooked(500.0, 0.0, 1, lambda: Booked(9, START, ("a",)))
        bot.look(account, unbooked=sold, closed=lambda: {"BTC"})
        decision = bot.look(account, closed=lambda: {"BTC"})
        taken = TakenOver(frozenset(), frozenset({"BTC"}), frozenset(), ("BTC",))
        assert flows(decision) == [taken]
        assert bot.state.hands_off == ("BTC",)
        assert bot.state.round is None, "its weight is held in cash"

    def test_what_was_sold_in_part(self) -> None:
        bot, account = Bot(cash=250), Account(cash=250, btc=250)
        account.trades["BTC"] = 250.0
        decision = bot.look(account, trades=reduced("BTC"))
        taken = TakenOver(frozenset(), frozenset(), frozenset({"BTC"}), ("BTC",))
        assert flows(decision) == [taken]
        assert bot.state.round is None

    def test_what_was_deleted_and_what_it_had_cost(self) -> None:
        bot, account = Bot(), Account(trades={"ETH": 500.0})
        bot.state = bot.state.changed(known_trades=(trade("BTC", 480.0), trade("ETH", 500.0)))
        now = (trade("ETH", 500.0),)
        decision = bot.look(account, deleted=[trade("BTC", 480.0)])
        assert flows(decision) == [TradeDeleted(-480.0, "USDT", "BTC", 2)]
        assert decision.looks_again
        taken = TakenOver(frozenset({"BTC"}), frozenset(), frozenset(), ("BTC",))
        assert flows(bot.look(account)) == [taken]
        assert (bot.state.vanished, bot.state.known_trades, bot.state.flows) == (("BTC",), now, 2)
        assert bot.state.book is not None
        assert bot.state.book.invested == 520
        assert flows(bot.look(account)) == [], "it is told once, and stays out"
        assert bot.state.hands_off == ("BTC",)

    @pytest.mark.parametrize("investment", [None, 1000.0])
    @pytest.mark.parametrize(
        ("cost", "unbooked", "found"),
        [
            pytest.param(500.0, 500.0, [-500.0], id="none of its orders"),
            pytest.param(500.0, 20.0, [-500.0], id="not its newest order"),
            pytest.param(0.0, 500.0, [], id="it had paid for itself"),
        ],
    )
    def test_a_trade_deleted_before_its_orders_were_booked(
        self, investment: float | None, cost: float, unbooked: float, found: list[float]
    ) -> None:
        """The book lacks what they had cost, and nothing else came or went."""
        bot = Bot(cash=unbooked, investment=investment)
        account, beside = Account(trades={"ETH": 500.0}), 0.0 if investment is None else 700.0
        account.cash += beside  # which is not the portfolio's
        gone = trade("BTC", cost, unbooked=unbooked)
        decisions = [bot.look(account, deleted=[gone]), *(bot.look(account) for _ in range(3))]
        booked = [event for one in decisions for event in one.flows if event.kind == "flow"]
        assert [getattr(event, "amount", None) for event in booked] == found
        assert bot.state.book is not None
        assert bot.state.book.expected == 0.0
        assert bot.state.book.invested == 1000.0 + unbooked - cost
        assert bot.state.hands_off == ("BTC",)

    def test_orders_that_were_booked_are_taken_out_of_the_book_no_more(self) -> None:
        bot = Bot(cash=100, threshold=0.9)
        bot.state = bot.state.changed(known_trades=(trade("BTC", 500.0, unbooked=30.0),))
        bot.look(Account(cash=70), unbooked=Unbooked(-30.0, 0.0, 1))
        assert bot.state.known_trades == (trade("BTC", 500.0),)

    def test_a_closed_trade_that_was_deleted_is_a_flow_alone(self) -> None:
        bot = Bot()
        decision = bot.look(Account(), deleted=[trade("BTC", -20.0, is_open=False)])
        assert flows(decision) == [TradeDeleted(20.0, "USDT", "BTC", 2)]
        assert bot.state.hands_off == ()

    def test_nothing_of_what_is_not_wanted(self) -> None:
        bot = Bot(targets={"BTC": 1.0, "ETH": 0.0}, threshold=0.9)
        account = Account(eth=0, trades={"BTC": 500.0})
        assert flows(bot.look(account, closed=lambda: {"ETH"}, trades=reduced("ETH"))) == []

    def test_everything_pauses(self) -> None:
        bot, account = Bot(cash=1000), Account(cash=1000, btc=0, eth=0, trades={})
        decision = bot.look(account, closed=lambda: set(ASSETS))
        assert flows(decision) == [EverythingSold()]
        assert bot.state.paused == EverythingSold.why
        assert bot.state.round is None

    def test_until_it_is_bought_by_hand(self) -> None:
        bot = Bot(cash=500)
        bot.look(Account(cash=500, btc=0, trades={"ETH": 500.0}), closed=lambda: {"BTC"})
        bot.look(Account(cash=500))
        assert bot.state.hands_off == ()

    def test_also_while_paused(self) -> None:
        bot, account = Bot(cash=500), Account(cash=500, btc=0, trades={"ETH": 500.0})
        bot.state = bot.state.changed(paused="paused by command")
        assert [type(event) for event in bot.look(account, closed=lambda: {"BTC"}).flows] == [
            TakenOver
        ]


class TestAdoption:
    def test_takes_what_the_targets_want_and_looks_again(self) -> None:
        bot = Bot(cash=500, adopt_holdings=True)
        account = Account(cash=500, btc=800, trades={"ETH": 500.0})
        decision = bot.look(account)
        assert flows(decision) == [Adopted("BTC", 800.0, 1.0, "USDT")]
        assert decision.looks_again

    def test_takes_no_more_than_the_targets_want(self) -> None:
        bot = Bot(cash=500, adopt_holdings=True)
        (taken,) = bot.look(Account(cash=500, btc=5000, trades={"ETH": 500.0})).flows
        assert taken.coins == pytest.approx(1000.0), "half of it, beside 500 ETH and 500 in cash"

    def test_takes_all_where_it_is_told_to(self) -> None:
        bot = Bot(adopt_holdings="all", threshold=0.9)
        (taken,) = bot.look(Account(btc=5000)).flows
        assert taken == Adopted("BTC", 4500.0, 1.0, "USDT")

    def test_takes_nothing_twice_and_notes_what_stays(self) -> None:
        bot, account = Bot(adopt_holdings=True, threshold=0.9), Account(btc=5000)
        account.trades["BTC"] = 500.0
        assert flows(bot.look(account)) == []
        assert bot.state.spare == {"BTC": 4500.0, "ETH": 0.0}
        before = bot.state
        assert bot.look(account).state is before

    def test_takes_what_was_left_once_all_is_wanted(self) -> None:
        bot, account = Bot(adopt_holdings="all", threshold=0.9), Account(btc=5000)
        bot.state = bot.state.changed(spare={"BTC": 4500.0, "ETH": 0.0}, adopts=True)
        (taken,) = bot.look(account).flows
        assert taken.coins == 4500

    def test_forgets_what_went_away(self) -> None:
        bot = Bot(adopt_holdings=True, threshold=0.9)
        bot.look(Account(btc=5000))
        bot.look(Account())
        assert bot.state.spare == {"BTC": 0.0, "ETH": 0.0}

    @pytest.mark.parametrize(
        ("settings", "view"),
        [
            pytest.param({"adopt_holdings": False}, {}, id="nobody wants it"),
            pytest.param({"adopt_holdings": True}, {"may_open": False}, id="a price is doubted"),
        ],
    )
    def test_waits(self, settings: dict[str, Any], view: dict[str, Any]) -> None:
        bot = Bot(cash=500, threshold=0.9, **settings)
        account = Account(cash=500, btc=800, trades={"ETH": 500.0})
        assert flows(bot.look(account, view)) == []

    def test_leaves_what_a_person_has_in_their_hands(self) -> None:
        bot = Bot(cash=500, adopt_holdings="all")
        account = Account(cash=500, btc=800, trades={"ETH": 500.0})
        decision = bot.look(account, closed=lambda: {"BTC"})
        assert [type(event) for event in decision.flows] == [TakenOver]


def test_a_limit_stops_the_round_and_the_account_is_watched_all_the_same() -> None:
    bot = Bot(limits={"day_rounds": 1})
    account = Account(btc=600, eth=400, trades={"BTC": 600.0, "ETH": 400.0})
    decision = bot.look(account, {"day": lambda: [Done(-1, 100.0)]})
    assert [type(event) for event in decision.events] == [Stopped]
    assert bot.state.stopped == "limits.day_rounds: 2 rounds would be more than 1 a day"
    account.cash = 50
    bot.look(account)
    assert [event.amount for event in bot.look(account).flows] == [50]


def test_a_round_that_was_asked_for_waits_for_a_second_answer() -> None:
    bot = Bot(cash=0, threshold=0.01)
    bot.state = bot.state.changed(asked=Reason(Cause.ASKED))
    account = Account(cash=100)
    assert bot.look(account).is_unsure
    assert bot.look(account).looks_again
    (opened,) = bot.look(account).events
    assert isinstance(opened, RoundOpened)
    assert {trade.asset for trade in opened.round.plan.trades} == {"BTC", "ETH"}
