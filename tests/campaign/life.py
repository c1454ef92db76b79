"""The life of a bot in a scenario: from its first start to calm prices, a stop and the evidence."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.campaign.actions import Action
from tests.campaign.calm import calm_down
from tests.campaign.clock import Clock, World, real_time
from tests.campaign.collect import collect
from tests.campaign.evidence import (
    Evidence,
    Frozen,
    Happened,
    Move,
)
from tests.campaign.hands import BY_API
from tests.campaign.intruders import PATIENCE, LockDatabase
from tests.campaign.keeper import Keeper
from tests.campaign.other_hands import OtherHands
from tests.campaign.scenario import STAKE, Scenario
from tests.campaign.script import FOR_GOOD, REPAIRED, kind_of
from tests.campaign.true_times import ClockChange, clock_change
from tests.campaign.witnessed import Renamed
from tests.support.bot_configs import make_bot_config, with_api
from tests.support.live_bots import Ground, LiveBot

_LONGEST_WAIT = 6.0  # seconds; a bot that hangs in retries is left alone then


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
    keeper, neighbour
        Who keeps the bot, and another one on the same account, if there is one.
    hands
        Those of people and other programs.
    ended, renamed
        The coins whose pairs have ended, and those of them that go on under another name.
    is_limited
        Whether requests are refused as there are too many of them.
    is_blind
        Whether some pair did not trade when the bot was last started, or takes smaller orders than
        then: freqtrade asks for that once an hour.
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
        if any(isinstance(action, BY_API) for action in scenario.script):
            config = with_api(config)
        self.bot: LiveBot = ground.bot(config)
        if any(isinstance(action, LockDatabase) for action in scenario.script):
            self.bot.patience = PATIENCE
        self.keeper = self._keeper(self.bot)
        self.neighbour: Keeper | None = None
        self.hands = OtherHands(self)
        self.moves: list[Move] = []
        self.frozen: list[Frozen] = []
        self.happened: list[Happened] = []
        self._lasting: list[int] = []  # places of what `repair` ends
        self.clock_changes: list[ClockChange] = []
        self.ended: set[str] = set()
        self.renamed: list[Renamed] = []
        self.coarsest: dict[str, Decimal] = {}
        self.dearest_fee = Decimal(0)
        self._disturbances = 0
        self.is_limited = False
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

    def set_clock(self, offset_ms: int) -> None:
        """Let the exchange's clock be wrong by so much."""
        self.clock_changes.append(clock_change(self.ground.trading, offset_ms))

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

    def repair(self) -> None:
        """Let every pair trade, show its true price, and the clock be right."""
        exchange = self.ground.exchange
        if exchange.halted or exchange.offset_ms:
            self.disturb()
        exchange.halted.clear()
        if exchange.offset_ms:
            self.set_clock(0)
        for asset in self.scenario.prices:
            exchange.thaw(f"{asset}/{STAKE}")
            exchange.set_book(f"{asset}/{STAKE}", [], [])
            self._thaw(asset)
        self.hands.repair()
        now = _now_ms()
        for place in self._lasting:
            self.happened[place] = self.happened[place]._replace(ended_ms=now)
        self._lasting.clear()

    def start(self) -> None:
        """Start the bot."""
        self.is_blind = bool(self.ground.exchange.halted)
        self.keeper.start()

    def start_neighbour(self, config: dict[str, Any]) -> None:
        """Start another bot on the account."""
        self.neighbour = self._keeper(self.ground.bot(config, "neighbour"))
        self.neighbour.start()

    def _keeper(self, bot: LiveBot) -> Keeper:
        exchange = self.ground.exchange
        return Keeper(
            bot,
            self.clock,
            lambda: self.disturbances,
            lambda: bool(exchange.halted or exchange.offset_ms or self.is_limited),
        )

    def kill(self) -> None:
        """Kill the bot, if it has not ended by itself."""
        self.keeper.kill()

    def nap(self, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Stop the bots and start them as if they had been away for so long."""
        self._stop()
        neighbour = self.neighbour if seconds else None
        if neighbour is not None:
            neighbour.stop()
        meanwhile()
        self.clock.skip(self.bot, seconds)
        if neighbour is not None:
            self.clock.skip(neighbour.bot, seconds)
            neighbour.start()
        self.start()

    def keep_alive(self) -> None:
        """Start every bot that is dead."""
        if self.neighbour is not None:
            self.neighbour.keep_alive()
        if self.keeper.keep_alive():
            self.is_blind = bool(self.ground.exchange.halted)

    def wait(self, loops: int, what: Callable[[], object] = lambda: False) -> None:
        """Wait for loops of the bot, or for something, but not for ever."""
        wanted = self.bot.records.loops + loops
        end = self.clock.now() + _LONGEST_WAIT
        while self.bot.records.loops < wanted and self.clock.now() < end and not what():
            self.keep_alive()
            self.clock.sleep(0.01)

    def wait_for_order(self) -> None:
        """Wait until the exchange has taken one more order, but not for long."""
        account = self.ground.trading.account
        taken = len(account.orders)
        self.wait(2, lambda: len(account.orders) > taken)

    def play(self) -> Evidence:
        """Let everything happen, then let prices stand still, and return what is left."""
        self.start()
        for action in self.scenario.script:
            began = _now_ms()
            action.happen(self)
            self._note(action, began)
            self.keep_alive()
        loops = calm_down(self)
        for keeper in (self.neighbour, self.keeper):
            if keeper is not None:
                keeper.stop()
        return collect(self, loops)

    def _note(self, action: Action, began_ms: int) -> None:
        ended = sys.maxsize if isinstance(action, (*REPAIRED, *FOR_GOOD)) else _now_ms()
        asset = getattr(action, "asset", None)
        if isinstance(action, REPAIRED):
            self._lasting.append(len(self.happened))
        self.happened.append(Happened(kind_of(action), asset, began_ms, ended))

    def _stop(self) -> None:
        if self.bot.alive:
            self.wait(1)
        self.keeper.stop()


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
            if life.neighbour is not None:
                life.neighbour.bot.kill()


def _now_ms() -> int:
    return int(time.time() * 1000)
