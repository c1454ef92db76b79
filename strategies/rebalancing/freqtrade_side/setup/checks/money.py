"""Whether freqtrade lets the targets size the trades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def money_problems(config: Mapping[str, Any], assets: int) -> list[str]:
    """Find what would cap, fix or end the trades of a portfolio of so many assets."""
    problems = []
    if "available_capital" in config:
        problems.append(
            "available_capital: freqtrade counts it at cost, a rebalancer capped by it starves; "
            'remove it and set "investment" in the rebalance block'
        )
    ratio = config.get("tradable_balance_ratio", 0.99)
    if ratio != 1:
        problems.append(
            f"tradable_balance_ratio: must be 1, is {ratio}; to hold cash give the stake currency "
            "a target in rebalance.targets, its cash weight"
        )
    if config.get("stake_amount", "unlimited") != "unlimited":
        given = config["stake_amount"]
        problems.append(f'stake_amount: must be "unlimited", is {given}; the targets size trades')
    trades = config.get("max_open_trades", assets)
    if isinstance(trades, int | float) and trades < assets:  # -1: freqtrade wants a number here
        rule = f"must be at least {assets}, one for each asset"
        problems.append(f"max_open_trades: {rule}, is {trades:g}")
    adjustments = config.get("max_entry_position_adjustment", -1)
    if adjustments != -1:
        problems.append(
            f"max_entry_position_adjustment: must be -1, is {adjustments}; it would end the buys"
        )
    if config.get("position_stacking"):
        problems.append("position_stacking: must be false, an asset is held in one trade")
    return problems
