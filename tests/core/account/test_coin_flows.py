"""Coins that left the account, answer by answer of an exchange."""

import pytest

from rebalancing.account.account_view import UnknownSell
from rebalancing.events.account import CoinsLeft
from rebalancing.events.orders import FoundSale
from rebalancing.state import State
from tests.support.account_at_work import Account, Bot, flows


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

    def test_leave_at_the_last_price_of_a_pair_that_has_ended(self) -> None:
        bot, account = Bot(threshold=0.9), Account(btc=4, prices=(float("nan"), 1.0))
        bot.state = bot.state.changed(prices={"ETH": 1.0}, prices_before={"BTC": 3.0})
        bot.look(account)
        assert flows(bot.look(account)) == [CoinsLeft("BTC", 496.0, 3.0, "USDT")]

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


class TestCoinsThatSomebodySold:
    @pytest.mark.parametrize(
        ("sells", "found"),
        [
            pytest.param([496], [496], id="all that is missing"),
            pytest.param([96], [96], id="a part of it"),
            pytest.param([400, 96], [400, 96], id="in two orders"),
            pytest.param([501], [501], id="and dust that was in no trade"),
            pytest.param([600], [], id="more than is missing was not the portfolio's"),
            pytest.param([96, 600, 400], [96, 400], id="nor is another order beside it"),
            pytest.param([], [], id="nobody did"),
        ],
    )
    def test_are_no_withdrawal(self, sells: list[float], found: list[float]) -> None:
        bot, account = Bot(threshold=0.9), Account(btc=4)
        unknown = [UnknownSell(f"#{coins}", coins) for coins in sells]
        assert bot.look(account, unknown_sells=pytest.fail).is_unsure, "one answer is a delay"
        decision = bot.look(account, unknown_sells=lambda _asset: unknown)
        if not found:
            assert flows(decision) == [CoinsLeft("BTC", 496.0, 1.0, "USDT")]
            return
        assert flows(decision) == [FoundSale("BTC", f"#{coins}", coins) for coins in found]
        assert (decision.is_unsure, decision.looks_again) == (True, False), "its cash is not known"

    def test_are_a_withdrawal_as_far_as_they_were_not_sold(self) -> None:
        bot, account = Bot(threshold=0.9), Account(btc=4)
        bot.look(account)
        bot.look(account, unknown_sells=lambda _asset: [UnknownSell("#1", 400.0)])
        account.trades["BTC"] -= 400
        account.cash += 400
        bot.state = bot.state.changed(book=bot.state.book.after_orders(400, bot.state.book.booked))
        assert bot.look(account).is_unsure
        assert flows(bot.look(account)) == [CoinsLeft("BTC", 96.0, 1.0, "USDT")]
