"""An account to which everything happens, and the loop of a bot that only knows how to decide.

All sums are plain numbers by asset: nothing of the product's arithmetic is used.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor, isnan

import numpy as np

from rebalancing.config.settings import Settings
from rebalancing.decide import ask, awaited, decide, forget, take
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause
from rebalancing.resume import begun, resumed
from rebalancing.rounds.events import RoundEvent
from rebalancing.rounds.plan import Trade
from rebalancing.rounds.round import Fill
from rebalancing.state import State
from rebalancing.view import Decision, View
from tests.support.builders import START

STAKE = "USDT"


@dataclass
class RestingOrder:
    """An order at the exchange: coins, negative for a sell, and how many of them were filled."""

    asset: str
    tag: str
    amount: float
    price: float
    at: datetime
    filled: float = 0.0
    is_open: bool = True

    @property
    def is_sell(self) -> bool:
        return self.amount < 0

    @property
    def left(self) -> float:
        """Coins that may still be filled, positive."""
        return abs(self.amount) - self.filled if self.is_open else 0.0


@dataclass
class RoughAccount:
    """What the exchange has of a portfolio, and what a bot does with it.

    Attributes
    ----------
    locked, doubted : set of str
        Assets that cannot be traded, or whose price cannot be trusted.
    refusing : dict of str to str
        Assets whose orders are refused, and why.
    refused, made
        Assets whose orders were refused, or accepted, since the bot last looked.
    """

    settings: Settings
    cash: float
    fee: float
    minimum: float
    remainder: float
    reserve: float
    coins: dict[str, float]
    prices: dict[str, float]
    lots: dict[str, float]
    largest: dict[str, float]
    now: datetime = START
    locked: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    refusing: dict[str, str] = field(default_factory=dict)
    orders: list[RestingOrder] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.policy = self._policy()
        self.state = begun(self.policy)

    def _policy(self) -> Policy:
        return Policy(self.settings, tuple(self.coins), STAKE, self.reserve)

    # What there is.

    @property
    def assets(self) -> tuple[str, ...]:
        return tuple(self.coins)

    @property
    def open_orders(self) -> list[RestingOrder]:
        return [order for order in self.orders if order.is_open]

    @property
    def worth(self) -> dict[str, float]:
        """Stake currency in each member; 0 where there is no price."""
        held = {a: self.coins[a] * self.prices[a] for a in self.assets}
        return {**{a: 0.0 if isnan(v) else v for a, v in held.items()}, STAKE: self.cash}

    @property
    def nav(self) -> float:
        return sum(self.worth.values())

    @property
    def free_cash(self) -> float:
        """Cash that no open buy has locked."""
        buys = (order for order in self.open_orders if not order.is_sell)
        return self.cash - sum(order.left * order.price * (1 + self.fee) for order in buys)

    def free_coins(self, asset: str) -> float:
        """Coins that no open sell has locked."""
        sells = (order for order in self.open_orders if order.is_sell and order.asset == asset)
        return self.coins[asset] - sum(order.left for order in sells)

    def executed(self, tag: str) -> dict[str, Fill]:
        """What the orders of a round have executed, by asset."""
        sums: dict[str, list[float]] = {}
        for order in self.orders:
            if order.tag == tag and order.filled > 0:
                done = sums.setdefault(order.asset, [0.0, 0.0])
                done[0] += order.filled if order.is_sell else 0.0
                done[1] += 0.0 if order.is_sell else order.filled * order.price
        return {asset: Fill(*done) for asset, done in sums.items()}

    # What happens at the exchange.

    def fill(self, order: RestingOrder, share: float) -> None:
        """Fill a part of what is left of an order; all of it ends the order."""
        amount = order.left if share == 1 else order.left * share
        order.filled = abs(order.amount) if share == 1 else order.filled + amount
        order.is_open = share < 1
        sign = -1 if order.is_sell else 1
        self.coins[order.asset] += sign * amount
        if abs(self.coins[order.asset]) < 1e-9 * amount:
            self.coins[order.asset] = 0.0
        self.cash -= sign * amount * order.price + self.fee * amount * order.price

    # What the bot does.

    def view(self, is_fresh: bool = True) -> View:
        """What the bot knows now; what became of its orders is told once."""
        current = self.state.round
        held, prices = list(self.coins.values()), list(self.prices.values())
        portfolio = Portfolio(self.assets, np.array(held), np.array(prices), self.cash)
        lots, largest = np.array(list(self.lots.values())), np.array(list(self.largest.values()))
        same = np.ones(len(held))
        least = self.minimum * same, self.remainder * same
        refused, made = self.refused, self.made
        self.refused, self.made = {}, set()
        return View(
            self.now,
            portfolio,
            lambda: MarketRules(lots, *least, self.fee, largest),
            {} if current is None else self.executed(current.tag),
            open_orders=bool(self.open_orders),
            may_open=not self.open_orders and not self.doubted,
            is_fresh=is_fresh,
            locked=np.array([asset in self.locked for asset in self.assets]),
            doubted=np.array([asset in self.doubted for asset in self.assets]),
            refused=refused,
            made=made,
        )

    def decide(self, view: View) -> Decision:
        """Decide, and go on with what was decided."""
        decision = decide(self.policy, self.state, view)
        self.state = decision.state
        return decision

    def look(self, is_fresh: bool = True) -> tuple[View, tuple[RoundEvent, ...]]:
        """Decide on what is known now, on fresh balances where they are asked for."""
        absent = [asset for asset in self.assets if isnan(self.prices[asset])]
        waiting = awaited(self.policy, self.state, absent)
        if waiting != self.state.awaited:
            self.state = self.state.changed(awaited=waiting)
        view = self.view(is_fresh)
        decision = self.decide(view)
        if not decision.needs_balances:
            return view, decision.events
        assert not is_fresh
        assert self.state.round is None
        view = self.view()
        return view, (*decision.events, *self.decide(view).events)

    def take(self, asset: str) -> Trade | None:
        """Take the trade of an asset; buys wait for what open sells bring."""
        sells = any(order.is_sell for order in self.open_orders)
        current = self.state.round
        if self.state.is_held or current is None or (sells and asset not in current.sellers):
            return None
        self.state, trade = take(self.state, asset, self.now)
        return trade

    def send(self, trade: Trade) -> RestingOrder | None:
        """Send an order as the bot does; None if it was refused, or too small by now."""
        current = self.state.round
        assert current is not None
        amount = trade.amount
        if not trade.is_sell:
            stake = current.share(trade, self.free_cash, self.fee)
            amount = self._whole(trade.asset, stake / trade.price)
        why = self.refusing.get(trade.asset)
        if trade.is_sell and -amount > self.free_coins(trade.asset) * (1 + 1e-9):
            why = "not enough coins"  # they left while other orders of the round were open
        if amount * trade.price < self.minimum * (1 - 1e-9) and not trade.is_sell:
            why = "not enough cash"
        if why is not None:
            self.refused[trade.asset] = why
            return None
        self.made.add(trade.asset)
        order = RestingOrder(trade.asset, current.tag, amount, trade.price, self.now)
        self.orders.append(order)
        return order

    def _whole(self, asset: str, amount: float) -> float:
        lot = self.lots[asset]
        return floor(amount / lot + 1e-9) * lot if lot else amount

    # What a person does.

    def restart(self, settings: Settings | None = None) -> None:
        """End, and go on from what was written down, with other settings if there are some."""
        self.settings = settings or self.settings
        self.policy = self._policy()
        written = State.model_validate_json(self.state.model_dump_json())
        self.state = resumed(self.policy, written, self.now)

    def resume(self) -> None:
        """Let the bot go on, with what it was to keep its hands off, too."""
        if out := self.state.hands_off:
            self.state = ask(forget(self.state, out), Cause.RESUMED)
        self.state = self.state.changed(paused=None, hands_off=(), setbacks={})

    def pass_time(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
