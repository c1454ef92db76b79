"""A portfolio to which everything happens, and what must hold of every decision all the same."""

from collections.abc import Callable
from functools import wraps
from math import inf, isnan, nan
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from rebalancing.rounds.events import RoundDeclined, RoundEvent
from tests.support.builders import make_settings
from tests.support.own_targets import bands, in_force
from tests.support.rough_account import STAKE, RoughAccount
from tests.support.round_audit import RoundAudit

NAMES = ("A", "B", "C", "D")
MARKETS = {"lots": (0.0, 0.01, 0.5, 0.0), "largest": (inf, inf, inf, 2000.0)}

POLICIES: list[dict[str, Any]] = [
    {"threshold": 0.04},
    {"period": "4h"},
    {"period": "4h", "threshold": 0.03, "combine": "or"},
    {"period": "4h", "threshold": 0.03, "combine": "and"},
    {"threshold": 0.2, "threshold_kind": "relative", "destination": "edge"},
    {"threshold": 0.04, "scope": "drifted"},
    {"threshold": 0.04, "scope": "fewest"},
    {"period": "4h", "destination": 0.5},
]
TARGETS: list[dict[str, float]] = [
    {"A": 0.25, "B": 0.25, "C": 0.25, "D": 0.25},
    {"A": 0.5, "B": 0.2, "C": 0.1, "D": 0.1, STAKE: 0.1},
    {"A": 0.6, "B": 0.4, "C": 0.0, "D": 0.0},
    {"A": 0.0, "B": 0.3, "C": 0.3, "D": 0.3, STAKE: 0.1},
]

assets = st.sampled_from(NAMES)
wants = st.builds(
    lambda policy, targets: make_settings(targets=targets, **policy),
    st.sampled_from(POLICIES),
    st.sampled_from(TARGETS),
)
turns = st.permutations(NAMES)
factors = st.sampled_from([0.5, 0.8, 0.97, 1.02, 1.3, 3.0])
minutes = st.sampled_from([1, 1, 6, 6, 20, 61, 241, 1500])
shares = st.sampled_from([1, 1, 0.5, 0.5, 0.1, 0])
"""How much of an order is filled at once."""
fillings = st.lists(shares, min_size=4, max_size=4)
moves = st.none() | st.tuples(assets, factors)
loops = st.tuples(minutes, moves, st.booleans(), turns, fillings, st.booleans())


def happens(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """Make a rule of what may happen; mostly the bot looks right after it."""

    def made(what: Callable[..., None]) -> Any:
        @wraps(what)
        def then_loop(self: Any, *values: Any, then: Any = None, **named: Any) -> None:
            what(self, *values, **named)
            if then is not None:
                self.loop(*then)

        return rule(then=loops | loops | st.none(), **drawn)(then_loop)

    return made


class RebalancingMachine(RuleBasedStateMachine):
    """Lets anything happen between two looks of a bot."""

    @initialize(
        wanted=wants,
        fee=st.sampled_from([0.0, 0.001]),
        reserve=st.sampled_from([0.0, 0.005]),
        remainder=st.sampled_from([0.0, 12.0]),
        unlisted=st.sampled_from([(), (), ("B",)]),
        is_allocated=st.booleans(),
    )
    def begin(
        self,
        wanted: Any,
        fee: float,
        reserve: float,
        remainder: float,
        unlisted: tuple[str, ...],
        is_allocated: bool,
    ) -> None:
        prices = {name: nan if name in unlisted else 1.0 for name in NAMES}
        markets = {key: dict(zip(NAMES, each, strict=True)) for key, each in MARKETS.items()}
        self.account = RoughAccount(
            settings=wanted,
            cash=10_000.0,
            fee=fee,
            minimum=10.0,
            remainder=remainder,
            reserve=reserve,
            coins=dict.fromkeys(NAMES, 0.0),
            prices=prices,
            **markets,
        )
        self.audit = RoundAudit(self.account)
        if is_allocated:
            self.loop(1, None, True, list(NAMES), [1] * 4, True)

    # The bot.

    @rule(then=loops)
    def nothing_happens(self, then: Any) -> None:
        self.loop(*then)

    def loop(
        self,
        passed: float,
        moved: tuple[str, float] | None,
        is_fresh: bool,
        turn: list[str],
        filled: list[float],
        rests: bool,
    ) -> None:
        """Look, and order; what is not filled at once rests at the exchange, or is cancelled."""
        self.account.pass_time(passed)
        if moved is not None:
            self.move(*moved)
        self.look(is_fresh)
        self.order(turn, filled, rests)

    def look(self, is_fresh: bool) -> tuple[RoundEvent, ...]:
        """Decide, check it, and tell what happened."""
        account = self.account
        before = account.state
        self.audit.hear()
        view, events = account.look(is_fresh)
        self.audit.decided(events)
        if before.is_held:
            assert not events
        self.check_trigger(events, view.may_open)
        if account.state.round is None or account.open_orders:
            known = account.state
            again = account.decide(account.view())
            assert again.state is known, "nothing has happened since"
        return events

    def check_trigger(self, events: Any, may_open: bool) -> None:
        """A threshold that is reached starts a round, or is said to be too small for one."""
        account, audit = self.account, self.audit
        if account.state.round is not None or account.state.is_held or not may_open:
            return
        if account.settings.threshold is None or account.policy.needs_boundary:
            return
        if audit.begun is None or audit.is_cooling() or audit.left_out() or account.nav <= 0:
            return
        wanted = in_force(account)
        widths = bands(account, wanted)
        reached = [
            name
            for name, value in account.worth.items()
            if abs(value / account.nav - wanted[name]) >= widths[name] + 1e-7
        ]
        assert not reached or any(isinstance(event, RoundDeclined) for event in events)

    def order(self, turn: list[str], filled: list[float], rests: bool = True) -> None:
        account = self.account
        for asset, share in zip((*turn, *turn), (*filled, *filled), strict=True):
            current = account.state.round
            sells = current.sellers if current else frozenset()
            trade = account.take(asset)
            if trade is None:
                continue
            assert trade.is_sell or not sells, "a buy before its sells"
            free = account.free_cash
            order = account.send(trade)
            self.audit.sent(trade, order, free)
            if order is not None and share > 0:
                account.fill(order, share)
            if order is not None and not rests:
                order.is_open = False

    # The exchange.

    @happens(filled=shares, expired=st.booleans())
    def end_orders(self, filled: float, expired: bool = True) -> None:
        for order in self.account.open_orders:
            if filled > 0:
                self.account.fill(order, filled)
            order.is_open = order.is_open and not expired

    def move(self, asset: str, factor: float) -> None:
        self.account.prices[asset] *= factor
        self.audit.hinder()

    @happens(asset=assets, price=st.sampled_from([nan, 0.9, 2.0]))
    def vanish_or_appear(self, asset: str, price: float) -> None:
        if isnan(price) or isnan(self.account.prices[asset]):
            self.account.prices[asset] = price
            self.audit.hinder()

    @happens(asset=assets, which=st.sampled_from(["doubted", "locked"]))
    def trouble(self, asset: str, which: str) -> None:
        there = getattr(self.account, which)
        setattr(self.account, which, {asset} - there)
        self.audit.hinder()

    @happens(asset=assets, why=st.sampled_from(["halted", "no money"]))
    def refuse(self, asset: str, why: str) -> None:
        self.account.refusing = {asset: why}

    @happens()
    def calm(self) -> None:
        account = self.account
        account.locked, account.doubted, account.refusing = set(), set(), {}
        account.prices = {a: 1.0 if isnan(p) else p for a, p in account.prices.items()}
        self.audit.hinder()

    # The person.

    @happens(flow=st.sampled_from([50.0, 2000.0, -20.0, -1000.0]))
    def flow(self, flow: float) -> None:
        """Pay in or take out; coins are sold for what is taken out beyond the cash."""
        if self.account.nav + flow > 1000:
            self.account.cash += flow
            self.audit.hinder()

    @happens(asset=assets, share=st.sampled_from([0.1, 1.0]))
    def take_coins(self, asset: str, share: float) -> None:
        self.account.coins[asset] -= share * self.account.free_coins(asset)
        self.audit.hinder()

    @happens(asset=assets)
    def hands_off(self, asset: str) -> None:
        out = {*self.account.state.hands_off} ^ {asset}
        ordered = tuple(name for name in NAMES if name in out)
        self.account.state = self.account.state.changed(hands_off=ordered)
        self.audit.hinder()

    @happens(asset=assets, factor=factors)
    def pause(self, asset: str, factor: float) -> None:
        self.account.state = self.account.state.changed(paused="by command")
        self.move(asset, factor)
        self.account.pass_time(30)
        assert not self.look(is_fresh=True)
        self.account.state = self.account.state.changed(paused=None)

    @happens()
    def resume(self) -> None:
        self.account.resume()
        self.audit.forget()
        self.audit.hinder()

    @happens()
    def restart(self) -> None:
        before = self.account.state.round
        self.account.restart()
        after = self.account.state.round
        assert (before is None) == (after is None)
        assert before is None or after.members == before.members

    @happens(wanted=wants)
    def want_otherwise(self, wanted: Any) -> None:
        self.account.restart(wanted)
        self.audit.hinder()

    # What comes of it.

    @rule()
    def settle(self) -> None:
        """Once all is quiet, an open round ends, and nothing is left to do."""
        account = self.account
        self.end_orders(1.0)
        self.resume()
        self.calm()
        for _ in range(60):
            account.pass_time(90)
            events = self.look(is_fresh=True)
            idle = all(isinstance(event, RoundDeclined) for event in events)
            if idle and account.state.round is None:
                return
            self.order(list(NAMES), [1] * 4)
        raise AssertionError(f"it never comes to rest: {events}, {account.worth}")

    def teardown(self) -> None:
        if hasattr(self, "account"):
            self.settle()


TestRebalancing = RebalancingMachine.TestCase
TestRebalancing.settings = hypothesis_settings(
    max_examples=3 * hypothesis_settings.default.max_examples // 2,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    report_multiple_bugs=False,
)
