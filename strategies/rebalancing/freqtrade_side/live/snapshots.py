"""The portfolio as the bot's trades, the wallets and the exchange's quotes show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rebalancing.freqtrade_side.configuration import Setup
from rebalancing.freqtrade_side.live.own_orders import Holding
from rebalancing.freqtrade_side.live.quotes import Quotes
from rebalancing.freqtrade_side.live.treasury import Treasury
from rebalancing.freqtrade_side.markets import Markets
from rebalancing.market_rules import MarketRules
from rebalancing.portfolio import Portfolio


@dataclass(frozen=True)
class Snapshots:
    """Takes them.

    Parameters
    ----------
    setup : Setup
        The checked configuration.
    markets : Markets
        Lots, minimums and fee.
    treasury : Treasury
        Cash, and what the account has of every coin.
    """

    setup: Setup
    markets: Markets
    treasury: Treasury

    def portfolio(self, quotes: Quotes, held: Mapping[str, Holding]) -> Portfolio:
        """Return the portfolio at these prices; `held` are the open trades by pair.

        Notes
        -----
        Coins that are in a trade and no longer in the account do not count.
        """
        amounts = np.zeros(len(self.setup.pairs))
        for i, (asset, pair) in enumerate(zip(self.setup.assets, self.setup.pairs, strict=True)):
            if pair in held:
                amounts[i] = min(held[pair].amount, self.treasury.coins(asset))
        cash = self.treasury.cash(held)
        return Portfolio(self.setup.assets, amounts, quotes.prices, cash)

    def rules(self, portfolio: Portfolio) -> MarketRules:
        """Return the market rules at the prices of a portfolio."""
        smallest = self.setup.settings.min_trade
        return self.markets.rules(portfolio.prices, smallest, portfolio.amounts > 0)
