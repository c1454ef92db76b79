"""Whether freqtrade lets the policy buy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from freqtrade.enums import TRADE_MODES


def entry_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Find what would keep a bot from buying what its rounds plan, one line each.

    Parameters
    ----------
    config : mapping
        freqtrade's, complete.

    Notes
    -----
    A backtest does not look at these settings: there they keep nothing from being bought.
    """
    if config.get("runmode") not in TRADE_MODES:
        return
    rule = "a round sells, and freqtrade refuses the buys that it sold for"
    if age := config.get("ignore_buying_expired_candle_after"):
        key = "ignore_buying_expired_candle_after"
        yield f"{key}: must be 0 or left out, is {age}; {rule} when the candle is older"
    pricing = config.get("entry_pricing") or {}
    if (pricing.get("check_depth_of_market") or {}).get("enabled"):
        key = "entry_pricing.check_depth_of_market.enabled"
        yield f"{key}: must be false or left out; {rule} when bids are fewer than asks"
