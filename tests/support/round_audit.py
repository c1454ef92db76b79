"""What must hold of every decision, reckoned from the account alone, in plain numbers."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import isnan

import pytest

from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.events import Outcome, RoundClosed, RoundEvent, RoundOpened, RoundPlanned
from rebalancing.rounds.plan import OmissionReason, Trade
from rebalancing.rounds.round import Round
from tests.support.own_targets import bands, in_force
from tests.support.rough_account import STAKE, RestingOrder, RoughAccount

TRIES = 5
"""Plans of a round, those that only continue a trade too large for one order apart."""

PAUSES = (0, 0, 1, 4, 16, 60)
"""Minutes that the next round waits beside the cool-down after so many rounds that gave up."""


class RoundAudit:
    """Follows the rounds of an account.

    Attributes
    ----------
    is_hindered : bool
        Something beside fills and cancelled orders happened since the open round began.
    """

    def __init__(self, account: RoughAccount) -> None:
        self.account = account
        self.is_hindered = self._moved = False
        self.failures = 0
        self.begun: datetime | None = None
        self.outcomes: Counter[str] = Counter()
        self._tries = 0
        self._plan: dict[str, float] = {}
        self._left_out = 0.0
        self._is_short = False
        self._given_up: Reason | None = None
        self._before: dict[str, float] = {}
        self._refusals: dict[str, tuple[str, int, datetime]] = {}
        self._served: set[tuple[datetime | None, int]] = set()

    def hinder(self) -> None:
        """Something happened that the open round did not do."""
        self.is_hindered = self._moved = True

    def sent(self, trade: Trade, order: RestingOrder | None, free: float) -> None:
        """Check what was ordered of a trade with so much free cash."""
        account, asset = self.account, trade.asset
        if order is None:
            self.hinder()
            return
        others = [other for other in account.open_orders if other.asset == asset]
        assert others in ([], [order]), "two orders of a pair at once"
        if order.is_sell:
            assert -order.amount <= account.coins[asset] * (1 + 1e-9)
        else:
            assert order.amount * order.price * (1 + account.fee) <= free + 1e-6

    def hear(self) -> None:
        """Hear what became of the newest orders, as the bot is about to."""
        account = self.account
        for asset in account.made:
            self._refusals.pop(asset, None)
        for asset, why in account.refused.items():
            known, count, _ = self._refusals.get(asset, ("", 0, account.now))
            self._refusals[asset] = (why, count + 1 if known == why else 1, account.now)

    def decided(self, events: Iterable[RoundEvent]) -> None:
        """Check what was decided."""
        for event in events:
            self.outcomes[type(event).__name__] += 1
            if isinstance(event, RoundOpened):
                self._opened(event)
            elif isinstance(event, RoundPlanned):
                self._planned(event.round)
            elif isinstance(event, RoundClosed):
                self._closed(event)

    def forget(self) -> None:
        """Hear that a person lets the bot try again what was refused."""
        self._refusals = {}

    def left_out(self) -> set[str]:
        """Assets whose last three orders or more failed for the same reason, for a while."""
        now = self.account.now
        return {
            asset
            for asset, (_, count, at) in self._refusals.items()
            if count >= 3 and now - at < min(timedelta(minutes=4 ** (count - 3)), timedelta(days=1))
        }

    def untouchable(self) -> set[str]:
        """Assets of which no order may be made now."""
        account = self.account
        return {*account.state.hands_off, *account.locked, *account.doubted} | self.left_out()

    def is_cooling(self) -> bool:
        """Too little time has passed since the newest round began."""
        if self.begun is None:
            return False
        pause = timedelta(minutes=5 + PAUSES[min(self.failures, len(PAUSES) - 1)])
        return self.account.now - self.begun < pause

    def _opened(self, event: RoundOpened) -> None:
        account, current = self.account, event.round
        assert not account.state.is_held
        assert not account.open_orders
        assert not account.doubted
        assert current.reason.cause in (Cause.TARGETS_CHANGED, Cause.RESUMED) or not (
            self.is_cooling()
        )
        self.begun = account.now
        self.is_hindered, self._tries, self._plan = bool(self.left_out() | account.locked), 0, {}
        self._check_cause(current)
        self._check_destination(current)
        self._left_out = 0.0
        self._check_plan(current)

    def _planned(self, current: Round) -> None:
        assert not self.account.open_orders
        if not self._moved and not self._is_short:
            self._check_rest(current)
        self._check_plan(current)

    def _closed(self, event: RoundClosed) -> None:
        self.outcomes[event.outcome.value] += 1
        gave_up = event.outcome is Outcome.GAVE_UP
        self.failures = self.failures + 1 if gave_up else 0
        self._given_up = event.round.reason if gave_up else None
        if event.outcome is Outcome.DONE and not self.is_hindered:
            self.outcomes["unhindered"] += 1
            self._check_arrival(event.round)

    def _check_cause(self, current: Round) -> None:
        account, reason = self.account, current.reason
        if reason == self._given_up:
            return  # it is tried again, as it was then
        if reason.is_policy and account.policy.period and reason.cause != Cause.THRESHOLD:
            origin = account.state.origin
            assert origin is not None
            boundary = (account.now - origin) // account.policy.period
            assert boundary > 0
            assert (origin, boundary) not in self._served
            self._served.add((origin, boundary))
        if reason.asset is not None and reason.drift is not None and not self.left_out():
            wanted = in_force(account)
            drift = account.worth[reason.asset] / account.nav - wanted[reason.asset]
            assert reason.drift == pytest.approx(drift, abs=1e-9)
            assert abs(drift) >= bands(account, wanted)[reason.asset] - 1e-8

    def _check_destination(self, current: Round) -> None:
        account, settings = self.account, self.account.settings
        to, nav = current.destination, account.nav
        assert sum(to.values()) == pytest.approx(1)
        assert min(to[asset] for asset in account.assets) >= -1e-9
        weights = {name: value / nav for name, value in account.worth.items()}
        for asset in account.state.hands_off:
            assert to[asset] == pytest.approx(weights[asset], abs=1e-9)
        if self.left_out():
            return
        wanted = in_force(account)
        share = settings.destination if isinstance(settings.destination, float) else 1.0
        if not current.reason.is_policy:
            assert to == pytest.approx(wanted, abs=1e-9)
        elif settings.threshold is None:
            went = {a: wanted[a] + (weights[a] - wanted[a]) * (1 - share) for a in wanted}
            assert to == pytest.approx(went, abs=1e-9)
        elif settings.scope == "all" and settings.destination == "target":
            assert to == pytest.approx(wanted, abs=1e-9)
        else:
            for name, band in bands(account, wanted).items():
                assert abs(to[name] - wanted[name]) < band + account.minimum / nav

    def _check_plan(self, current: Round) -> None:
        """Check that what is planned can be done and paid for."""
        account, trades = self.account, current.plan.trades
        nav, hair = account.nav, 1e-7 * account.nav
        assert [trade.is_sell for trade in trades] == sorted(t.is_sell for t in trades)[::-1]
        assert len({trade.asset for trade in trades}) == len(trades)
        fee, done = account.fee, account.executed(current.tag)
        untouchable = self.untouchable()
        for trade in trades:
            asset, price = trade.asset, account.prices[trade.asset]
            assert asset not in untouchable
            assert trade.price == price
            assert trade.notional >= account.minimum * (1 - 1e-9)
            lot, left = account.lots[asset], account.coins[asset] + trade.amount
            assert not lot or trade.amount / lot == pytest.approx(round(trade.amount / lot))
            missing = current.destination[asset] * nav - account.worth[asset]
            assert min(missing, 0) - hair <= trade.amount * price + fee * nav
            assert trade.amount * price - fee * nav <= max(missing, 0) + hair
            if trade.is_sell:
                assert left >= -1e-9 * account.coins[asset]
                assert (
                    left < max(lot, 1e-9)
                    if current.destination[asset] == 0
                    else left * price >= account.remainder * (1 - 1e-9)
                )
            went = done.get(asset)
            assert went is None or not (went.bought if trade.is_sell else went.sold)
        sells = sum(trade.notional for trade in trades if trade.is_sell)
        buys = sum(trade.notional for trade in trades if not trade.is_sell)
        there = account.cash - account.reserve * nav + sells * (1 - fee)
        assert not buys or buys * (1 + fee) <= there + hair, "a buy that nothing pays for"
        self._check_omissions(current)
        self._note_plan(current)

    def _check_omissions(self, current: Round) -> None:
        """Check why trades were left out."""
        account, traded = self.account, {trade.asset for trade in current.plan.trades}
        for omission in current.plan.omitted:
            asset, size = omission.asset, omission.size
            assert asset not in traded
            price, why = account.prices[asset], omission.why
            missing = current.destination[asset] * account.nav - account.worth[asset]
            assert size == pytest.approx(missing, abs=account.fee * account.nav + 1e-6)
            is_small = abs(size) < account.minimum + account.lots[asset] * price + 1e-6
            stays = account.worth[asset] - abs(size)
            fits = {
                OmissionReason.BELOW_MINIMUM: is_small,
                OmissionReason.LEAVES_DUST: size < 0 and stays < account.remainder,
                OmissionReason.NO_CASH: size > 0,
                OmissionReason.NO_USE: size < 0,
                OmissionReason.CLOSED: asset in self.untouchable(),
            }
            assert fits[why], why
        self._left_out = max(self._left_out, sum(abs(o.size) for o in current.plan.omitted))

    def _note_plan(self, current: Round) -> None:
        account, to, trades = self.account, current.destination, current.plan.trades
        self._moved, worth = False, account.worth
        size = sum(trade.notional for trade in trades)
        after = account.nav - account.fee * size
        missing = sum(abs(to[trade.asset] * after - worth[trade.asset]) for trade in trades)
        self._is_short = missing - size > self.slack(current)
        done = self._coins_traded(current)
        if not (self._is_cut() and done != self._before):
            self._tries += 1
        assert self._tries <= TRIES
        self._before = done
        self._plan = {trade.asset: trade.amount for trade in current.plan.trades}
        for order in current.waiting:
            whole, largest = abs(self._plan[order.asset]), account.largest[order.asset]
            assert abs(order.amount) <= min(whole, largest) * (1 + 1e-9)
            assert whole > largest or abs(order.amount) == whole
            assert order.notional >= account.minimum * (1 - 1e-9)

    def _is_cut(self) -> bool:
        largest = self.account.largest
        return any(abs(amount) > largest[asset] for asset, amount in self._plan.items())

    def _coins_traded(self, current: Round) -> dict[str, float]:
        traded = dict.fromkeys(self.account.assets, 0.0)
        for order in self.account.orders:
            if order.tag == current.tag:
                traded[order.asset] += order.filled * (-1 if order.is_sell else 1)
        return traded

    def _check_rest(self, current: Round) -> None:
        """Check that the new plan is what the old one has left. What is too small by now is left
        as it is, and the others share what it would have brought."""
        account, done = self.account, self._coins_traded(current)
        again = {trade.asset: trade.amount for trade in current.plan.trades}
        off, dropped = dict[str, float](), 0.0
        for asset in account.assets:
            price = account.prices[asset]
            left = self._plan.get(asset, 0.0) - (done[asset] - self._before.get(asset, 0.0))
            if isnan(price):
                continue
            if asset not in again and abs(left) * price < account.minimum:
                dropped += abs(left) * price
            else:
                off[asset] = abs(again.get(asset, 0.0) - left) * price
        most = 2 * self.slack(current) + dropped
        assert max(off.values(), default=0.0) <= most, (self._plan, self._before, done, again)

    def _check_arrival(self, current: Round) -> None:
        """Check that a round which nothing hindered has come to where it wanted."""
        account = self.account
        most = account.minimum + self.slack(current)
        for asset in account.assets:
            missing = current.destination[asset] * account.nav - account.worth[asset]
            if not isnan(account.prices[asset]):
                assert abs(missing) <= most

    def slack(self, current: Round) -> float:
        """What lots, small trades and the reserve take from the trades of others. The reserve
        shrinks with the NAV by the fees."""
        account = self.account
        priced = (asset for asset in account.assets if not isnan(account.prices[asset]))
        lots = sum(account.lots[asset] * account.prices[asset] for asset in priced)
        kept = max(0.0, account.reserve - current.destination[STAKE])
        fees = 2 * account.reserve * account.fee
        return lots + self._left_out + (1e-6 + kept + fees) * account.nav
