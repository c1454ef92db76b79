"""A new portfolio: what is asked of its owner, and the configuration that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rebalancing.config.durations import parse_duration

_TIMEFRAMES = ("4h", "1h", "30m", "15m", "5m", "1m")
_EVERY_CANDLE = ("1h", "30m", "15m", "5m", "1m", "4h")


@dataclass(frozen=True)
class NewPortfolio:
    """The answers.

    Parameters
    ----------
    assets : tuple of str
        Codes; the stake currency among them is held as cash.
    stake : str
        Code of the stake currency.
    exchange : str
        freqtrade's name of it.
    weights : tuple of float or None
        Fractions in the order of the assets; None: equal.
    investment : float
        Stake currency; that of backtests and dry-runs alone where coins are adopted.
    period : str or None
        Like ``"24h"``; None: no period.
    threshold : float or None
        Fraction, a drift in absolute terms; None: no threshold.
    fee : float
        Fraction of a trade's value.
    adopt_holdings : bool
        Use coins that the account holds already, and then all of its stake currency.
    """

    assets: tuple[str, ...]
    stake: str = "USDT"
    exchange: str = "binance"
    weights: tuple[float, ...] | None = None
    investment: float = 1000.0
    period: str | None = "24h"
    threshold: float | None = 0.02
    fee: float = 0.001
    adopt_holdings: bool = False

    @property
    def pairs(self) -> list[str]:
        """freqtrade's pairs, one for each asset that is not the stake currency."""
        return [f"{asset}/{self.stake}" for asset in self.assets if asset != self.stake]

    @property
    def targets(self) -> dict[str, float] | str:
        """What stands under ``rebalance.targets``."""
        if self.weights is not None:
            return dict(zip(self.assets, self.weights, strict=True))
        if self.stake in self.assets:
            return dict.fromkeys(self.assets, 1 / len(self.assets))
        return "equal"

    @property
    def timeframes(self) -> tuple[str, ...]:
        """Candles that fit the policy, the best first.

        A period needs candles that divide it, or its boundaries would be served late; the longest
        ones make the quickest backtest. A threshold alone is looked at with every candle.
        """
        if self.period is None:
            return _EVERY_CANDLE
        length = parse_duration(self.period)
        return tuple(t for t in _TIMEFRAMES if length % parse_duration(t) == timedelta(0))


def new_configuration(
    portfolio: NewPortfolio, timeframe: str, strategy_path: str, schema: str
) -> dict[str, Any]:
    """Return freqtrade's configuration of a new portfolio, for backtests and dry-runs.

    Parameters
    ----------
    timeframe : str
        Of the candles.
    strategy_path : str
        Folder of the strategy.
    schema : str
        Path from the configuration to the JSON schema, for editors.
    """
    money = portfolio.investment
    money = int(money) if money.is_integer() else money
    policy = {
        # Beside an investment other bots may own the account's coins.
        "investment": None if portfolio.adopt_holdings else money,
        "targets": portfolio.targets,
        "period": portfolio.period,
        "threshold": portfolio.threshold,
        "combine": "and" if portfolio.period and portfolio.threshold else None,
        "adopt_holdings": portfolio.adopt_holdings or None,
    }
    return {
        "$schema": schema,
        "strategy": "SmartRebalance",
        "strategy_path": strategy_path,
        "timeframe": timeframe,
        "trading_mode": "spot",
        "stake_currency": portfolio.stake,
        "stake_amount": "unlimited",
        "tradable_balance_ratio": 1,
        "max_open_trades": len(portfolio.pairs),
        "initial_state": "running",
        "dry_run": True,
        "dry_run_wallet": money,
        "fee": portfolio.fee,
        "order_types": {
            "entry": "market",
            "exit": "market",
            "stoploss": "market",
            "stoploss_on_exchange": False,
        },
        "entry_pricing": {"price_side": "other"},
        "exit_pricing": {"price_side": "other"},
        "exchange": {"name": portfolio.exchange, "pair_whitelist": portfolio.pairs},
        "pairlists": [{"method": "StaticPairList"}],
        "rebalance": {key: value for key, value in policy.items() if value is not None},
    }
