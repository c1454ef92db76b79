"""Builders: portfolios, market rules, candles and configurations for tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rebalancing.planner import MarketRules
from rebalancing.portfolio import Portfolio
from rebalancing.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent


def make_portfolio(value: float = 1000.0, cash: float = 0.0, **weights: float) -> Portfolio:
    """Build a portfolio of coins that cost 1 each, from weights; `cash` is a weight too."""
    shares = np.array(list(weights.values()))
    return Portfolio(tuple(weights), shares * value, np.ones(len(shares)), cash * value)


def make_rules(
    assets: int, fee: float = 0.0, minimum: float = 5.5, lot: float = 0.0, remainder: float = 0.0
) -> MarketRules:
    """Build the same market rules for every asset."""
    same = np.ones(assets)
    return MarketRules(
        lot * same, minimum * same, remainder * same, np.ones(assets, dtype=bool), fee
    )


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
