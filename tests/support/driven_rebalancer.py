"""Decisions driven one view after another, as a backtest or a bot drives them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from rebalancing import decide as decisions
from rebalancing.account.setbacks import Setback
from rebalancing.config.settings import Settings
from rebalancing.decide import decide
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Cause
from rebalancing.resume import begun, resumed
from rebalancing.rounds.events import RoundClosed, RoundDeclined, RoundPlanned
from rebalancing.rounds.plan import Trade
from rebalancing.rounds.round import Fill, Round
from rebalancing.state import State
from rebalancing.view import View


class DrivenRebalancer:
    """A policy and the state it has come to.

    Attributes
    ----------
    closed, declined
        The rounds that ended, and the newest one that was due and held no trade.
    planned_again
        What rounds came to want while they were open.
    untradable, kept, doubted
        Assets that are locked, whose orders fail again and again, or whose price is in doubt.
    """

    def __init__(
        self, settings: Settings, assets: Sequence[str], stake: str, reserve: float = 0.0
    ) -> None:
        self.policy = Policy(settings, tuple(assets), stake, reserve)
        self.state = begun(self.policy)
        self.closed: list[RoundClosed] = []
        self.declined: RoundDeclined | None = None
        self.planned_again: list[RoundPlanned] = []
        self.untradable, self.kept, self.doubted = np.zeros((3, len(assets)), dtype=bool)

    @property
    def round(self) -> Round | None:
        """The open one."""
        return self.state.round

    def look(
        self,
        now: datetime,
        portfolio: Portfolio,
        rules: Callable[[], MarketRules],
        fills: Mapping[str, Fill] | None = None,
        open_orders: bool = False,
        **facts: Any,
    ) -> None:
        """Decide on a view, with more facts of it."""
        out = Setback(reason="refused", at=now, in_a_row=9)
        setbacks = dict.fromkeys(self.policy.named(self.kept), out)
        self.state = self.state.changed(setbacks=setbacks)
        view = View(
            now,
            portfolio,
            rules,
            fills or {},
            open_orders,
            locked=self.untradable,
            doubted=self.doubted,
            **facts,
        )
        decision = decide(self.policy, self.state, view)
        self.state = decision.state
        for event in decision.events:
            if isinstance(event, RoundClosed):
                self.closed.append(event)
            elif isinstance(event, RoundDeclined):
                self.declined = event
            elif isinstance(event, RoundPlanned):
                self.planned_again.append(event)

    def watch(self, now: datetime, portfolio: Portfolio, rules: Callable[[], MarketRules]) -> None:
        """Look while no round is open."""
        assert self.round is None
        self.look(now, portfolio, rules)

    def proceed(
        self,
        now: datetime,
        portfolio: Portfolio,
        rules: MarketRules,
        fills: Mapping[str, Fill],
        open_orders: bool,
    ) -> None:
        """Follow the open round, and open none."""
        self.look(now, portfolio, lambda: rules, fills, open_orders, may_open=False)

    def take(self, asset: str, now: datetime) -> Trade | None:
        """Hand out the trade of an asset, once."""
        self.state, trade = decisions.take(self.state, asset, now)
        return trade

    def hands_off(self, *assets: str) -> None:
        """Leave these assets to a person, and no others."""
        self.state = self.state.changed(hands_off=assets)

    def wait_for(self, absent: Collection[str]) -> tuple[str, ...]:
        """Hold the weights of those absent assets in cash that have never had a price."""
        waiting = decisions.awaited(self.policy, self.state, absent)
        self.state = self.state.changed(awaited=waiting)
        return waiting

    def ask(self, cause: Cause) -> None:
        """Ask for a round."""
        self.state = decisions.ask(self.state, cause)

    def forget(self, assets: Collection[str]) -> None:
        """Take assets for never seen."""
        self.state = decisions.forget(self.state, assets)

    def resume(self, state: State, now: datetime) -> None:
        """Go on where another life ended."""
        self.state = resumed(self.policy, state, now)
