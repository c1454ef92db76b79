"""The state of the local exchange: its markets, its clock and its prices. It knows no HTTP."""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from sandbox.exchange.book import Book, Books, Depth, Level, given_sides
from sandbox.exchange.candles import CandleFolder, Candles
from sandbox.exchange.day import DAY_MS, Day
from sandbox.exchange.listing import Listing, MarketStatus
from sandbox.exchange.market_rules import REAL, Rules
from sandbox.exchange.markets import Market
from sandbox.exchange.prices import Prices, since, window
from sandbox.exchange.renaming import Renaming
from sandbox.exchange.replay import Replay


def wall_clock() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


class _Frozen(NamedTuple):
    time_ms: int
    price: float | None
    books: Books


class LocalExchange:
    """An exchange that replays candles, or says the prices a test sets.

    Parameters
    ----------
    pairs
        The pairs it lists, such as ``"BTC/USDT"``.
    candles
        Where prices and klines come from. None: only `set_price` gives prices.
    clock
        The exchange's time. Default: the present, so that the last candle on disk is the price.
    replay
        Lets the candles pass again from another time or faster. None: they keep their time.
    depth
        How the order book looks. Default: one tick of spread and more than any order takes.
    rules
        Rules of markets by pair; what they leave out is fitted to the candles. Default: those of a
        real exchange for well-known pairs.

    Attributes
    ----------
    listing
        Its markets, their rules and which of them trade.
    offset_ms
        Added to what it says of the time, to make that wrong.
    lock
        Held while anything is read or changed, by the server and by tests beside it.
    pair_changed
        Called with a pair whose price, book or status was set.

    Raises
    ------
    SandboxError
        If a name is not a spot pair, or a file of candles is damaged.
    """

    def __init__(
        self,
        pairs: Iterable[str],
        candles: CandleFolder | None = None,
        clock: Callable[[], datetime] = wall_clock,
        *,
        replay: Replay | None = None,
        depth: Depth | None = None,
        rules: Mapping[str, Rules] = REAL,
    ) -> None:
        self.listing = Listing(pairs, candles, rules)
        self._prices = Prices(candles, replay, self.listing.decimals)
        self._books = Books(depth or Depth())
        self._frozen: dict[str, _Frozen] = {}
        self.clock = clock
        self.offset_ms = 0
        self.lock = threading.RLock()
        self.pair_changed: Callable[[str], None] = lambda _: None

    @property
    def markets(self) -> tuple[Market, ...]:
        """Every market that has not ended, in the order of the pairs given."""
        return self.listing.markets

    @property
    def halted(self) -> set[str]:
        """The pairs that do not trade now."""
        return self.listing.halted

    @property
    def now_ms(self) -> int:
        """What the exchange says of the time, milliseconds since the epoch."""
        return self.true_ms + self.offset_ms

    @property
    def true_ms(self) -> int:
        """The clock by which prices move, milliseconds since the epoch."""
        return int(self.clock().timestamp() * 1000)

    def set_price(self, pair: str, price: float) -> None:
        """Let a pair trade at a price from now on, whatever its candles say.

        Parameters
        ----------
        price
            Quote currency, positive. Klines stay those of the candles.

        Raises
        ------
        SandboxError
            If the pair is not listed or the price is not a positive number.
        """
        self.listing.of(pair)
        with self.lock:
            self._prices.set(pair, price)
            self._books.refill(pair)
            self.pair_changed(pair)

    def set_book(self, pair: str, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        """Let the book of a pair have these levels, whatever its price.

        Parameters
        ----------
        bids, asks
            In any order. Both empty: levels around the price again.

        Raises
        ------
        SandboxError
            If the pair is not listed, or a price or an amount is not a positive number.
        """
        self.listing.of(pair)
        sides = given_sides(bids, asks)
        with self.lock:
            self._books.give(pair, sides)
            self.pair_changed(pair)

    def set_status(self, pair: str, status: MarketStatus) -> None:
        """Let a pair trade, halt or end.

        Raises
        ------
        SandboxError
            If the pair is not listed.
        """
        with self.lock:
            self.listing.set_status(pair, status)
            self.pair_changed(pair)

    def rename(self, renaming: Renaming) -> None:
        """Let the pairs of a coin end and those of another go on with its prices and candles.

        Raises
        ------
        SandboxError
            If the coin is in no pair, or pays for one, or a pair of the new name is listed.
        """
        with self.lock:
            for market in renaming.of(self.markets):
                self.listing.add(renaming.market(market))
                self._prices.rename(market.pair, renaming.market(market).pair, renaming.ratio)
                self.set_status(market.pair, MarketStatus.END)

    def freeze(self, pair: str) -> None:
        """Go on showing the price and the candles of this moment while the pair trades on.

        Raises
        ------
        SandboxError
            If the pair is not listed.
        """
        self.listing.of(pair)
        with self.lock:
            self._frozen[pair] = _Frozen(
                self.true_ms, self.true_price(pair), self._books.untouched()
            )

    def thaw(self, pair: str) -> None:
        """Show what is true again."""
        with self.lock:
            self._frozen.pop(pair, None)

    def shown_ms(self, pair: str) -> int:
        """Return the moment of the prices shown: the present unless the pair is frozen."""
        return self._frozen[pair].time_ms if pair in self._frozen else self.true_ms

    def price(self, pair: str) -> float | None:
        """Return the last price shown, quote currency; None where none is known yet."""
        return self._frozen[pair].price if pair in self._frozen else self.true_price(pair)

    def true_price(self, pair: str) -> float | None:
        """Return the price at which the pair trades; None where none is known yet."""
        return self._prices.at(pair, self.true_ms)

    def true_range(self, pair: str, from_ms: int) -> tuple[float, float] | None:
        """Return the lowest and highest price since a moment; None where none is known yet."""
        return self._prices.between(pair, from_ms, self.true_ms)

    def book(self, pair: str, price: float | None = None) -> Book | None:
        """Return the order book on which the pair trades; None while it has no price.

        Parameters
        ----------
        price
            The price it stands at; the present one where none is given.
        """
        return self._books.of(self.listing.of(pair), price or self.true_price(pair))

    def shown_book(self, pair: str) -> Book | None:
        """Return the order book shown: that of a frozen pair is as old as its price."""
        if pair not in self._frozen:
            return self.book(pair)
        return self._frozen[pair].books.of(self.listing.of(pair), self.price(pair))

    def klines(
        self, pair: str, timeframe: str, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Candles | None:
        """Return candles known at the clock; None where there are none of this timeframe.

        Parameters
        ----------
        start_ms, end_ms
            First and last opening time wanted, both included. Without a start it is the last
            `limit` candles, with one the first, as on the exchange.
        """
        known = self._prices.klines(pair, timeframe, self.shown_ms(pair))
        return None if known is None else window(known, start_ms, end_ms, limit)

    def day(self, pair: str) -> Day | None:
        """Return the last 24 hours of a pair; None while it has no price."""
        last = self.price(pair)
        if last is None:
            return None
        now = self.shown_ms(pair)
        known = self._prices.finest(pair, now)
        return Day.of(None if known is None else since(known, now - DAY_MS), last)
