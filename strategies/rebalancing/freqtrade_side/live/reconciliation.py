"""What happened around the rounds: cash and coins that came or went, and what a person sold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from rebalancing.account.adoption import adopted_values
from rebalancing.events.account import Adopted, CashFlow
from rebalancing.freqtrade_side.live.coin_flows import CoinFlows
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.hands_off import HandsOff
from rebalancing.freqtrade_side.live.memory import Memory
from rebalancing.freqtrade_side.live.trade_writer import TradeWriter
from rebalancing.freqtrade_side.present.quotes import Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.own_orders import Holding
from rebalancing.policy.guards import guards_of, targets_in_force
from rebalancing.policy.policy import Policy


class Reconciliation:
    """Takes stock while no order is open.

    Parameters
    ----------
    trade_writer : TradeWriter
        Enters adopted coins.
    """

    def __init__(
        self,
        policy: Policy,
        snapshots: Snapshots,
        memory: Memory,
        trade_writer: TradeWriter,
        diary: Diary,
    ) -> None:
        self._snapshots = snapshots
        self._setup = snapshots.setup
        self._account = snapshots.account
        self._policy = policy
        self._memory = memory
        self._trade_writer = trade_writer
        self._diary = diary
        self._coin_flows = CoinFlows(snapshots, trade_writer, diary)
        self._hands_off = HandsOff(policy, snapshots, memory, diary)

    def take(self, now: datetime, quotes: Quotes) -> bool:
        """Book cash flows, respect what the user sold, adopt what is new.

        Parameters
        ----------
        now : datetime
            UTC.
        quotes : Quotes
            Prices that can be trusted.

        Returns
        -------
        bool
            False if coins or cash have only just gone, or come: nothing is booked or decided on
            one answer of the exchange, and before freqtrade has asked it for a sale by hand.
        """
        if not self._coin_flows.book(now, quotes, own_orders.holdings()):
            return False
        held = own_orders.holdings()
        if not self._book_flows(now, quotes, held):
            return False
        self._hands_off.look(now, held)
        if self._setup.settings.adopt_holdings and not quotes.trouble:
            self._adopt(now, quotes, held)
        return True

    def _book_flows(self, now: datetime, quotes: Quotes, held: Mapping[str, Holding]) -> bool:
        is_first = self._account.book is None
        worth = float(self._snapshots.portfolio(quotes.prices, held).values[:-1].sum())
        flows = self._account.settle(now, worth, held)
        if flows is None:
            return False
        for when, amount in flows:
            self._diary.write(when, CashFlow(amount, self._setup.stake, is_first))
        self._memory.note(book=self._account.book, flows=self._account.flows)
        return True

    def _adopt(self, now: datetime, quotes: Quotes, held: Mapping[str, Holding]) -> None:
        """Take in what the account has beyond the portfolio and has not been seen before."""
        portfolio = self._snapshots.portfolio(quotes.prices, held)
        prices = np.nan_to_num(portfolio.prices)
        coins = np.array([self._account.coins(asset) for asset in self._setup.assets])
        seen = np.array([self._memory.state.spare.get(asset, 0.0) for asset in self._setup.assets])
        everything = self._setup.settings.adopt_holdings == "all"
        if everything and self._memory.state.adopts is True:
            seen[:] = 0.0  # left while no more was adopted than the targets wanted
        # In the account and not the portfolio's; what is hands off waits until resume.
        beyond = np.maximum(coins - portfolio.amounts, 0.0)
        beyond = np.where(self._policy.mask(self._memory.state.hands_off), seen, beyond)
        self._memory.note(adopts=self._setup.settings.adopt_holdings)
        minimum = self._snapshots.rules(portfolio).minimum
        guards = guards_of(self._policy, self._memory.state, now)
        targets = targets_in_force(self._policy, portfolio, guards)
        new = np.maximum(beyond - seen, 0.0) * prices
        new[~(new >= minimum) | (targets[:-1] <= 0)] = 0.0
        taken = adopted_values(portfolio.values, new, targets, everything)
        for i in map(int, np.flatnonzero((taken >= minimum) & (taken > 0))):
            amount = float(taken[i] / prices[i])
            self._take_over(now, i, amount, float(prices[i]))
            beyond[i] -= amount
        if new.any() or (beyond < seen).any():
            self._memory.note(spare=dict(zip(self._setup.assets, beyond.tolist(), strict=True)))

    def _take_over(self, now: datetime, i: int, amount: float, price: float) -> None:
        asset, pair = self._setup.assets[i], self._setup.pairs[i]
        amount = self._trade_writer.adopt(pair, amount, price, now)
        self._account.balance_adopted(asset, amount, amount * price)
        self._diary.write(now, Adopted(asset, amount, price, self._setup.stake))
