"""What an account did beside the rounds, and the rounds that go on meanwhile."""

from rebalancing.policy.limits import Done
from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.events import RoundOpened, Stopped
from rebalancing.view import Decision
from tests.support.account_at_work import Account, Bot


def test_a_quiet_account_changes_nothing() -> None:
    bot = Bot()
    before = bot.state
    assert bot.look(Account()) == Decision(before)
    assert bot.state is before


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
