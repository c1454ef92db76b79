"""A policy over a history of prices: the decisions of a backtest and the fills it would have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from rebalancing.decide import decide, take
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Portfolio, Vector, holding_values
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from rebalancing.policy.schedule import sleeps
from rebalancing.resume import begun
from rebalancing.rounds.events import RoundClosed, RoundEvent
from rebalancing.rounds.plan import Trade
from rebalancing.rounds.round import Fill
from rebalancing.state import State
from rebalancing.view import View

FULL = 0.5
"""Part of a lot that freqtrade sells along where it would be left behind."""


@dataclass(frozen=True)
class SimulatedOrder:
    """An order, filled at once.

    Parameters
    ----------
    time : datetime
        UTC, the start of its candle.
    tag : str
        Of its round.
    amount : float
        Coins, bought positive.
    price : float
        Stake currency for one coin.
    fee : float
        Stake currency.
    """

    time: datetime
    tag: str
    asset: str
    amount: float
    price: float
    fee: float


@dataclass(frozen=True, eq=False)
class Simulation:
    """What a policy would have done.

    Parameters
    ----------
    times : array of int, shape (rows,)
        Starts of the candles, seconds since 1970 (UTC).
    nav : array, shape (rows,)
        Stake currency, at the last closes before each candle, however old, and before what is
        decided then.
    orders : tuple of SimulatedOrder
        Oldest first.
    events : tuple of (datetime, RoundEvent)
        What happened to rounds, oldest first.
    amounts : array, shape (assets,)
        Coins at the end.
    cash : float
        Stake currency at the end.
    """

    times: np.ndarray[tuple[int], np.dtype[np.int64]]
    nav: Vector
    orders: tuple[SimulatedOrder, ...]
    events: tuple[tuple[datetime, RoundEvent], ...]
    amounts: Vector
    cash: float

    @property
    def rounds(self) -> tuple[RoundClosed, ...]:
        """The rounds that ended, oldest first."""
        return tuple(event for _, event in self.events if isinstance(event, RoundClosed))


def simulate(policy: Policy, prices: PriceMatrix, markets: Markets, cash: float) -> Simulation:
    """Follow a policy through a history of prices.

    Parameters
    ----------
    prices : PriceMatrix
        Of the policy's assets, with opens.
    markets : Markets
        Lots, minimums and fee.
    cash : float
        Stake currency at the start.

    Returns
    -------
    Simulation
        What freqtrade's backtest does from its second candle on: a decision at the start of each
        candle, from the closes before it; orders fill at the open of the candle, sells before
        buys, amounts cut to whole lots. An asset without a candle trades nothing in it.
    """
    return _Walk(policy, prices, markets, cash).to_the_end()


@dataclass
class _Walk:
    """A simulation under way."""

    policy: Policy
    prices: PriceMatrix
    markets: Markets
    cash: float
    amounts: Vector = field(init=False)
    state: State = field(init=False)
    executed: dict[str, Fill] = field(init=False, default_factory=dict)
    held: list[str] = field(init=False, default_factory=list)  # in the order of buying
    orders: list[SimulatedOrder] = field(init=False, default_factory=list)
    events: list[tuple[datetime, RoundEvent]] = field(init=False, default_factory=list)

    def to_the_end(self) -> Simulation:
        known, opens = self.prices.known, self.prices.opens()
        self.amounts = np.zeros(known.shape[1])
        self.state = begun(self.policy)
        times = self.prices.first + self.prices.seconds * np.arange(len(known))
        nav, newest = np.empty(len(known)), self.prices.newest()
        for row in range(len(known)):
            nav[row] = holding_values(self.amounts, newest[row], self.cash).sum()
            if row == len(known) - 1:  # freqtrade opens no trade in the last candle
                opens[row][self.amounts == 0] = np.nan
            if row > 0:
                self._pass(datetime.fromtimestamp(int(times[row]), UTC), known[row], opens[row])
        happened = tuple(self.orders), tuple(self.events)
        return Simulation(times, nav, *happened, self.amounts, self.cash)

    def _pass(self, moment: datetime, known: Vector, opens: Vector) -> None:
        if sleeps(self.policy, self.state, moment) or np.isnan(known).all():
            return
        portfolio = Portfolio(self.policy.assets, self.amounts.copy(), known, self.cash)
        smallest = self.policy.settings.min_trade
        view = View(
            moment,
            portfolio,
            lambda: self.markets.rules(known, smallest),
            self.executed,
            past=lambda: self.prices.past(moment),
        )
        decision = decide(self.policy, self.state, view)
        self.state = decision.state
        self.events += [(moment, event) for event in decision.events]
        if self.state.round is not None and self.state.round.is_waiting:
            self._order(moment, opens)

    def _order(self, moment: datetime, opens: Vector) -> None:
        """Order what the round wants, sells first, as far as there are candles to fill it."""
        current = self.state.round
        assert current is not None
        if current.started == moment:
            self.executed = {}
        for asset in self._in_turn(current.sellers, current.buyers):
            i = self.policy.assets.index(asset)
            if np.isnan(opens[i]):
                continue
            self.state, trade = take(self.state, asset, moment)
            if trade is not None:
                amount = self._amount(trade, i, float(opens[i]))
                if amount != 0:
                    self._fill(moment, trade, i, amount, float(opens[i]))

    def _in_turn(self, sellers: frozenset[str], buyers: frozenset[str]) -> list[str]:
        """Return sellers, then buyers of what is held, then of what is not, as freqtrade does.

        What one buy leaves of a lot is the next one's. What is held stays in this order.
        """
        turn = dict.fromkeys(buyers, 1) | dict.fromkeys(sellers, 0)
        self.held.sort(key=lambda asset: turn.get(asset, 2))
        others = (asset for asset in self.policy.assets if asset not in self.held)
        return [asset for asset in (*self.held, *others) if asset in turn]

    def _amount(self, trade: Trade, i: int, price: float) -> float:
        """Return the coins that freqtrade orders, bought positive."""
        lot = float(self.markets.lots[i])
        if trade.is_sell:
            held = float(self.amounts[i])
            return -held if -trade.amount >= held - lot * FULL else trade.amount
        assert self.state.round is not None
        stake = self.state.round.share(trade, self.cash, self.markets.fee)
        return _cut_to_lots(stake / price, lot)

    def _fill(self, moment: datetime, trade: Trade, i: int, amount: float, price: float) -> None:
        assert self.state.round is not None
        fee = abs(amount) * price * self.markets.fee
        if self.amounts[i] == 0:
            self.held.append(trade.asset)
        self.amounts[i] += amount
        if self.amounts[i] == 0:
            self.held.remove(trade.asset)
        self.cash -= amount * price + fee
        done = self.executed.get(trade.asset, Fill())
        sold, bought = max(0.0, -amount), max(0.0, amount) * price
        self.executed[trade.asset] = Fill(done.sold + sold, done.bought + bought)
        order = SimulatedOrder(moment, self.state.round.tag, trade.asset, amount, price, fee)
        self.orders.append(order)


def _cut_to_lots(amount: float, lot: float) -> float:
    """Cut coins to whole lots as ccxt does, in decimals: a hair below a lot is the lot before."""
    if lot <= 0:
        return amount
    step = Decimal(repr(lot))
    return float(Decimal(repr(amount)) // step * step)
