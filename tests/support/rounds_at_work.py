"""Rounds of two assets that are under way, view by view."""

from datetime import timedelta
from typing import Any

import numpy as np

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.rounds.events import Outcome
from rebalancing.rounds.round import Fill, Round
from tests.support.builders import START, make_rules, make_settings
from tests.support.driven_rebalancer import DrivenRebalancer

NAN = float("nan")
RULES = make_rules(2)
MINUTE = timedelta(minutes=1)


def snapshot(btc: float, eth: float, cash: float = 0.0) -> Portfolio:
    """Hold so much of each, in stake currency, at a price of 1."""
    return Portfolio(("BTC", "ETH"), np.array([btc, eth]), np.ones(2), cash)


def at_work(**values: Any) -> DrivenRebalancer:
    """Have a round open that sells 100 of BTC and buys 100 of ETH, nothing ordered yet."""
    rebalancer = DrivenRebalancer(make_settings(**values), ("BTC", "ETH"), "USDT")
    rebalancer.watch(START, snapshot(600, 400), lambda: RULES)
    assert planned(rebalancer) == {"BTC": -100, "ETH": 100}
    return rebalancer


def current_of(rebalancer: DrivenRebalancer) -> Round:
    assert rebalancer.round is not None
    return rebalancer.round


def planned(rebalancer: DrivenRebalancer) -> dict[str, float]:
    trades = current_of(rebalancer).plan.trades
    return {trade.asset: round(trade.amount * trade.price, 6) for trade in trades}


def order_all(rebalancer: DrivenRebalancer) -> None:
    for asset in ("BTC", "ETH", "BTC", "ETH"):
        rebalancer.take(asset, START)


def proceed(
    rebalancer: DrivenRebalancer,
    portfolio: Portfolio,
    minutes: float = 1,
    open_orders: bool = False,
    rules: MarketRules = RULES,
    **fills: Fill,
) -> None:
    now = START + minutes * MINUTE
    rebalancer.proceed(now, portfolio, rules, fills, open_orders)


def outcomes(rebalancer: DrivenRebalancer) -> list[Outcome]:
    return [record.outcome for record in rebalancer.closed]
