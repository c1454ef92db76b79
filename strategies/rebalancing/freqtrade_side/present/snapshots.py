"""The portfolio as the bot's trades, the wallets and the exchange's quotes show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rebalancing.freqtrade_side.present.account import SLIVER, Account
from rebalancing.freqtrade_side.present.fee_rate import FeeRate
from rebalancing.freqtrade_side.records.own_orders import Holding, paid_fees
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.market_rules import MarketRules
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Portfolio, Vector


@dataclass(frozen=True)
class Snapshots:
    """Takes them. `held` are the open trades by pair.

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

    @property
    def lots(self) -> dict[str, float]:
        """Lots by asset, coins; 0 where any amount can be traded."""
        return dict(zip(self.setup.assets, self.markets.lots.tolist(), strict=True))

    def portfolio(self, prices: Vector, held: Mapping[str, Holding], cash: float) -> Portfolio:
        """Return the portfolio at prices by asset.

        Notes
        -----
        Coins below a lot count, though they are in no trade. Coins that are in a trade and no
        longer in the account do not.
        """
        lots = self.markets.lots.tolist()
        amounts = np.array(self.account.owned(self.setup.assets, lots, held))
        return Portfolio(self.setup.assets, amounts, prices, cash)

    def rules(self, portfolio: Portfolio, held: Mapping[str, Holding]) -> MarketRules:
        """Return the market rules at the prices of a portfolio."""
        smallest, lots = self.setup.settings.min_trade, self.markets.lots
        tradable = (portfolio.amounts > 0) & (portfolio.amounts >= lots * (1 - SLIVER))
        markets = replace(self.markets, fee=self.fee(held))
        return markets.rules(portfolio.prices, smallest, tradable)

    def fee(self, held: Mapping[str, Holding]) -> float:
        """Return the fee to plan with, a fraction of the notional."""
        return self.fees.rate(paid_fees(held))
