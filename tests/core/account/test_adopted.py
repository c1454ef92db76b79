"""Coins of the account that become the portfolio's."""

from typing import Any

import pytest

from rebalancing.events.account import (
    Adopted,
    TakenOver,
)
from tests.support.account_at_work import RULES, Account, Bot, flows


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

    def test_takes_nothing_of_an_asset_whose_coins_are_all_known(self) -> None:
        """However much one of its coins is worth."""
        bot = Bot(cash=500, adopt_holdings="all", threshold=0.9)
        account = Account(cash=500, eth=800, prices=(100.0, 1.0))
        assert flows(bot.look(account)) == [Adopted("ETH", 300.0, 1.0, "USDT")]

    def test_takes_the_smallest_trade_and_nothing_below(self) -> None:
        bot = Bot(cash=500, adopt_holdings="all", threshold=0.9)
        smallest = float(RULES.minimum[1])
        assert flows(bot.look(Account(cash=500, eth=500 + 0.999 * smallest))) == []
        (taken,) = bot.look(Account(cash=500, eth=500 + smallest)).flows
        assert taken.coins == pytest.approx(smallest)

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
