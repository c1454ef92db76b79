"""Settings that would sell the portfolio behind the policy's back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from freqtrade.enums import RunMode

_SELLING_SPACES = ("roi", "stoploss", "trailing", "trades", "all", "default")


def seller_problems(config: Mapping[str, Any]) -> list[str]:
    """Find what would sell the portfolio behind the policy's back, one line each."""
    problems = []
    if str(config.get("trading_mode") or "spot") != "spot":
        given = config["trading_mode"]
        problems.append(f'trading_mode: must be "spot", is "{given}"; coins are held, not lent')
    behind = "it would sell behind the policy's back"
    stoploss = config.get("stoploss", -1)
    if stoploss != -1:
        problems.append(f"stoploss: must be -1 or left out, is {stoploss}; {behind}")
    if config.get("minimal_roi"):
        given = config["minimal_roi"]
        problems.append(f"minimal_roi: must be {{}} or left out, is {given}; {behind}")
    for key in ("trailing_stop", "use_custom_stoploss"):
        if config.get(key):
            problems.append(f"{key}: must be false; {behind}")
    if (config.get("order_types") or {}).get("stoploss_on_exchange"):
        problems.append(f"order_types.stoploss_on_exchange: must be false; {behind}")
    hyperopt = config.get("runmode") == RunMode.HYPEROPT
    spaces = (config.get("spaces") or ["default"]) if hyperopt else []
    wrong = [space for space in spaces if space in _SELLING_SPACES]
    if wrong:
        remedy = "use --spaces rebalance"
        problems.append(f'spaces: "{wrong[0]}" would optimise stoploss or ROI, {remedy}')
    return problems
