"""The order book of the local exchange: levels around a price, and what was taken from them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from itertools import islice
from typing import NamedTuple

from sandbox.errors import SandboxError
from sandbox.ledger import ZERO
from sandbox.markets import Market
from sandbox.orders import Side

LEVELS = 5_000
_SMALLEST_ORDERS = 1_000_000  # that each level can take where no depth is given


class Level(NamedTuple):
    """A price of the book and the amount offered or wanted there, base currency."""

    price: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Depth:
    """How the book looks around a price.

    Parameters
    ----------
    spread
        Distance of best bid and ask as a fraction of the price; at least one tick.
    level_value
        What each level holds, quote currency. None: more than any order takes.
    gap
        Ticks from one level to the next.
    levels
        Prices on each side; 5,000 at most.

    Raises
    ------
    SandboxError
        If a value is out of range.
    """

    spread: Decimal = ZERO
    level_value: Decimal | None = None
    gap: int = 1
    levels: int = LEVELS

    def __post_init__(self) -> None:
        if not 0 <= self.spread < 1:
            raise SandboxError(f"spread {self.spread}: must be a fraction from 0 to below 1")
        if self.level_value is not None and not self.level_value > 0:
            raise SandboxError(f"level value {self.level_value}: must be positive")
        if self.gap < 1 or not 1 <= self.levels <= LEVELS:
            raise SandboxError(f"gap and levels must be at least 1, levels at most {LEVELS}")


@dataclass
class Book:
    """Both sides of a market at one price.

    Attributes
    ----------
    price
        The last price, quote currency.
    taken
        What was taken from each level since this price came up, by side of the taker and price.
    """

    market: Market
    price: Decimal
    depth: Depth = Depth()
    taken: dict[tuple[Side, Decimal], Decimal] = field(default_factory=dict)

    def levels(self, taker: Side, count: int = LEVELS) -> Iterator[Level]:
        """Yield what a taker of this side finds, the best price first, empty levels left out.

        Parameters
        ----------
        count
            Levels at most.
        """
        return islice(self._left(taker), count)

    def take(self, taker: Side, level: Level) -> None:
        """Remove an amount from the level of this price."""
        key = (taker, level.price)
        self.taken[key] = self.taken.get(key, ZERO) + level.amount

    def _left(self, taker: Side) -> Iterator[Level]:
        tick, sign = self.market.tick, 1 if taker is Side.BUY else -1
        best = self._best_ask() if taker is Side.BUY else self._best_bid()
        whole = self._level_amount()
        for number in range(self.depth.levels):
            price = best + sign * tick * self.depth.gap * number
            if price <= 0:
                return
            amount = whole - self.taken.get((taker, price), ZERO)
            if amount > 0:
                yield Level(price, amount)

    def _best_bid(self) -> Decimal:
        half = self.price * (1 - self.depth.spread / 2)
        return half // self.market.tick * self.market.tick

    def _best_ask(self) -> Decimal:
        tick = self.market.tick
        half = self.price * (1 + self.depth.spread / 2)
        above = (half / tick).to_integral_value(ROUND_CEILING) * tick
        return max(above, self._best_bid() + tick)

    def _level_amount(self) -> Decimal:
        value = self.depth.level_value
        if value is None:
            value = self.market.min_notional * _SMALLEST_ORDERS
        step = self.market.step
        return max(step, value / self.price // step * step)


class Books:
    """The order books of all markets.

    Parameters
    ----------
    depth
        How each looks.
    """

    def __init__(self, depth: Depth) -> None:
        self.depth = depth
        self._books: dict[str, Book] = {}

    def of(self, market: Market, price: float | None) -> Book | None:
        """Return a market's book at a price, the same again while the price stays.

        Notes
        -----
        What was taken is gone until the price moves: then others have filled the levels.
        """
        if not price:
            return None
        exact = Decimal(repr(price))
        known = self._books.get(market.pair)
        if known is None or known.price != exact:
            known = self._books[market.pair] = Book(market, exact, self.depth)
        return known

    def clear(self, pair: str) -> None:
        """Forget what was taken from the book of a pair."""
        self._books.pop(pair, None)
