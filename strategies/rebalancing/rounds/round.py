"""An open round: what it still wants of each asset, and when it is complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Portfolio, Vector
from rebalancing.policy.triggers import Reason
from rebalancing.rounds.plan import Plan, Trade
from rebalancing.rounds.tag import round_tag
from rebalancing.state import RoundState

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


def _cut(trade: Trade, pieces: Mapping[str, float]) -> Trade:
    size = pieces.get(trade.asset)
    return trade if size is None else replace(trade, amount=-size if trade.is_sell else size)


@dataclass
class Round:
    """One complete rebalance: where it goes, its plans, and what is left of them.

    Parameters
    ----------
    number : int
        0 for the initial allocation, then counted up.
    reason : Reason
        Why it started.
    started : datetime
        When.
    destination : array, shape (assets + 1,)
        The weights it aims at, fixed at its start.
    members : bool array, shape (assets,)
        Assets it trades; those that are finished leave.
    tries_before : int
        Plans it made before a restart.
    """

    number: int
    reason: Reason
    started: datetime
    destination: Vector
    members: Mask
    plans: list[Plan] = field(default_factory=list)
    ordered_at: datetime | None = None
    tries_before: int = 0
    _waiting: dict[str, Trade] = field(default_factory=dict)
    _goals: dict[str, Fill] = field(default_factory=dict)
    _filled: dict[str, Fill] = field(default_factory=dict)
    _is_cut: bool = False

    @classmethod
    def resumed(cls, state: RoundState, members: Sequence[str]) -> Round:
        """Go on with a round that was open when the bot ended; `members` ends with the stake
        currency. Nothing is ordered before it has been planned again from what was executed."""
        return cls(
            state.number,
            state.reason,
            state.started,
            np.array([state.destination[name] for name in members]),
            np.array([name in state.members for name in members[:-1]], dtype=bool),
            ordered_at=state.ordered_at,
            tries_before=state.tries,
            _goals={name: Fill(*goal) for name, goal in state.goals.items()},
        )

    def state(self, members: Sequence[str]) -> RoundState:
        """Return what must survive a restart; `members` ends with the stake currency."""
        return RoundState(
            number=self.number,
            reason=self.reason,
            started=self.started,
            ordered_at=self.ordered_at,
            destination=dict(zip(members, self.destination.tolist(), strict=True)),
            members=tuple(n for n, m in zip(members[:-1], self.members, strict=True) if m),
            goals={name: (goal.sold, goal.bought) for name, goal in self._goals.items()},
            tries=self.tries,
        )

    @property
    def tag(self) -> str:
        """The round as it stands in order tags, like ``r12 threshold BTC +3.4pp``."""
        return round_tag(self.number, self.reason)

    @property
    def plan(self) -> Plan:
        """The newest plan."""
        return self.plans[-1]

    @property
    def tries(self) -> int:
        """How many plans there have been."""
        return self.tries_before + len(self.plans)

    @property
    def sellers(self) -> frozenset[str]:
        """Assets of which something is still to be sold."""
        return frozenset(asset for asset, trade in self._waiting.items() if trade.is_sell)

    @property
    def buyers(self) -> frozenset[str]:
        """Assets of which something is still to be bought."""
        return frozenset(self._waiting) - self.sellers

    @property
    def is_waiting(self) -> bool:
        """Some trades of the plan have not been ordered yet."""
        return bool(self._waiting)

    def adopt(self, plan: Plan, fills: Mapping[str, Fill], pieces: Mapping[str, float]) -> None:
        """Take up a plan for what is left.

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
        self.plans.append(plan)
        self._filled, self._is_cut = dict(fills), bool(pieces)
        self._waiting = {trade.asset: _cut(trade, pieces) for trade in plan.trades}
        for trade in plan.trades:
            done = fills.get(trade.asset, Fill())
            self._goals[trade.asset] = Fill(
                done.sold + (-trade.amount if trade.is_sell else 0.0),
                done.bought + (0.0 if trade.is_sell else trade.notional),
            )

    def cut(self) -> None:
        """An order of the newest plan was made smaller; plans that follow continue it."""
        self._is_cut = True

    def credit(self, fills: Mapping[str, Fill]) -> None:
        """Do not count a plan as a try if it only continues what was too large for one order."""
        if self._is_cut and dict(fills) != self._filled:
            self.tries_before -= 1
            self._is_cut = False

    @property
    def wanted(self) -> dict[str, Fill]:
        """What its orders should have executed when all is done, by asset."""
        return dict(self._goals)

    def continues(self, trade: Trade) -> bool:
        """Tell whether a trade goes the way this round began for its asset: a round does not
        sell again what it bought because prices moved while it was open."""
        return (self._goals.get(trade.asset, Fill()).sold > 0) == trade.is_sell

    def take(self, asset: str, now: datetime) -> Trade | None:
        """Hand out the trade of an asset, once.

        Parameters
        ----------
        asset : str
            Its code.
        now : datetime
            The time of the order.

        Returns
        -------
        Trade or None
            None if the plan wants nothing (more) of the asset, or wants to buy while there are
            still sells that have not been ordered.
        """
        trade = self._waiting.get(asset)
        if trade is None or (not trade.is_sell and self.sellers):
            return None
        del self._waiting[asset]
        self.ordered_at = now
        return trade

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
        others = sum(trade.notional for trade in self._waiting.values() if not trade.is_sell)
        wanted = buy.notional + others
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
            goal, done = self._goals.get(asset, Fill()), fills.get(asset, Fill())
            coins = max(0.0, goal.sold - done.sold)
            left[i] = coins * portfolio.prices[i] + max(0.0, goal.bought - done.bought)
        short: Mask = left >= rules.minimum
        return short
