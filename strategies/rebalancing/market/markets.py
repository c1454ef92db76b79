"""Lots, minimums and fees of the pairs of a portfolio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.market.market_rules import MarketRules
from rebalancing.market.portfolio import Mask, Vector


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

    def smallest_orders(self, prices: Vector, held: Mask | bool = True) -> Vector:
        """Return the smallest order of each pair with its margin, stake currency.

        Prices NaN count only where a minimum is by amount. A coin not `held` is bought by opening a
        trade.
        """
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
