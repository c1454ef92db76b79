"""Lots, minimums and fees, as freqtrade and the exchange will enforce them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from freqtrade.enums import TRADE_MODES

from rebalancing.market.markets import Markets

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange

MARGIN = 1.10
"""Safety margin above the exchange's smallest order, for the price that moves meanwhile."""

LEAST = 1e-6
"""Stake currency; an order is worth more, even where nobody names a smallest one: what fractions
leave of an amount would keep a round open."""

TICK_SIZE, _DECIMAL_PLACES = 4, 2
"""ccxt's codes for how a precision is written."""


def markets_of(exchange: Exchange, config: Mapping[str, Any], pairs: Sequence[str]) -> Markets:
    """Ask freqtrade's exchange for the markets of the pairs.

    Parameters
    ----------
    config : mapping
        freqtrade's, complete.
    pairs : sequence of str
        In the order of the assets.
    """
    found = [exchange.markets.get(pair) or {} for pair in pairs]
    return listed_markets(found, exchange.precisionMode, config)


def listed_markets(
    found: Sequence[Mapping[str, Any]], mode: int, config: Mapping[str, Any]
) -> Markets:
    """Read markets as ccxt lists them.

    Parameters
    ----------
    found : sequence of mapping
        One for each asset; an empty one knows no lot and no minimum.
    mode : int
        ccxt's code for how a precision is written.
    config : mapping
        freqtrade's, with `runmode`.

    Notes
    -----
    freqtrade raises every minimum by `amount_reserve_percent`, and those of what a sell
    leaves behind by 10 % more (its backtest asks with a stoploss of -0.1). In dry-run and
    live it asks with the stoploss of the strategy, for these and for new trades: -1 is half
    as much again.
    """
    reserve = 1 + float(config.get("amount_reserve_percent", 0.05))
    trading = config["runmode"] in TRADE_MODES
    margin = max(MARGIN, reserve)
    remainder = 1.5 if trading else min(reserve / 0.9, 1.5)
    return Markets(
        np.array([_lot(market, mode) for market in found]),
        np.array([max(LEAST, _minimum(market, "cost")) for market in found]),
        np.array([_minimum(market, "amount") for market in found]),
        _fee(config, next(filter(None, found), {})),  # a pair may not be listed
        margin,
        max(margin, 1.5 * 1.001) if trading else margin,
        max(MARGIN, remainder) * 1.001,
        np.array([_largest(market) if trading else np.inf for market in found]),
        has_dust=trading,
    )


def _lot(market: Mapping[str, Any], mode: int) -> float:
    precision = (market.get("precision") or {}).get("amount")
    if precision is None or mode not in (TICK_SIZE, _DECIMAL_PLACES):
        return 0.0
    return float(precision) if mode == TICK_SIZE else float(10 ** -int(precision))


def _minimum(market: Mapping[str, Any], kind: str) -> float:
    return float((market.get("limits") or {}).get(kind, {}).get("min") or 0.0)


def _largest(market: Mapping[str, Any]) -> float:
    # A round may always come to market orders, which have a limit of their own.
    limits = market.get("limits") or {}
    found = [(limits.get(kind) or {}).get("max") for kind in ("amount", "market")]
    return min((float(most) for most in found if most), default=np.inf)


def _fee(config: Mapping[str, Any], market: Mapping[str, Any]) -> float:
    configured = config.get("fee")
    if configured is not None:
        return float(configured)
    return max(float(market.get("taker") or 0.0), float(market.get("maker") or 0.0))
