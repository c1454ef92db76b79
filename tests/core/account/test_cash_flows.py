"""Cash that came or went, answer by answer of an exchange."""

import pytest

from rebalancing.account.account_view import Unbooked
from rebalancing.account.cash_book import Booked, CashBook
from rebalancing.events.account import (
    CashFlow,
)
from rebalancing.rounds.events import Outcome, RoundClosed
from rebalancing.rounds.round import Fill
from tests.support.account_at_work import Account, Bot, flows
from tests.support.builders import START


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
