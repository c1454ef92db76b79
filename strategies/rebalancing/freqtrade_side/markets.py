"""Lots, minimums and fees, as freqtrade and the exchange will enforce them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from freqtrade.enums import TRADE_MODES
from freqtrade.exchange import Exchange

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Vector

MARGIN = 1.10
"""Safety margin above the exchange's smallest order, for the price that moves meanwhile."""

_TICK_SIZE, _DECIMAL_PLACES = 4, 2  # ccxt's codes for how a precision is written


@dataclass(frozen=True)
class Markets:
    """What the exchange says of each pair, asked once.

    Parameters
    ----------
    lots : array, shape (assets,)
        Amount step, coins; 0 if unknown.
    cost_minimums : array, shape (assets,)
        Smallest order by value, stake currency, without margin; 0 if there is none.
    amount_minimums : array, shape (assets,)
        Smallest order by amount, coins, without margin; 0 if there is none.
    fee : float
        Fraction of the notional.
    margin : float
        Factor on the minimums.
    entry_margin : float
        Factor on the minimums of a buy that opens a trade.
    remainder_margin : float
        Factor on the minimums for what a partial sell may leave behind.
    largest : array, shape (assets,)
        Largest order, coins; infinite where there is none, and in a backtest.
    has_dust : bool
        Fees in coins leave less than a lot that freqtrade does not count.
    """

    lots: Vector
    cost_minimums: Vector
    amount_minimums: Vector
    fee: float
    margin: float
    entry_margin: float
    remainder_margin: float
    largest: Vector
    has_dust: bool = False

    @classmethod
    def of(cls, exchange: Exchange, config: Mapping[str, Any], pairs: Sequence[str]) -> Markets:
        """Ask freqtrade's exchange for the markets of the pairs.

        Parameters
        ----------
        exchange : Exchange
            freqtrade's.
        config : mapping
            freqtrade's, complete.
        pairs : sequence of str
            In the order of the assets.
        """
        found = [exchange.markets.get(pair) or {} for pair in pairs]
        return cls.listed(found, exchange.precisionMode, config)

    @classmethod
    def listed(
        cls, found: Sequence[Mapping[str, Any]], mode: int, config: Mapping[str, Any]
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
        return cls(
            np.array([_lot(market, mode) for market in found]),
            np.array([_minimum(market, "cost") for market in found]),
            np.array([_minimum(market, "amount") for market in found]),
            _fee(config, next(filter(None, found), {})),  # a pair may not be listed
            margin,
            max(margin, 1.5 * 1.001) if trading else margin,
            max(MARGIN, remainder) * 1.001,
            np.array([_largest(market) if trading else np.inf for market in found]),
            has_dust=trading,
        )

    def smallest_orders(self, prices: Vector, held: Mask | bool = True) -> Vector:
        """Return the smallest order of each pair with its margin, stake currency; prices NaN
        count only where a minimum is by amount. A coin not `held` is bought by opening a trade."""
        margins = np.where(held, self.margin, self.entry_margin)
        return np.fmax(self.cost_minimums, self.amount_minimums * prices) * margins

    def rules(
        self, prices: Vector, min_trade: float | None, held: Mask | bool = True
    ) -> MarketRules:
        """Return the market rules at these prices.

        Parameters
        ----------
        prices : array, shape (assets,)
            Stake currency for one coin; NaN where unknown.
        min_trade : float or None
            The user's smallest trade, stake currency; None: the exchange's.
        held : bool array, shape (assets,)
            Coins that are in an open trade.
        """
        smallest = self.smallest_orders(prices, held)
        # What an investment that just suffices buys of an asset, after the fee and the lot.
        after_fee = smallest / (1 + self.fee) * 0.999
        minimum = np.maximum(after_fee, min_trade or 0.0)
        remainder = self.smallest_orders(prices) / self.margin * self.remainder_margin
        if self.has_dust:
            remainder = remainder + self.lots * prices
        return MarketRules(self.lots, minimum, remainder, self.fee, self.largest)


def _lot(market: Mapping[str, Any], mode: int) -> float:
    precision = (market.get("precision") or {}).get("amount")
    if precision is None or mode not in (_TICK_SIZE, _DECIMAL_PLACES):
        return 0.0
    return float(precision) if mode == _TICK_SIZE else float(10 ** -int(precision))


def _minimum(market: Mapping[str, Any], kind: str) -> float:
    return float((market.get("limits") or {}).get(kind, {}).get("min") or 0.0)


def _largest(market: Mapping[str, Any]) -> float:
    """A round may always come to market orders, which have a limit of their own."""
    limits = market.get("limits") or {}
    found = [(limits.get(kind) or {}).get("max") for kind in ("amount", "market")]
    return min((float(most) for most in found if most), default=np.inf)


def _fee(config: Mapping[str, Any], market: Mapping[str, Any]) -> float:
    configured = config.get("fee")
    if configured is not None:
        return float(configured)
    return max(float(market.get("taker") or 0.0), float(market.get("maker") or 0.0))
