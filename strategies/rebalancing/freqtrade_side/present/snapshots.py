"""The portfolio as the bot's trades, the wallets and the exchange's quotes show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rebalancing.freqtrade_side.present.account import SLIVER, Account
from rebalancing.freqtrade_side.present.fee_rate import FeeRate
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.own_orders import Holding
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Portfolio, Vector


@dataclass(frozen=True)
class Snapshots:
    """Takes them.

    Parameters
    ----------
    markets : Markets
        Lots, minimums and fee.
    account : Account
        Cash, and what the account has of every coin.
    fees : FeeRate
        The rate to plan with.
    """

    setup: Setup
    markets: Markets
    account: Account
    fees: FeeRate

    def portfolio(self, prices: Vector, held: Mapping[str, Holding]) -> Portfolio:
        """Return the portfolio at prices by asset; `held` are the open trades by pair.

        Notes
        -----
        Coins below a lot count, though they are in no trade. Coins that are in a trade and no
        longer in the account do not.
        """
        lots = self.markets.lots.tolist()
        amounts = np.array(self.account.owned(self.setup.assets, lots, held))
        cash = self.account.cash(held)
        return Portfolio(self.setup.assets, amounts, prices, cash)

    def rules(self, portfolio: Portfolio) -> MarketRules:
        """Return the market rules at the prices of a portfolio."""
        smallest, lots = self.setup.settings.min_trade, self.markets.lots
        held = (portfolio.amounts > 0) & (portfolio.amounts >= lots * (1 - SLIVER))
        markets = replace(self.markets, fee=self.fee())
        return markets.rules(portfolio.prices, smallest, held)

    def fee(self) -> float:
        """Return the fee to plan with, a fraction of the notional."""
        return self.fees.rate(own_orders.paid_fees())
