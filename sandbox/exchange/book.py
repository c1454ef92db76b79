"""The order book of the local exchange: levels around a price, and what was taken from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from itertools import islice
from typing import NamedTuple

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.ledger import ZERO
from sandbox.exchange.markets import Market
from sandbox.exchange.orders import Side

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


Sides = Mapping[Side, tuple[Level, ...]]
"""The levels of both sides by side of the taker, the best price first."""


def given_sides(bids: Iterable[Level], asks: Iterable[Level]) -> Sides | None:
    """Sort levels; None where there are none at all.

    Raises
    ------
    SandboxError
        If a price or an amount is not a positive number.

    Notes
    -----
    The best bid may be above the best ask: such a book is crossed.
    """
    bids, asks = sorted(bids, reverse=True), sorted(asks)
    for price, amount in (*bids, *asks):
        if not (price.is_finite() and amount.is_finite() and price > 0 and amount > 0):
            raise SandboxError(f"level {price}, {amount}: must be two positive numbers")
    return {Side.SELL: tuple(bids), Side.BUY: tuple(asks)} if bids or asks else None


@dataclass
class Book:
    """Both sides of a market at one price.

    Attributes
    ----------
    price
        The last price, quote currency.
    taken
        What was taken from each level since this price came up, by side of the taker and price.
    given
        The levels there are, whatever the price. None: levels around the price.
    """

    market: Market
    price: Decimal
    depth: Depth = Depth()
    taken: dict[tuple[Side, Decimal], Decimal] = field(default_factory=dict)
    given: Sides | None = None

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
        offered = self._around(taker) if self.given is None else self.given[taker]
        for price, whole in offered:
            amount = whole - self.taken.get((taker, price), ZERO)
            if amount > 0:
                yield Level(price, amount)

    def _around(self, taker: Side) -> Iterator[Level]:
        tick, sign = self.market.tick, 1 if taker is Side.BUY else -1
        best = self._best_ask() if taker is Side.BUY else self._best_bid()
        whole = self._level_amount()
        for number in range(self.depth.levels):
            price = best + sign * tick * self.depth.gap * number
            if price <= 0:
                return
            yield Level(price, whole)

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
        self._given: dict[str, Sides] = {}

    def of(self, market: Market, price: float | None) -> Book | None:
        """Return a market's book at a price, the same again while price and rules stay.

        Notes
        -----
        What was taken is gone until the price moves: then others have filled the levels. A book
        that was given is filled by nobody.
        """
        if not price:
            return None
        exact, given = Decimal(repr(price)), self._given.get(market.pair)
        known = self._books.get(market.pair)
        if known is not None and known.market == market and given is not None:
            known.price = exact
        elif known is None or known.market != market or known.price != exact:
            known = self._books[market.pair] = Book(market, exact, self.depth, given=given)
        return known

    def give(self, pair: str, sides: Sides | None) -> None:
        """Let the book of a pair have these levels; None: levels around its price again."""
        self._books.pop(pair, None)
        if sides is None:
            self._given.pop(pair, None)
        else:
            self._given[pair] = sides

    def untouched(self) -> "Books":
        """Return the same books with nothing taken from them."""
        books = Books(self.depth)
        books._given = dict(self._given)
        return books

    def refill(self, pair: str) -> None:
        """Forget what was taken from the book of a pair, unless it was given."""
        if pair not in self._given:
            self._books.pop(pair, None)
