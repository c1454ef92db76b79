"""A coin that goes on under another name, and maybe in other units."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.markets import SMALLEST, Market
from sandbox.exchange.orders import rounded


@dataclass(frozen=True)
class Renaming:
    """What becomes of a coin.

    Parameters
    ----------
    old, new
        The names.
    ratio
        Old coins for one new coin: 1 for a new name only, 1000 for a redenomination.

    Raises
    ------
    SandboxError
        If the names are the same or the ratio is not a positive number.
    """

    old: str
    new: str
    ratio: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if not self.new or self.new == self.old:
            raise SandboxError(f"{self.old} cannot be renamed to {self.new!r}: give another name")
        if not (self.ratio.is_finite() and self.ratio > 0):
            raise SandboxError(f"ratio {self.ratio}: must be a positive number of old coins")

    def of(self, markets: Iterable[Market]) -> list[Market]:
        """Return the markets of the coin.

        Raises
        ------
        SandboxError
            If there are none, or the coin pays for others.
        """
        markets = list(markets)
        if paid := [market.pair for market in markets if market.quote == self.old]:
            raise SandboxError(f"{self.old} pays for {paid[0]}: it cannot be renamed")
        found = [market for market in markets if market.base == self.old]
        if not found:
            raise SandboxError(f"{self.old} is in no pair that is listed here")
        return found

    def market(self, market: Market) -> Market:
        """Return what a market of the coin becomes: the same steps, worth the same."""
        return replace(
            market,
            pair=f"{self.new}/{market.quote}",
            tick=max(SMALLEST, rounded(market.tick * self.ratio)),
            step=max(SMALLEST, self.amount(market.step)),
            min_qty=self.amount(market.min_qty),
            max_qty=self.amount(market.max_qty),
            max_market_qty=self.amount(market.max_market_qty),
        )

    def amount(self, coins: Decimal) -> Decimal:
        """Return the new coins for old ones, cut to eight decimals."""
        return coins if self.ratio == 1 else rounded(coins / self.ratio)
