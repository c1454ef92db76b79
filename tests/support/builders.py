"""Builders: portfolios, market rules, candles and configurations for tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rebalancing.config.settings import Settings
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Portfolio
from rebalancing.rounds.plan import Plan, Trade
from rebalancing.rounds.round import Fill
from tests.support.driven_rebalancer import DrivenRebalancer

PROJECT = Path(__file__).resolve().parents[2]


def make_portfolio(value: float = 1000.0, cash: float = 0.0, **weights: float) -> Portfolio:
    """Build a portfolio of coins that cost 1 each, from weights; `cash` is a weight too."""
    shares = np.array(list(weights.values()))
    return Portfolio(tuple(weights), shares * value, np.ones(len(shares)), cash * value)


def make_rules(
    assets: int, fee: float = 0.0, minimum: float = 5.5, lot: float = 0.0, remainder: float = 0.0
) -> MarketRules:
    """Build the same market rules for every asset."""
    same = np.ones(assets)
    largest = np.inf * same
    return MarketRules(lot * same, minimum * same, remainder * same, fee, largest)


def make_settings(**values: Any) -> Settings:
    """Build valid settings: equal targets and a period unless told otherwise."""
    if "period" not in values and "threshold" not in values:
        values["period"] = "24h"
    return Settings.model_validate({"targets": "equal", **values})


def make_candles(
    closes: Sequence[float], start: str = "2024-01-01", timeframe: str = "1h"
) -> pd.DataFrame:
    """Build candles that open at the close of the one before and move straight to their own."""
    prices = np.asarray(closes, dtype=float)
    opens = np.concatenate([prices[:1], prices[:-1]])
    dates = pd.date_range(start, periods=len(prices), freq=pd.Timedelta(timeframe), tz="UTC")
    return pd.DataFrame(
        {
            "date": dates.astype("datetime64[ms, UTC]"),
            "open": opens,
            "high": np.maximum(opens, prices),
            "low": np.minimum(opens, prices),
            "close": prices,
            "volume": 1000.0,
        }
    )


def write_candles(folder: Path, timeframe: str, candles: Mapping[str, pd.DataFrame]) -> Path:
    """Write candles by pair as a freqtrade data folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for pair, frame in candles.items():
        frame.to_feather(folder / f"{pair.replace('/', '_')}-{timeframe}.feather")
    return folder


def make_config(
    pairs: Sequence[str], rebalance: Mapping[str, Any], **overrides: Any
) -> dict[str, Any]:
    """Build a freqtrade configuration; an override of None removes its key."""
    stake = pairs[0].split("/")[1] if pairs else "USDT"
    config: dict[str, Any] = {
        "strategy": "SmartRebalance",
        "strategy_path": str(PROJECT / "strategies"),
        "timeframe": "1h",
        "trading_mode": "spot",
        "stake_currency": stake,
        "stake_amount": "unlimited",
        "tradable_balance_ratio": 1,
        "max_open_trades": max(1, len(pairs)),
        "dry_run": True,
        "dry_run_wallet": 1000,
        "fee": 0.001,
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
        "exchange": {"name": "binance", "pair_whitelist": list(pairs)},
        "pairlists": [{"method": "StaticPairList"}],
        "rebalance": dict(rebalance),
        **overrides,
    }
    return {key: value for key, value in config.items() if value is not None}


START = datetime(2024, 1, 1, tzinfo=UTC)


def execute(portfolio: Portfolio, plan: Plan, fee: float = 0.0) -> Portfolio:
    """Fill every trade of a plan at its price, and return the portfolio after it."""
    amounts, cash = portfolio.amounts.copy(), portfolio.cash
    for trade in plan.trades:
        amounts[portfolio.assets.index(trade.asset)] += trade.amount
        cash -= trade.amount * trade.price + fee * trade.notional
    return Portfolio(portfolio.assets, amounts, portfolio.prices, cash)


class SimulatedAccount:
    """An account whose orders fill at once at the prices of the snapshot: sells, then buys.

    `prices` names the assets and their first prices (NaN: not listed yet); `rules` are those of
    `make_rules`.
    """

    def __init__(
        self,
        settings: Settings,
        prices: Mapping[str, float],
        cash: float,
        reserve: float = 0.0,
        **rules: float,
    ) -> None:
        self.assets = tuple(prices)
        self.rebalancer = DrivenRebalancer(settings, self.assets, "USDT", reserve)
        self.rules = make_rules(len(prices), **{"minimum": 0.01, **rules})
        self.prices = dict(prices)
        self.held = dict.fromkeys(prices, 0.0)
        self.cash = cash
        self._fills: dict[str, Fill] = {}

    @property
    def portfolio(self) -> Portfolio:
        """The snapshot of now."""
        amounts, prices = np.array(list(self.held.values())), np.array(list(self.prices.values()))
        return Portfolio(self.assets, amounts, prices, self.cash)

    @property
    def worth(self) -> dict[str, float]:
        """Stake currency in each asset, to the cent, and in cash."""
        members = (*self.assets, "USDT")
        return dict(zip(members, self.portfolio.values.round(2).tolist(), strict=True))

    def at(self, hours: float, **prices: float) -> dict[str, float]:
        """Let prices change and the rebalancer look; return what it traded, to the cent."""
        self.prices.update(prices)
        now, rebalancer = START + timedelta(hours=hours), self.rebalancer
        if rebalancer.round is not None:
            rebalancer.proceed(now, self.portfolio, self.rules, self._fills, open_orders=False)
        if rebalancer.round is None:
            self._fills = {}
            rebalancer.watch(now, self.portfolio, lambda: self.rules)
        return self._order(now)

    def _order(self, now: datetime) -> dict[str, float]:
        traded: dict[str, float] = {}
        for asset in (*self.assets, *self.assets):
            trade, current = self.rebalancer.take(asset, now), self.rebalancer.round
            if current is None or trade is None:
                continue
            cost = current.share(trade, self.cash, self.rules.fee)
            notional = -trade.notional if trade.is_sell else cost
            self._fill(trade, notional)
            traded[asset] = round(notional, 2)
        return traded

    def _fill(self, trade: Trade, notional: float) -> None:
        self.held[trade.asset] += notional / trade.price
        self.cash -= notional + self.rules.fee * abs(notional)
        done = self._fills.get(trade.asset, Fill())
        sold, bought = max(0.0, -notional) / trade.price, max(0.0, notional)
        self._fills[trade.asset] = Fill(done.sold + sold, done.bought + bought)
