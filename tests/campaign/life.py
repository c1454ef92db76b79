"""The life of a bot in a scenario: from its first start to calm prices, a stop and the evidence."""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from sandbox.errors import SandboxError
from tests.campaign.actions import Action
from tests.campaign.calm import calm_down
from tests.campaign.checks.traces import OLD_DATABASE
from tests.campaign.clock import Clock, World, real_time
from tests.campaign.evidence import (
    Death,
    Evidence,
    Frozen,
    Happened,
    Move,
    Payment,
    collect,
)
from tests.campaign.scenario import STAKE, Scenario
from tests.campaign.script import FOR_GOOD, REPAIRED, kind_of
from tests.live_bots import (
    SIGINT_STATUS,
    UNKNOWN_STATUS,
    Ground,
    LiveBot,
    make_bot_config,
)

_LONGEST_WAIT = 6.0  # seconds; a bot that hangs in retries is left alone then
_KEPT = 0.5  # of the cash at the start: with less, too many orders would be too small
_ABORTING = "SIGINT received, aborting"  # the last words of an interrupted freqtrade
_ENDING = "calling exit"  # what it says when it has been interrupted
_RESTART_SECONDS = 1.0  # until a bot that ended by itself is started again


class Life:
    """One bot, its exchange, and what happened to them.

    Parameters
    ----------
    scenario
        What is to happen.
    ground
        The exchange.
    clock
        Lets time pass.

    Attributes
    ----------
    prices
        Those of now, stake currency, by asset.
    is_blind
        Whether some pair did not trade when the bot was last started: freqtrade asks once an hour
        which pairs do, so that it stays out till then.
    """

    def __init__(self, scenario: Scenario, ground: Ground, clock: Clock) -> None:
        self.scenario = scenario
        self.ground = ground
        self.clock = clock
        config = make_bot_config(
            scenario.rebalance,
            scenario.assets,
            scenario.kind,
            dry_run=scenario.dry_run,
            dry_run_wallet=scenario.cash,
        )
        self.bot: LiveBot = ground.bot(config)
        self.moves: list[Move] = []
        self.frozen: list[Frozen] = []
        self.payments: list[Payment] = []
        self.deaths: list[Death] = []
        self.happened: list[Happened] = []
        self._lasting: list[int] = []  # places of what `repair` ends
        self.coarsest: dict[str, Decimal] = {}
        self.dearest_fee = Decimal(0)
        self.starts = 0
        self.stubborn = False
        self._disturbances = 0
        self._seen = 0
        self.is_blind = False
        self.prices = dict(scenario.prices)
        self.move(self.prices)

    @property
    def disturbances(self) -> int:
        """How much has gone wrong so far on the exchange's side."""
        return self._disturbances + len(self.ground.faults.fired)

    def disturb(self) -> None:
        """Note that something goes wrong that is no fault of a request."""
        self._disturbances += 1

    def move(self, prices: Mapping[str, float]) -> None:
        """Let coins trade at other prices from now on."""
        for asset, price in prices.items():
            self.prices[asset] = price
            self.ground.set_prices(**{asset: price})
            self.moves.append(Move(_now_ms(), asset, price))

    def freeze(self, asset: str) -> None:
        """Let a pair show its price of now until it is repaired."""
        self.disturb()
        self.ground.exchange.freeze(f"{asset}/{STAKE}")
        self._thaw(asset)
        self.frozen.append(Frozen(asset, self.prices[asset], _now_ms(), sys.maxsize))

    def _thaw(self, asset: str) -> None:
        now = _now_ms()
        self.frozen = [
            one._replace(ended_ms=min(one.ended_ms, now)) if one.asset == asset else one
            for one in self.frozen
        ]

    @property
    def spare_cash(self) -> float:
        """What may be withdrawn so that the rest can follow the policy: of what is free, what is
        beyond the investment."""
        account = self.ground.trading.account
        worth = sum(
            float(balance.total) * self.prices.get(asset, 1.0)
            for asset, balance in account.balances.items()
        )
        free = min(float(account.balance(STAKE).free), worth - _KEPT * self.scenario.cash)
        investment = self.scenario.rebalance.get("investment")
        if investment is None:
            return max(0.0, free)
        mine = [entry for entry in account.ledger if entry.asset == STAKE and entry.order_id]
        cash = investment + float(sum(entry.free + entry.locked for entry in mine))
        return max(0.0, free - cash)

    def pay(self, amount: float) -> None:
        """Deposit, or withdraw where the amount is negative."""
        trading = self.ground.trading
        try:
            if amount > 0:
                trading.deposit(STAKE, amount)
            else:
                trading.withdraw(STAKE, -amount)
        except SandboxError:
            return  # an order has taken the money meanwhile
        self.payments.append(Payment(_now_ms(), amount))

    def repair(self) -> None:
        """Let every pair trade, show its true price, and the clock be right."""
        exchange = self.ground.exchange
        if exchange.halted or exchange.offset_ms:
            self.disturb()
        exchange.halted.clear()
        exchange.offset_ms = 0
        for asset in self.scenario.prices:
            exchange.thaw(f"{asset}/{STAKE}")
            exchange.set_book(f"{asset}/{STAKE}", [], [])
            self._thaw(asset)
        now = _now_ms()
        for place in self._lasting:
            self.happened[place] = self.happened[place]._replace(ended_ms=now)
        self._lasting.clear()

    def start(self) -> None:
        """Start the bot."""
        self._seen = self.disturbances
        self.is_blind = bool(self.ground.exchange.halted)
        self.starts += 1
        self.bot.start()

    def kill(self) -> None:
        """Kill the bot, if it has not ended by itself."""
        if not self.bot.alive:
            self._note_death()
        self.bot.kill()

    def nap(self, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Stop the bot and start it as if it had been away for so long."""
        if self.bot.alive:
            self._stop()
        else:
            self._note_death()
        meanwhile()
        self.clock.skip(self.bot, seconds)
        self.start()

    def keep_alive(self) -> None:
        """Start the bot where it is dead, as a service manager does."""
        if not self.bot.alive:
            self._note_death()
            if self.bot.status != -signal.SIGKILL:
                self.clock.sleep(_RESTART_SECONDS)
            self.start()

    def wait(self, loops: int, what: Callable[[], object] = lambda: False) -> None:
        """Wait for loops of the bot, or for something, but not for ever."""
        wanted = self.bot.records.loops + loops
        end = self.clock.now() + _LONGEST_WAIT
        while self.bot.records.loops < wanted and self.clock.now() < end and not what():
            self.keep_alive()
            self.clock.sleep(0.01)

    def play(self) -> Evidence:
        """Let everything happen, then let prices stand still, and return what is left."""
        self.start()
        for action in self.scenario.script:
            began = _now_ms()
            action.happen(self)
            self._note(action, began)
            self.keep_alive()
        loops = calm_down(self)
        if self.bot.alive:
            self._stop()
        else:
            self._note_death()
        return collect(self, loops)

    def _note(self, action: Action, began_ms: int) -> None:
        ended = sys.maxsize if isinstance(action, (*REPAIRED, *FOR_GOOD)) else _now_ms()
        asset = getattr(action, "asset", None)
        if isinstance(action, REPAIRED):
            self._lasting.append(len(self.happened))
        self.happened.append(Happened(kind_of(action), asset, began_ms, ended))

    def _stop(self) -> None:
        # Interrupted before its first loop freqtrade may end in any way.
        self.wait(1)
        if self.bot.loops_of_this_life == 0:
            self.bot.kill()
            return
        # Interrupted within a request, freqtrade may try others while it ends, or wait for a lock
        # of the connection's that the interrupt has left; a person then presses Ctrl-C again.
        status = self.bot.stop(presses=2)
        if self.bot.presses > 1:
            self.stubborn = True
            if _ENDING not in self.bot.records.log[-5_000:]:
                self.deaths.append(Death(status, disturbed=False))  # it never heard the first
        ended = status == UNKNOWN_STATUS and _ABORTING in self.bot.records.log[-200:]
        if status != SIGINT_STATUS and not ended:
            self.deaths.append(Death(status, disturbed=False))

    def _note_death(self) -> None:
        status = self.bot.status
        if status is not None and status >= 0:
            exchange = self.ground.exchange
            wrong = self.disturbances > self._seen or exchange.halted or exchange.offset_ms
            wrong = wrong or OLD_DATABASE in self.bot.records.log[-2000:]
            self.deaths.append(Death(status, disturbed=bool(wrong)))


@contextmanager
def living(scenario: Scenario, folder: Path, world: World = real_time) -> Iterator[Life]:
    """Open an exchange for a scenario and kill the bot whatever happens."""
    balances = {STAKE: scenario.cash, "BNB": scenario.fee_coins}
    with world(
        folder,
        scenario.prices,
        {asset: amount for asset, amount in balances.items() if amount},
        seed=scenario.seed,
        depth=scenario.depth,
        fees=scenario.fees,
    ) as (ground, clock):
        life = Life(scenario, ground, clock)
        try:
            yield life
        finally:
            life.bot.kill()


def _now_ms() -> int:
    return int(time.time() * 1000)
