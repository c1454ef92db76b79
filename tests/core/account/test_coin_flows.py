"""Coins that left the account, answer by answer of an exchange."""

import pytest

from rebalancing.events.account import (
    CoinsLeft,
)
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
