"""What a person has sold or deleted stays as it is."""

from collections.abc import Callable

import pytest

from rebalancing.account.account_view import SeenTrades, Unbooked
from rebalancing.account.cash_book import Booked
from rebalancing.account.known_trade import KnownTrade
from rebalancing.events.account import (
    EverythingSold,
    TakenOver,
    TradeDeleted,
)
from tests.support.account_at_work import ASSETS, Account, Bot, flows
from tests.support.builders import START


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

    def test_also_when_what_was_left_has_been_withdrawn(self) -> None:
        """Its trade is then closed by a withdrawal, and nobody has said to go on."""
        bot, account = Bot(cash=250, threshold=0.9), Account(cash=250, btc=250)
        account.trades["BTC"] = 250.0
        bot.look(account, trades=reduced("BTC"))
        account.btc = 0
        bot.look(account, trades=reduced("BTC"))
        bot.look(account, trades=reduced("BTC"))
        del account.trades["BTC"]
        assert flows(bot.look(account)) == []
        assert bot.state.hands_off == ("BTC",)

    def test_also_while_paused(self) -> None:
        bot, account = Bot(cash=500), Account(cash=500, btc=0, trades={"ETH": 500.0})
        bot.state = bot.state.changed(paused="paused by command")
        assert [type(event) for event in bot.look(account, closed=lambda: {"BTC"}).flows] == [
            TakenOver
        ]
