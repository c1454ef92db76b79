"""An open round: what it still wants of each asset, and when it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Portfolio
from rebalancing.policy.reason import Reason
from rebalancing.rounds.plan import Plan, Trade
from rebalancing.rounds.tag import round_tag

MAX_TRIES = 5
"""Plans a round makes before it gives up."""


@dataclass(frozen=True)
class Fill:
    """What the orders of a round have executed for one asset so far.

    Parameters
    ----------
    sold : float
        Coins.
    bought : float
        Stake currency paid, fees apart.
    """

    sold: float = 0.0
    bought: float = 0.0


class Round(BaseModel):
    """One complete rebalance: where it goes, its newest plan, and what is left of that.

    Parameters
    ----------
    number : int
        0 for the initial allocation, then counted up.
    reason : Reason
        Why it started.
    ordered_at : datetime or None
        Of its newest order; None before the first.
    destination : dict of str to float
        The weights it aims at by member, the stake currency among them, fixed at its start.
    members : tuple of str
        Assets it trades; those that are finished leave.
    goals : dict of str to (float, float)
        By asset, the coins that it should have sold and the stake currency that it should have
        bought for in the end.
    tries : int
        Plans it has made; one that only continues what was too large for one order is none.
    plan : Plan
        The newest. Like all that follows it is not written down: after a restart the round is
        planned again from what was executed before anything is ordered.
    waiting : tuple of Trade
        Trades of the plan that have not been ordered.
    executed : dict of str to Fill
        What the round had executed when it was planned.
    is_cut : bool
        An order of the plan is smaller than its trade.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    reason: Reason
    started: datetime
    ordered_at: datetime | None = None
    destination: dict[str, float]
    members: tuple[str, ...]
    goals: dict[str, tuple[float, float]] = Field(default_factory=dict)
    tries: int = 0
    plan: Plan = Field(default=Plan(), exclude=True)
    waiting: tuple[Trade, ...] = Field(default=(), exclude=True)
    executed: dict[str, Fill] = Field(default_factory=dict, exclude=True)
    is_cut: bool = Field(default=False, exclude=True)

    def changed(self, **facts: Any) -> Round:
        """Return the round with other facts."""
        return self.model_copy(update=facts)

    @property
    def tag(self) -> str:
        """The round as it stands in order tags, like ``r12 threshold BTC +3.4pp``."""
        return round_tag(self.number, self.reason)

    @property
    def sellers(self) -> frozenset[str]:
        """Assets of which something is still to be sold."""
        return frozenset(trade.asset for trade in self.waiting if trade.is_sell)

    @property
    def buyers(self) -> frozenset[str]:
        """Assets of which something is still to be bought."""
        return frozenset(trade.asset for trade in self.waiting if not trade.is_sell)

    @property
    def is_waiting(self) -> bool:
        """Some trades of the plan have not been ordered yet."""
        return bool(self.waiting)

    @property
    def wanted(self) -> dict[str, Fill]:
        """What its orders should have executed when all is done, by asset."""
        return {asset: Fill(*goal) for asset, goal in self.goals.items()}

    def adopt(self, plan: Plan, fills: Mapping[str, Fill], pieces: Mapping[str, float]) -> Round:
        """Return the round with a plan for what is left.

        Parameters
        ----------
        plan : Plan
            Trades from now on.
        fills : mapping of str to Fill
            What this round has executed before, by asset; an asset without orders is absent.
        pieces : mapping of str to float
            The first order of trades that are too large for one, coins; plans that follow
            continue them.
        """
        goals = dict(self.goals)
        for trade in plan.trades:
            done = fills.get(trade.asset, Fill())
            goals[trade.asset] = (
                done.sold + (-trade.amount if trade.is_sell else 0.0),
                done.bought + (0.0 if trade.is_sell else trade.notional),
            )
        return self.changed(
            plan=plan,
            goals=goals,
            tries=self.tries + 1,
            waiting=tuple(_cut(trade, pieces) for trade in plan.trades),
            executed=dict(fills),
            is_cut=bool(pieces),
        )

    def credit(self, fills: Mapping[str, Fill]) -> Round:
        """Return the round without the try of a plan that only continues another.

        Such a plan orders what was too large for one order.
        """
        if not self.is_cut or dict(fills) == self.executed:
            return self
        return self.changed(tries=self.tries - 1, is_cut=False)

    def continues(self, trade: Trade) -> bool:
        """Tell whether a trade goes the way this round began for its asset.

        A round does not sell again what it bought because prices moved while it was open.
        """
        sold, _ = self.goals.get(trade.asset, (0.0, 0.0))
        return (sold > 0) == trade.is_sell

    def take(self, asset: str, now: datetime) -> tuple[Round, Trade | None]:
        """Hand out the trade of an asset, once.

        Parameters
        ----------
        now : datetime
            The time of the order.

        Returns
        -------
        Round
            Without that trade.
        Trade or None
            None if the plan wants nothing (more) of the asset, or wants to buy while there are
            still sells that have not been ordered.
        """
        trade = next((trade for trade in self.waiting if trade.asset == asset), None)
        if trade is None or (not trade.is_sell and self.sellers):
            return self, None
        rest = tuple(other for other in self.waiting if other is not trade)
        return self.changed(waiting=rest, ordered_at=now), trade

    def share(self, buy: Trade, spendable: float, fee: float) -> float:
        """Return what a buy just taken may cost, so that all buys together stay within the cash.

        Parameters
        ----------
        buy : Trade
            As `take` gave it.
        spendable : float
            Stake currency that is really there, fees not yet booked taken off.
        fee : float
            Fraction charged on top.

        Returns
        -------
        float
            Stake currency without the fee: the planned notional, or its part of the cash if
            the sells brought less than planned. The order of the buys makes no difference.
        """
        wanted = buy.notional + sum(trade.notional for trade in self.waiting if not trade.is_sell)
        return buy.notional * min(1.0, max(0.0, spendable) / (wanted * (1 + fee)))

    def unfinished(
        self, portfolio: Portfolio, rules: MarketRules, fills: Mapping[str, Fill]
    ) -> Mask:
        """Tell for which assets the executed orders fall short of the plan by a trade or more.

        Parameters
        ----------
        portfolio : Portfolio
            For the prices of now.
        rules : MarketRules
            For the smallest trades; less than that is not worth going on for.
        fills : mapping of str to Fill
            Executed in this round so far, by asset.

        Returns
        -------
        bool array, shape (assets,)
        """
        left = np.zeros(len(portfolio.assets))
        for i, asset in enumerate(portfolio.assets):
            goal, done = Fill(*self.goals.get(asset, (0.0, 0.0))), fills.get(asset, Fill())
            coins = max(0.0, goal.sold - done.sold)
            left[i] = coins * portfolio.prices[i] + max(0.0, goal.bought - done.bought)
        short: Mask = left >= rules.minimum
        return short


def _cut(trade: Trade, pieces: Mapping[str, float]) -> Trade:
    size = pieces.get(trade.asset)
    return trade if size is None else replace(trade, amount=-size if trade.is_sell else size)
