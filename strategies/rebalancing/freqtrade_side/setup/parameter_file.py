"""The file that freqtrade's hyperopt leaves beside the strategy, and what it must not do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rebalancing.config.messages import shown
from rebalancing.freqtrade_side.setup.checks.sellers import seller_problems
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.freqtrade_side.setup.parameters import PARAMETER_FILE, SPACE


def file_problems(parameters: Mapping[str, Any], setup: Setup, trading: bool) -> list[str]:
    """Find what a parameter file would do behind the policy's back.

    Parameters
    ----------
    parameters : mapping
        The "params" of the file beside the strategy; empty if there is none.
    setup : Setup
        As configured.
    trading : bool
        In dry-run and live the configuration alone says when to trade: values found by a
        hyperopt have to be written there.

    Returns
    -------
    list of str
        One line each, with the remedy.
    """
    place, assets = PARAMETER_FILE, len(setup.assets)
    trades = (parameters.get("max_open_trades") or {}).get("max_open_trades", assets)
    problems = seller_problems(
        {
            "stoploss": (parameters.get("stoploss") or {}).get("stoploss", -1),
            "minimal_roi": parameters.get("roi") or {},
            "trailing_stop": (parameters.get("trailing") or {}).get("trailing_stop", False),
        }
    )
    if 0 <= trades < assets:
        problems.append(f"max_open_trades: must be at least {assets}, one for each asset")
    lines = [f"{place}: {problem}; delete the file or this value" for problem in problems]
    for key, value in (parameters.get(SPACE) or {}).items() if trading else ():
        configured = shown(getattr(setup.settings, key, None))
        lines.append(
            f"{place}: {key} {shown(value)} would override rebalance.{key} {configured}; write "
            "it into the configuration and delete the file before you trade"
        )
    return lines
