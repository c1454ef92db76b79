"""The state of the local exchange: its markets, its clock and its prices. It knows no HTTP."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sandbox.book import Book, Books, Depth
from sandbox.candles import CandleFolder, Candles
from sandbox.day import DAY_MS, Day
from sandbox.errors import SandboxError
from sandbox.markets import Market, checked_pairs, markets_of
from sandbox.prices import Prices, since, window
from sandbox.replay import Replay


def wall_clock() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


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

    Attributes
    ----------
    offset_ms
        Added to what it says of the time, to make that wrong.
    halted
        The pairs that do not trade.
    lock
        Held while anything is read or changed, by the server and by tests beside it.
    requests
        How many requests the server got, by method and path.
    price_changed
        Called with a pair whose price was set.

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
    ) -> None:
        listed = markets_of(checked_pairs(pairs), candles)
        self._markets = {market.symbol: market for market in listed}
        self._prices = Prices(candles, replay, {market.pair: market.decimals for market in listed})
        self._books = Books(depth or Depth())
        self._frozen: dict[str, tuple[int, float | None]] = {}
        self.clock = clock
        self.offset_ms = 0
        self.halted: set[str] = set()
        self.lock = threading.RLock()
        self.requests: Counter[str] = Counter()
        self.price_changed: Callable[[str], None] = lambda _: None

    @property
    def markets(self) -> tuple[Market, ...]:
        """Every market, in the order of the pairs given."""
        return tuple(self._markets.values())

    def market(self, symbol: str) -> Market | None:
        """Return the market of an exchange's symbol such as ``BTCUSDT``; None if unknown."""
        return self._markets.get(symbol)

    def market_of(self, pair: str) -> Market:
        """Return the market of a pair.

        Raises
        ------
        SandboxError
            If the pair is not listed.
        """
        market = self._markets.get(pair.replace("/", ""))
        if market is None or market.pair != pair:
            raise SandboxError(f"{pair} is not listed here: name it when making the exchange")
        return market

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
        self.market_of(pair)
        with self.lock:
            self._prices.set(pair, price)
            self._books.clear(pair)
            self.price_changed(pair)

    def freeze(self, pair: str) -> None:
        """Go on showing the price and the candles of this moment while the pair trades on.

        Raises
        ------
        SandboxError
            If the pair is not listed.
        """
        self.market_of(pair)
        with self.lock:
            self._frozen[pair] = (self.true_ms, self.true_price(pair))

    def thaw(self, pair: str) -> None:
        """Show what is true again."""
        with self.lock:
            self._frozen.pop(pair, None)

    def shown_ms(self, pair: str) -> int:
        """Return the moment of the prices shown: the present unless the pair is frozen."""
        return self._frozen[pair][0] if pair in self._frozen else self.true_ms

    def price(self, pair: str) -> float | None:
        """Return the last price shown, quote currency; None where none is known yet."""
        return self._frozen[pair][1] if pair in self._frozen else self.true_price(pair)

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
        return self._books.of(self.market_of(pair), price or self.true_price(pair))

    def shown_book(self, pair: str) -> Book | None:
        """Return the order book shown: that of a frozen pair is as old as its price."""
        if pair not in self._frozen:
            return self.book(pair)
        return Books(self._books.depth).of(self.market_of(pair), self.price(pair))

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
