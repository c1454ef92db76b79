"""An account and a bot that looks at it, without a database: view by view, decision by decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

from rebalancing.account.account_view import AccountView
from rebalancing.account.cash_book import CashBook
from rebalancing.decide import decide
from rebalancing.market.portfolio import Portfolio
from rebalancing.policy.policy import Policy
from rebalancing.resume import begun
from rebalancing.state import State
from rebalancing.view import Decision, View
from tests.support.builders import START, make_rules, make_settings

ASSETS = ("BTC", "ETH")
RULES = make_rules(2)


@dataclass
class Account:
    """An account of BTC, ETH and cash; a coin costs 1. It answers as it is told to."""

    cash: float = 0.0
    btc: float = 500.0
    eth: float = 500.0
    trades: dict[str, float] = field(default_factory=lambda: {"BTC": 500.0, "ETH": 500.0})
    dust: dict[str, float] = field(default_factory=dict)
    prices: tuple[float, float] = (1.0, 1.0)

    @property
    def portfolio(self) -> Portfolio:
        there = {"BTC": self.btc, "ETH": self.eth}
        amounts = [min(self.trades.get(asset, 0.0), there[asset]) for asset in ASSETS]
        return Portfolio(ASSETS, np.array(amounts), np.array(self.prices), self.cash)

    def view(self, **facts: Any) -> AccountView:
        return AccountView(
            balance=self.cash,
            coins=np.array([self.btc, self.eth]),
            in_trades=np.array([self.trades.get(asset, np.nan) for asset in ASSETS]),
            left=lambda: {**self.trades, **self.dust},
            **facts,
        )


class Bot:
    """A bot that is in balance, and has booked all of its cash."""

    def __init__(self, cash: float = 0.0, **settings: Any) -> None:
        settings = {"targets": "equal", "threshold": 0.05, "period": None, **settings}
        self.policy = Policy(make_settings(**settings), ASSETS, "USDT")
        book = CashBook(cash, 1000.0 + cash, investment=self.policy.settings.investment)
        done: dict[str, Any] = {"origin": START, "last_start": START, "seen": ASSETS}
        self.state: State = begun(self.policy).changed(book=book, flows=1, **done)
        self.moment = START + timedelta(days=1)

    def look(self, account: Account, view: Mapping[str, Any] | None = None, **facts: Any) -> Any:
        """Decide on a view of the account; return the decision."""
        self.moment += timedelta(seconds=5)
        shown = account.view(**facts)
        seen = View(self.moment, account.portfolio, lambda: RULES, account=shown, **(view or {}))
        decision = decide(self.policy, self.state, seen)
        self.state = decision.state
        return decision


def flows(decision: Decision) -> list[Any]:
    return list(decision.flows)
