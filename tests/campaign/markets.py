"""What can happen to a market: books, lots, largest orders, fees, ends and new names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from sandbox.exchange.book import Level
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.listing import MarketStatus
from sandbox.exchange.renaming import Renaming
from tests.campaign.actions import STAKE
from tests.campaign.other_hands import now_ms
from tests.campaign.witnessed import Renamed

if TYPE_CHECKING:
    from tests.campaign.life import Life

Ladder = Sequence[tuple[float, float]]
"""Levels: a factor on the price, and what it holds in stake currency."""


@dataclass(frozen=True)
class GiveBook:
    """A pair has a book of its own until `Repair`: thin, wide, one-sided, crossed or empty."""

    asset: str
    shape: str
    bids: Ladder
    asks: Ladder

    def happen(self, life: "Life") -> None:
        """Give it."""
        life.disturb()
        exchange, pair = life.ground.exchange, f"{self.asset}/{STAKE}"
        market, price = exchange.listing.of(pair), Decimal(str(life.prices[self.asset]))

        def levels(ladder: Ladder) -> list[Level]:
            made = []
            for factor, value in ladder:
                at = max(market.tick, price * Decimal(str(factor)) // market.tick * market.tick)
                amount = max(market.step, Decimal(str(value)) / at // market.step * market.step)
                made.append(Level(at, amount))
            return made

        exchange.set_book(pair, levels(self.bids), levels(self.asks))


@dataclass(frozen=True)
class NewLots:
    """A pair's lots become coarser or finer while the bot is stopped for a moment."""

    asset: str
    factor: Decimal

    def happen(self, life: "Life") -> None:
        """Stop it, change the lots and start it."""
        life.nap(0, lambda: self._change(life))

    def _change(self, life: "Life") -> None:
        listing, pair = life.ground.exchange.listing, f"{self.asset}/{STAKE}"
        before = listing.of(pair).step
        step = max(Decimal("1e-8"), before * self.factor)
        listing.set_rules(pair, {"step": step, "min_qty": step})
        life.coarsest[self.asset] = max(life.coarsest.get(self.asset, before), step)


@dataclass(frozen=True)
class LargestOrder:
    """A pair takes no larger market order than this, in stake currency."""

    asset: str
    value: float

    def happen(self, life: "Life") -> None:
        """Lower the limit, no further than a lot; freqtrade reads it once an hour."""
        life.disturb()
        life.is_blind = True
        listing, pair = life.ground.exchange.listing, f"{self.asset}/{STAKE}"
        lots = Decimal(str(self.value / life.prices[self.asset]))
        step = listing.of(pair).step
        listing.set_rules(pair, {"max_market_qty": max(step, lots // step * step)})


@dataclass(frozen=True)
class OtherFees:
    """Fills of a pair cost another rate than the configured one from now on."""

    asset: str
    rate: Decimal

    def happen(self, life: "Life") -> None:
        """Change the fees, unless buys rest that have set aside less."""
        account, pair = life.ground.trading.account, f"{self.asset}/{STAKE}"
        fees = replace(account.fees_of(pair), maker=self.rate, taker=self.rate)
        try:
            account.set_fees(fees, pair)
        except SandboxError:
            return
        life.dearest_fee = max(life.dearest_fee, self.rate)


@dataclass(frozen=True)
class End:
    """A pair whose coins the bot has ends for good: without them a bot would not start."""

    asset: str

    def happen(self, life: "Life") -> None:
        """Let it end, unless it is the last one: freqtrade does not start without any market."""
        others = life.prices.keys() - life.ended - {self.asset}
        if life.hands.trade(self.asset) is None or not others:
            return
        life.disturb()
        life.ended.add(self.asset)
        life.ground.exchange.set_status(f"{self.asset}/{STAKE}", MarketStatus.END)


@dataclass(frozen=True)
class Rename:
    """A coin that the bot has goes on under a name that it does not know, maybe in other units."""

    asset: str
    ratio: Decimal

    def happen(self, life: "Life") -> None:
        """Rename it."""
        trading, new = life.ground.trading, f"NEW{self.asset}"
        is_over = life.ground.exchange.listing.status(f"{self.asset}/{STAKE}") is MarketStatus.END
        if is_over or life.hands.trade(self.asset) is None:
            return
        life.disturb()
        life.ended.add(self.asset)
        with trading.exchange.lock:
            trading.rename(Renaming(self.asset, new, self.ratio))
            had = sum(
                entry.free + entry.locked
                for entry in trading.account.ledger
                if entry.asset == self.asset and entry.cause != "conversion"
            )
        has = Decimal(had / self.ratio).quantize(Decimal("1e-8"), ROUND_DOWN)
        life.renamed.append(Renamed(now_ms(), self.asset, new, Decimal(had), has))
